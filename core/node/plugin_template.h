#pragma once

#include "core/base/entropy.h"
#include "core/base/result.h"
#include "core/plugins/manifest.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A new plugin of one's own, written from the template that came with the node: a whole project
// that builds, tests itself and runs. threads  any
namespace sanad::node {

inline constexpr std::size_t plugin_name_bytes_max = 31;
inline constexpr std::size_t plugin_contact_bytes_max = 128;
inline constexpr std::size_t template_file_bytes_max = 64U << 10;

/// The kind of this name. errors  invalid, with the names there are
Result<plugins::Kind> plugin_kind(std::string_view name);

/// Whether a plugin may have this name: 2..31 letters a-z, digits and single hyphens, a letter
/// first, no hyphen last. errors  invalid, with what is wrong
Result<void> check_plugin_name(std::string_view name);

struct NewPlugin {
    plugins::Kind kind = plugins::Kind::channel;
    std::string name;
    std::string contact;           // for the manifest; empty: "the author of <name>"
    std::filesystem::path folder;  // where it is written; must not be there yet
};

/// Writes the project: all of it, or nothing.
///
/// templates  the folder `plugin-template` of the share folder
/// entropy    for the numbers of its schema files
/// returns    the files, relative to the folder, sorted
/// errors     invalid: name or contact · conflict: the folder is there · not_found: no such
/// template ·
///            denied, exhausted, io
Result<std::vector<std::filesystem::path>> write_plugin(const NewPlugin& plugin,
                                                        const std::filesystem::path& templates,
                                                        Entropy& entropy);

}  // namespace sanad::node
