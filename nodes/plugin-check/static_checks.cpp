#include "nodes/plugin-check/check.h"

#include "core/plugins/configuration.h"
#include "nodes/plugin-check/elf_image.h"
#include "nodes/plugin-check/static_rules.h"

#include <sanad/plugin.h>

#include <elf.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

// The checks that run nothing of the plugin: its file alone.
namespace sanad::plugin_check {

namespace {

constexpr const char* entry_symbol = "sanad_plugin_entry_v1";

std::string listed(const std::vector<std::string>& words) {
    std::string list;
    for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
    return list;
}

// A check over the file as the loader sees it.
template <typename Rule>
auto over_image(Rule rule) {
    return [rule](const Subject& subject, Mode) -> Verdict {
        const auto image = ElfImage::read(subject.library);
        return image ? rule(*image) : failed(image.error().detail);
    };
}

// A check over what the plugin says about itself.
template <typename Rule>
auto over_manifest(Rule rule) {
    return [rule](const Subject& subject, Mode) -> Verdict {
        return subject.plugin ? rule(subject.plugin->manifest) : failed("it has no manifest");
    };
}

Verdict is_library(const ElfImage&) { return passed(); }

Verdict exports_one(const ElfImage& image) {
    std::vector<std::string> others;
    bool entry = false;
    for (const Symbol& symbol : image.symbols()) {
        if (!symbol.defined || !symbol.open) continue;
        if (symbol.name == entry_symbol)
            entry = true;
        else
            others.push_back(symbol.name);
    }
    if (!entry) return failed(std::string("it does not export ") + entry_symbol);
    if (others.empty()) return passed();
    const std::size_t count = others.size();
    others.resize(std::min<std::size_t>(count, 5));
    return failed("it also exports " + std::to_string(count) + ": " + listed(others));
}

Verdict has_no_unique(const ElfImage& image) {
    const auto unique = std::ranges::find_if(
        image.symbols(), [](const Symbol& symbol) { return symbol.defined && symbol.unique; });
    return unique == image.symbols().end() ? passed()
                                           : failed("unique in the process: " + unique->name);
}

Verdict has_no_thread_destructors(const ElfImage& image) {
    const bool any = std::ranges::any_of(image.symbols(), [](const Symbol& symbol) {
        return symbol.name.starts_with("__cxa_thread_atexit");
    });
    return any ? failed("a thread_local of it has a destructor") : passed();
}

Verdict binds_now(const ElfImage& image) {
    return image.binds_at_load() ? passed() : failed("it looks up functions while it runs");
}

Verdict has_no_search_path(const ElfImage& image) {
    return image.search_paths().empty()
               ? passed()
               : failed("it looks for libraries in " + listed(image.search_paths()));
}

Verdict has_no_writable_program(const ElfImage& image) {
    for (const Segment& segment : image.segments()) {
        if (segment.type == PT_GNU_STACK && (segment.flags & PF_X) != 0)
            return failed("its stack is executable");
        const bool both = (segment.flags & PF_X) != 0 && (segment.flags & PF_W) != 0;
        if (segment.type == PT_LOAD && both) return failed("a segment is writable and executable");
    }
    return image.has_text_relocations() ? failed("the loader has to write into its program")
                                        : passed();
}

Verdict needs_only_system_libraries(const ElfImage& image) {
    for (const std::string& needed : image.needed())
        if (const std::string why = objection_to_library(needed); !why.empty())
            return failed(needed + ": " + why);
    return passed(listed(image.needed()));
}

Verdict imports_nothing_banned(const ElfImage& image) {
    std::vector<std::string> found;
    for (const Symbol& symbol : image.symbols())
        if (!symbol.defined && symbol.used && is_banned_import(symbol.name))
            found.push_back(symbol.name);
    return found.empty() ? passed() : failed("it imports " + listed(found));
}

Verdict has_manifest(const Subject& subject, Mode) {
    const auto read = plugins::read_plugin(ByteView(subject.library));
    return read ? passed() : failed(read.error().detail);
}

// The entry is constant data, so it can be read where it lies.
Verdict entry_agrees(const Subject& subject, Mode) {
    const auto image = ElfImage::read(subject.library);
    if (!image || !subject.plugin) return failed("its entry or its manifest cannot be read");
    const auto symbol = std::ranges::find_if(image->symbols(), [](const Symbol& one) {
        return one.defined && one.name == entry_symbol;
    });
    if (symbol == image->symbols().end()) return failed("it has no entry");
    const auto bytes = image->at(symbol->address, sizeof(sanad_entry));
    if (!bytes) return failed("its entry is no constant data");
    const auto number = [&](std::size_t offset, std::size_t size) {
        std::uint32_t value = 0;
        for (std::size_t n = 0; n < size; ++n)
            value |= static_cast<std::uint32_t>((*bytes)[offset + n]) << (8 * n);
        return value;
    };
    const auto text = [&](std::size_t offset) {
        const auto pointer = image->pointer_at(symbol->address + offset);
        return pointer ? image->text_at(*pointer).value_or("") : std::string();
    };
    if (number(offsetof(sanad_entry, magic), 4) != SANAD_MAGIC ||
        number(offsetof(sanad_entry, size), 4) < sizeof(sanad_entry))
        return failed("its entry has another magic number or size than sanad/plugin.h says");
    const plugins::Manifest& manifest = subject.plugin->manifest;
    if (number(offsetof(sanad_entry, abi_major), 2) != manifest.abi_major)
        return failed("entry and manifest name different ABI versions");
    const std::string id = text(offsetof(sanad_entry, id));
    const std::string version = text(offsetof(sanad_entry, version));
    if (id == manifest.id && version == manifest.version) return passed();
    return failed("the entry says " + id + " " + version + ", the manifest " + manifest.id + " " +
                  manifest.version);
}

Verdict has_version(const plugins::Manifest& manifest) {
    return is_version(manifest.version) ? passed(manifest.version)
                                        : failed("its version is \"" + manifest.version + "\"");
}

Verdict asks_for_known_grants(const plugins::Manifest& manifest) {
    for (const std::string& grant : manifest.grants)
        if (!is_known_grant(manifest.kind, grant))
            return failed("a " + std::string(plugins::name(manifest.kind)) +
                          " plugin cannot be granted " + grant);
    return passed();
}

Verdict has_license(const plugins::Manifest& manifest) {
    return is_license(manifest.license) ? passed(manifest.license)
                                        : failed("its license is \"" + manifest.license + "\"");
}

Verdict has_titles(const plugins::Manifest& manifest) {
    std::vector<std::string> missing;
    if (!is_title_in_latin(manifest.title.en)) missing.emplace_back("English");
    if (!is_title_in_latin(manifest.title.fr)) missing.emplace_back("French");
    if (!is_title_in_arabic(manifest.title.ar)) missing.emplace_back("Arabic");
    return missing.empty() ? passed() : failed("no title in " + listed(missing));
}

Verdict has_contact(const plugins::Manifest& manifest) {
    return manifest.contact.empty() ? failed("nobody is named") : passed();
}

Verdict has_defaults(const Subject& subject, Mode) {
    if (!subject.plugin) return failed("it has no configuration schema");
    const auto configuration = plugins::Configuration::load(subject.plugin->config_schema);
    if (!configuration) return failed(configuration.error().detail);
    const auto defaults = (*configuration)->from_json("{}");
    // A field that has to be filled has no default, and says so.
    if (defaults || defaults.error().detail.ends_with(": is missing")) return passed();
    return failed(defaults.error().detail);
}

}  // namespace

std::vector<Check> static_checks() {
    constexpr auto file = Suite::file;
    constexpr const char* use_flags =
        "link with sanad_plugin_link_args of the SDK, and compile with sanad_plugin_args";
    return {
        {"static.library",
         file,
         "it is a whole library for this machine",
         "build it as a shared module for this processor, and copy it whole",
         over_image(is_library),
         {Mode::none},
         true},
        {"static.exports", file, "it exports the entry and nothing else", use_flags,
         over_image(exports_one)},
        {"static.unique", file, "no symbol keeps it in the process", "compile with -fno-gnu-unique",
         over_image(has_no_unique)},
        {"static.thread_destructors", file, "no thread keeps it in the process",
         "give no thread_local a destructor", over_image(has_no_thread_destructors)},
        {"static.binding", file, "all functions are found when it is loaded",
         "link with -Wl,-z,now", over_image(binds_now)},
        {"static.search_path", file, "its libraries come from the system",
         "link without rpath and runpath", over_image(has_no_search_path)},
        {"static.memory", file, "no memory is writable and program",
         "build with -fPIC, and without execstack, -z notext and writable program sections",
         over_image(has_no_writable_program)},
        {"static.needed", file, "the libraries it needs do not clash with the node's",
         "link it statically, or against the system's own version",
         over_image(needs_only_system_libraries)},
        {"static.imports", file, "it uses no function that belongs to the process",
         "remove what calls them; -Wl,--gc-sections removes what nothing calls",
         over_image(imports_nothing_banned)},
        {"static.manifest",
         file,
         "its manifest and its configuration schema can be read",
         "link the file that embed.py of the SDK makes",
         has_manifest,
         {Mode::none},
         true},
        {"static.entry", file, "entry and manifest name the same plugin",
         "use sanad_manifest_id and sanad_manifest_version in the entry", entry_agrees},
        {"static.version", file, "its version is three numbers", "write \"1.2.3\"",
         over_manifest(has_version)},
        {"static.grants", file, "it asks for grants that its kind can have",
         "correct grants in manifest.capnp", over_manifest(asks_for_known_grants)},
        {"static.defaults", file, "a configuration can be made of its schema's defaults",
         "have a top-level struct Config in the schema", has_defaults},
        {"static.license", file, "it names its license", "write an SPDX identifier",
         over_manifest(has_license)},
        {"static.titles", file, "it has a title in Arabic, French and English",
         "fill title in manifest.capnp", over_manifest(has_titles)},
        {"static.contact", file, "it says whom to write to", "fill contact in manifest.capnp",
         over_manifest(has_contact)},
    };
}

}  // namespace sanad::plugin_check
