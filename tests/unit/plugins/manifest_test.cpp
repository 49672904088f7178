#include "core/plugins/manifest.h"

#include "core/plugins/library.h"
#include "tests/support/folder.h"

#include <catch2/catch.hpp>

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

namespace sanad::plugins {
namespace {

Bytes content(const std::string& file) {
    const std::string bytes = test::content_of(file);
    return Bytes(bytes.begin(), bytes.end());
}

std::string written(const test::Folder& folder, const std::string& name, ByteView bytes) {
    return folder.file(name, text_of(bytes)).string();
}

TEST_CASE("a plugin's manifest is read without running the plugin") {
    const auto read = read_plugin(std::filesystem::path(ECHO_PLUGIN));
    REQUIRE(read.has_value());
    CHECK(read->manifest.id == "echo");
    CHECK(read->manifest.version == "1.2.3");
    CHECK(read->manifest.kind == Kind::channel);
    CHECK(read->manifest.grants == std::vector<std::string>{"inbound.submit", "outbound.deliver"});
    CHECK(read->manifest.title.ar == "صدى للاختبار");
    CHECK(read->manifest.title.fr == "Écho pour les tests");
    CHECK(read->config_schema.size() > 100);
    CHECK(read_plugin(std::filesystem::path(LMDB_PLUGIN))->manifest.kind == Kind::storage);
}

TEST_CASE("a file that is no plugin is refused by what it is") {
    const test::Folder folder;
    const auto fault = [](const std::filesystem::path& file) {
        return read_plugin(file).error().fault;
    };
    const Bytes plugin = content(ECHO_PLUGIN);
    Bytes other_processor = plugin;
    other_processor[offsetof(Elf64_Ehdr, e_machine)] = EM_RISCV;
    Bytes program = plugin;
    program[offsetof(Elf64_Ehdr, e_type)] = ET_EXEC;
    std::string no_plugin(text_of(plugin));
    no_plugin.replace(no_plugin.find(".sanad.manifest"), 6, ".other");
    const std::string text = "This is a letter, not a library.";

    CHECK(fault(folder / "absent.so") == Fault::not_found);
    CHECK(fault(folder.path().string()) == Fault::malformed);
    CHECK(fault(written(folder, "empty.so", {})) == Fault::malformed);
    CHECK(fault(written(folder, "text.so", bytes_of(text))) == Fault::malformed);
    CHECK(fault(written(folder, "half.so", ByteView(plugin).first(plugin.size() / 2))) ==
          Fault::malformed);
    CHECK(fault(written(folder, "other.so", other_processor)) == Fault::unsupported);
    CHECK(fault(written(folder, "program.so", program)) == Fault::malformed);
    CHECK(fault(written(folder, "library.so", bytes_of(no_plugin))) == Fault::not_found);
}

TEST_CASE("a plugin of another interface version is refused with both versions in the text") {
    Bytes plugin = content(ECHO_PLUGIN);
    // The manifest's numbers are its first data word: kind, abiMajor, abiMinor.
    const std::string id = "echo";
    bool changed = false;
    for (std::size_t at = 0; at + 8 < plugin.size() && !changed; at += 8) {
        const std::uint8_t numbers[] = {0, 0, 1, 0, 0, 0, 0, 0};
        if (std::memcmp(&plugin[at], numbers, sizeof numbers) != 0) continue;
        Bytes candidate = plugin;
        candidate[at + 2] = 9;
        const auto read = read_plugin(ByteView(candidate));
        if (read || read.error().fault != Fault::unsupported) continue;
        changed = true;
        CHECK(read.error().detail.find("ABI 9.0") != std::string::npos);
        CHECK(read.error().detail.find("has 1.0") != std::string::npos);
    }
    CHECK(changed);
}

TEST_CASE("four hundred damaged libraries are refused or read, and never end the process") {
    const Bytes plugin = content(ECHO_PLUGIN);
    Elf64_Ehdr header;
    std::memcpy(&header, plugin.data(), sizeof header);
    std::mt19937_64 random(41);
    int refused = 0;
    for (int round = 0; round < 400; ++round) {
        Bytes damaged = plugin;
        // Where it hurts: the header, the section table, anywhere, or the file's end.
        const std::size_t table = std::min<std::size_t>(header.e_shoff, damaged.size() - 1);
        for (auto n = 1 + random() % 8; n > 0; --n) {
            const std::size_t places[] = {random() % sizeof header,
                                          table + random() % (damaged.size() - table),
                                          random() % damaged.size()};
            damaged[places[random() % 3]] = static_cast<std::uint8_t>(random());
        }
        if (round % 5 == 0) damaged.resize(random() % damaged.size());
        damaged.shrink_to_fit();  // so that the sanitizer sees a read past the end
        if (!read_plugin(ByteView(damaged))) ++refused;
    }
    CHECK(refused > 100);
}

TEST_CASE("a library is loaded once its entry agrees with its manifest") {
    const auto library = Library::load(ECHO_PLUGIN);
    REQUIRE(library.has_value());
    CHECK((*library)->manifest().id == std::string((*library)->entry().id));
    CHECK((*library)->entry().magic == SANAD_MAGIC);
}

TEST_CASE("a library whose entry differs from its manifest is not used") {
    const test::Folder folder;
    Bytes plugin = content(ECHO_PLUGIN);
    // The version stands twice: in the manifest and for the entry. One of them is changed.
    const std::string version = "1.2.3";
    int found = 0;
    for (auto at = plugin.begin();;) {
        at = std::search(at, plugin.end(), version.begin(), version.end());
        if (at == plugin.end()) break;
        Bytes changed = plugin;
        changed[static_cast<std::size_t>(at - plugin.begin()) + 4] = '4';
        const std::string file =
            written(folder, "changed" + std::to_string(found++) + ".so", changed);
        const auto library = Library::load(file);
        REQUIRE_FALSE(library.has_value());
        CHECK(library.error().fault == Fault::malformed);
        CHECK(library.error().detail.find("different plugins") != std::string::npos);
        ++at;
    }
    CHECK(found == 2);
}

TEST_CASE("loading and unloading a hundred times leaves nothing mapped") {
    const test::Folder folder;  // a copy: other tests keep theirs loaded
    const std::string file = written(folder, "reload.so", content(ECHO_PLUGIN));
    const auto mapped = [] {
        std::ifstream maps("/proc/self/maps");
        const std::string all(std::istreambuf_iterator<char>(maps), {});
        return all.find("reload.so") != std::string::npos;
    };
    for (int round = 0; round < 100; ++round) REQUIRE(Library::load(file).has_value());
    CHECK_FALSE(mapped());
    const auto library = Library::load(file);
    CHECK(mapped());
}

}  // namespace
}  // namespace sanad::plugins
