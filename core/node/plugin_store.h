#pragma once

#include "core/base/descriptor.h"
#include "core/node/configuration.h"
#include "core/plugins/broker.h"
#include "core/plugins/bundle.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// Where a node's plugins are: those that came with the installation, in the folders that node.toml
// names, and those that `sanad plugin install` put into the data folder, which take their place:
//
//     plugins/<SHA-256>.so    each version by the hash of its file, never written again
//     plugins/<SHA-256>.note  its signatures, where it has any
//     plugins/<id>.use        which version is in use, what it was granted, and the one before
//     plugins/disabled        instances that a person has switched off, one a line
//
// A file is opened once: what is read, hashed, judged and loaded is one and the same.
namespace sanad::node {

/// An installed version, and what it may do of what its manifest asks for.
struct PluginVersion {
    std::string hash;  // 64 hexadecimal digits
    std::vector<std::string> grants;
    bool operator==(const PluginVersion&) const = default;
};

/// What is in use of a plugin, and what was before.
struct PluginUse {
    std::optional<PluginVersion> current, previous;
    bool operator==(const PluginUse&) const = default;
};

/// `sanad-plugin-use/v1`, `current HASH`, a line `grant ...` for each, and the same of `previous`.
/// errors  malformed, unsupported
Result<PluginUse> parse_plugin_use(std::string_view text);
/// The one text that parse_plugin_use() reads as `use`.
std::string write_plugin_use(const PluginUse& use);

/// A plugin's file, open, with what is known of it.
struct OpenedPlugin {
    Descriptor file;
    std::filesystem::path from;
    plugins::ReadBundle bundle;
    std::optional<plugins::BundleSigner> signer;      // none: this node asks for no signatures
    std::optional<std::vector<std::string>> granted;  // at its installation; none: not installed

    /// The open file by a name: what is loaded from there is what was read.
    std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(file.get()); }
    const plugins::Manifest& manifest() const { return bundle.file.manifest; }
};

/// The plugin that an instance runs: the installed version in use; else its own path, or NAME.so in
/// the first folder that has it, with its signatures in FILE.so.note. Where node.toml names
/// signers, one of them must have signed it, and the project where it runs inside the node (but
/// for the store, for which one suffices who may sign storage).
///
/// errors  those of find_plugin(), read_plugin(), judge_bundle(); untrusted: not signed, or not by
///         the project. The detail names the file
Result<OpenedPlugin> open_plugin(const Configuration& configuration, const PluginSettings& plugin);

/// The settings of an instance, as its plugin's schema wants them.
struct CheckedSettings {
    Bytes message;  // for plugins::Instance::configure
    plugins::ConfigurationFields fields;
};
/// errors  those of plugins::Configuration; the detail names the instance
Result<CheckedSettings> check_settings(const OpenedPlugin& opened, const PluginSettings& settings);

/// What this process is to load for a plugin that runs in it, such as the store: opened and judged
/// by open_plugin(), then by the name that lasting_path() gives. errors  those of open_plugin()
Result<std::filesystem::path> trusted_library(const Configuration& configuration,
                                              const PluginSettings& plugin);

/// The name of an open library for the loader of this process, which knows libraries by their names
/// and hands out the old code when a number is used again: so this one stays open for ever.
std::filesystem::path lasting_path(const Descriptor& library);

/// A file, as `sanad plugin info` shows it: no signature is asked for, one that is there is judged.
/// errors  not_found, denied, io, and those of read_plugin()
Result<OpenedPlugin> look_at_plugin(const Configuration* configuration,
                                    const std::filesystem::path& file);

/// What a plugin may do: what its manifest asks for and node.toml allows; where node.toml has no
/// list, what it was granted when it was installed; and all of it where it was not.
std::vector<std::string> effective_grants(const OpenedPlugin& opened, const PluginSettings& plugin);

struct PluginInstallation {
    std::filesystem::path file;
    std::filesystem::path note;       // empty: FILE.so.note, where it is there
    std::vector<std::string> grants;  // to give besides those that the version before had
};

struct InstalledPlugin {
    plugins::ReadBundle bundle;
    std::string signer;                         // its key's name; empty: none was asked for
    std::vector<std::string> grants, withheld;  // of what it asks for
    std::string former;                         // the version that was in use; empty: none
};

/// Puts a version into the data folder and has it used from the next start or reload on. What it
/// asks for and the version before did not have is withheld unless it is among `grants`; what
/// nobody has run before gets all that it asks for. The same version again only adds grants.
///
/// errors  those of open_plugin() · invalid: it does not ask for one of `grants` · those of files.h
Result<InstalledPlugin> install_plugin(const Configuration& configuration,
                                       const PluginInstallation& installation);

/// The version before is in use again, and the one in use is the one before.
/// errors  denied: there is none · those of files.h
Result<void> roll_back_plugin(const Configuration& configuration, const std::string& id);

/// Which version is in use; none of both where nothing is installed. errors  those of files.h
Result<PluginUse> plugin_use(const Configuration& configuration, const std::string& id);

/// errors  those of files.h
Result<void> put_plugin_use(const Configuration& configuration, const std::string& id,
                            const PluginUse& use);

/// Makes the folder, closed to everybody else, where it is not there; no other process changes
/// these records until what is returned goes. errors  those of files.h
Result<Descriptor> lock_plugin_store(const Configuration& configuration);

/// Instances that a person has switched off. errors  those of files.h
Result<std::set<std::string>> disabled_plugins(const Configuration& configuration);
/// errors  those of files.h
Result<void> set_disabled(const Configuration& configuration, const std::string& instance,
                          bool disabled);

/// A note for the library in `file`, signed with a key that `sanad directory steward-key` made;
/// `before` is the note so far, whose other signatures stay, or empty.
/// errors  those of read_bundle() and sign_note_with()
Result<std::string> sign_plugin(const std::filesystem::path& file, std::string_view before,
                                const std::filesystem::path& key_file);

}  // namespace sanad::node
