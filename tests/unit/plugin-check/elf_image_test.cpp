#include "nodes/plugin-check/elf_image.h"

#include "tests/support/folder.h"

#include <sanad/plugin.h>

#include <catch2/catch.hpp>

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <random>

namespace sanad::plugin_check {
namespace {

Bytes plugin() {
    const std::string content = test::content_of(BAD_FOLDER "/bad-breaks_nothing.so");
    REQUIRE(content.size() > sizeof(Elf64_Ehdr));
    return Bytes(content.begin(), content.end());
}

const Symbol* find(const ElfImage& image, std::string_view name) {
    const auto found =
        std::ranges::find_if(image.symbols(), [&](const Symbol& one) { return one.name == name; });
    return found == image.symbols().end() ? nullptr : &*found;
}

TEST_CASE("what the loader would make of a library is read from its bytes") {
    const Bytes library = plugin();
    const auto image = ElfImage::read(library);
    REQUIRE(image.has_value());
    const Symbol* entry = find(*image, "sanad_plugin_entry_v1");
    REQUIRE(entry != nullptr);
    CHECK(entry->defined);
    CHECK(entry->open);
    const Symbol* import = find(*image, "calloc");
    REQUIRE(import != nullptr);
    CHECK_FALSE(import->defined);
    CHECK(import->used);
    CHECK(std::ranges::count(image->needed(), "libc.so.6") == 1);
    CHECK(image->binds_at_load());
    CHECK_FALSE(image->has_text_relocations());
    CHECK(image->search_paths().empty());
}

TEST_CASE("a pointer in constant data leads to the text it will lead to when it is loaded") {
    const Bytes library = plugin();
    const auto image = ElfImage::read(library);
    REQUIRE(image.has_value());
    const Symbol* entry = find(*image, "sanad_plugin_entry_v1");
    REQUIRE(entry != nullptr);
    const auto id = image->pointer_at(entry->address + offsetof(sanad_entry, id));
    REQUIRE(id.has_value());
    CHECK(image->text_at(*id) == "bad-channel");
    CHECK_FALSE(image->at(~std::uint64_t{0} - 4, 8).has_value());
    CHECK_FALSE(image->text_at(~std::uint64_t{0}).has_value());
}

TEST_CASE("a segment that is writable and program shows, and so does another processor") {
    Bytes library = plugin();
    Elf64_Ehdr header;
    std::memcpy(&header, library.data(), sizeof header);
    for (std::size_t n = 0; n < header.e_phnum; ++n) {
        const std::size_t at = header.e_phoff + n * sizeof(Elf64_Phdr);
        Elf64_Phdr segment;
        std::memcpy(&segment, library.data() + at, sizeof segment);
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
        segment.p_flags |= PF_W;
        std::memcpy(library.data() + at, &segment, sizeof segment);
    }
    const auto image = ElfImage::read(library);
    REQUIRE(image.has_value());
    CHECK(std::ranges::any_of(image->segments(), [](const Segment& segment) {
        return (segment.flags & PF_W) != 0 && (segment.flags & PF_X) != 0;
    }));
    library[offsetof(Elf64_Ehdr, e_machine)] = EM_RISCV;
    CHECK(ElfImage::read(library).error().fault == Fault::malformed);
}

TEST_CASE("two thousand damaged libraries are refused or read, and never end the process") {
    const Bytes sound = plugin();
    std::mt19937_64 random(7);
    int refused = 0;
    for (int round = 0; round < 2'000; ++round) {
        Bytes damaged = sound;
        for (auto times = 1 + random() % 8; times > 0; --times) {
            const std::size_t places[] = {random() % sizeof(Elf64_Ehdr), random() % 0x300,
                                          random() % damaged.size()};
            damaged[places[random() % 3]] = static_cast<std::uint8_t>(random());
        }
        if (round % 5 == 0) damaged.resize(random() % damaged.size());
        damaged.shrink_to_fit();  // so that a sanitizer sees a read past the end
        const auto image = ElfImage::read(damaged);
        if (!image) ++refused;
        if (image) (void)image->text_at(random());
    }
    CHECK(refused > 200);
}

}  // namespace
}  // namespace sanad::plugin_check
