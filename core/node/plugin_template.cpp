#include "core/node/plugin_template.h"

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/node/files.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <map>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;
using plugins::Kind;

constexpr Kind kinds[] = {Kind::channel, Kind::partner, Kind::storage, Kind::desk, Kind::assist};

// The folders that a kind's project is made of; a file of a later one stands for one of an earlier.
std::vector<std::string> layers_of(Kind kind) {
    const std::string own = plugins::name(kind);
    if (kind == Kind::channel || kind == Kind::desk) return {"shared", "lines", own};
    return {"shared", own};
}

// night-line -> NightLineChannel. The kind behind it keeps clear of the SDK's own names.
std::string class_name(const NewPlugin& plugin) {
    std::string text;
    for (const std::string& part : {plugin.name, std::string(plugins::name(plugin.kind))}) {
        bool begins = true;
        for (const char c : part) {
            if (c != '-') text += begins && c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
            begins = c == '-';
        }
    }
    return text;
}

using Words = std::vector<std::pair<std::string, std::string>>;

Words words_of(const NewPlugin& plugin) {
    std::string name_space = plugin.name + "_plugin";  // no keyword, and nobody else's namespace
    std::ranges::replace(name_space, '-', '_');
    return {{"name-of-plugin", plugin.name},
            {"name_of_plugin", name_space},
            {"NameOfPlugin", class_name(plugin)},
            {"contact-of-plugin",
             plugin.contact.empty() ? "the author of " + plugin.name : plugin.contact}};
}

std::string filled_in(std::string text, const Words& words) {
    for (const auto& [from, to] : words)
        for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
            text.replace(at, from.size(), to);
    return text;
}

// `@0x...;`, the first line of a schema file: a number of its own in the whole world.
Result<std::string> with_own_number(std::string schema, Entropy& entropy) {
    const auto end = schema.find(";\n");
    if (!schema.starts_with("@0x") || end == schema.npos)
        return fail(Fault::malformed, "the template's schema has no number: install sanad again");
    std::array<std::uint8_t, 8> number{};
    entropy.fill(number);
    number[0] |= 0x80;
    return schema.replace(0, end, "@0x" + to_hex(number));
}

// Relative name -> content.
using Files = std::map<fs::path, std::string>;

Result<void> read_layer(const fs::path& layer, Files& files) {
    std::error_code fault;
    for (fs::recursive_directory_iterator entry(layer, fault), end; !fault && entry != end;
         entry.increment(fault)) {
        if (!entry->is_regular_file()) continue;
        auto content = read_file(entry->path(), template_file_bytes_max, FileTrust::any);
        if (!content) return std::unexpected(content.error());
        const fs::path name = entry->path().lexically_relative(layer);
        // What a kind has to say stands below what holds for all.
        if (name == "README.md")
            files[name] += *content;
        else
            files[name] = std::move(*content);
    }
    if (!fault) return {};
    return fail(Fault::not_found, layer.string() + ": there is no template for a plugin: install " +
                                      "sanad again, or set SANAD_SHARE to its share folder");
}

Result<void> write_files(const Files& files, const fs::path& folder) {
    for (const auto& [name, content] : files) {
        std::error_code fault;
        fs::create_directories((folder / name).parent_path(), fault);
        if (const auto made = create_file(folder / name, content, 0644); !made) return made;
    }
    return {};
}

}  // namespace

Result<Kind> plugin_kind(std::string_view name) {
    std::string all;
    for (const Kind kind : kinds) {
        if (name == plugins::name(kind)) return kind;
        all += (all.empty() ? "" : ", ") + std::string(plugins::name(kind));
    }
    return fail(Fault::invalid, std::string(name) + ": is no kind of plugin: write one of " + all);
}

Result<void> check_plugin_name(std::string_view name) {
    const auto refuse = [&](const char* what) {
        return fail(Fault::invalid, std::string(name) + ": " + what);
    };
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    if (name.size() < 2 || name.size() > plugin_name_bytes_max)
        return refuse("a plugin's name has 2 to 31 characters: choose another");
    if (!std::ranges::all_of(
            name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; }))
        return refuse(
            "a plugin's name has letters a-z, digits and hyphens: write such as night-line");
    if (!is_letter(name.front()) || name.back() == '-' || name.find("--") != name.npos)
        return refuse(
            "a plugin's name begins with a letter, has no two hyphens together and none at "
            "the end: write such as night-line");
    return {};
}

Result<std::vector<fs::path>> write_plugin(const NewPlugin& plugin, const fs::path& templates,
                                           Entropy& entropy) {
    if (const auto good = check_plugin_name(plugin.name); !good)
        return std::unexpected(good.error());
    if (!plugin.contact.empty() && (!check_label(plugin.contact, plugin_contact_bytes_max) ||
                                    plugin.contact.find_first_of("\"\\") != std::string::npos))
        return fail(Fault::invalid,
                    "the contact is one line of at most 128 bytes without quotes and backslashes: "
                    "write such as \"tech@helpline.example\"");
    Files files;
    for (const std::string& layer : layers_of(plugin.kind))
        if (const auto read = read_layer(templates / layer, files); !read)
            return std::unexpected(read.error());
    const Words words = words_of(plugin);
    std::vector<fs::path> names;
    for (auto& [name, content] : files) {
        if (name.extension() == ".capnp") {
            auto numbered = with_own_number(std::move(content), entropy);
            if (!numbered) return std::unexpected(numbered.error());
            content = std::move(*numbered);
        }
        content = filled_in(std::move(content), words);
        names.push_back(name);
    }
    if (::mkdir(plugin.folder.c_str(), 0755) != 0) {
        const int error = errno;
        const Fault fault = error == EEXIST                       ? Fault::conflict
                            : error == ENOENT || error == ENOTDIR ? Fault::not_found
                                                                  : Fault::denied;
        return fail(
            fault, plugin.folder.string() +
                       (error == EEXIST ? ": is there already: choose another name or folder"
                                        : ": cannot be made (" + std::string(std::strerror(error)) +
                                              "): check the folder above it"));
    }
    if (const auto written = write_files(files, plugin.folder); !written) {
        std::error_code ignored;  // it is ours: nobody else had anything there
        fs::remove_all(plugin.folder, ignored);
        return std::unexpected(written.error());
    }
    return names;
}

}  // namespace sanad::node
