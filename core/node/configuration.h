#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/log.h"
#include "core/base/result.h"
#include "core/casework/clocks.h"
#include "core/casework/exposure.h"
#include "core/node/account_settings.h"
#include "core/node/backup_settings.h"
#include "core/plugins/bundle.h"
#include "core/trust/note.h"

#include <array>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// A node's configuration, node.toml. config/node.toml explains every key of it.
namespace sanad::node {

/// How a program ends that has found a fault in its configuration (EX_CONFIG of sysexits.h).
inline constexpr int exit_configuration = 78;

inline constexpr std::size_t plugins_max = 32;
inline constexpr std::size_t staff_max = 500;
inline constexpr std::size_t partners_max = 200;
inline constexpr std::size_t plugin_folders_max = 8;
inline constexpr std::size_t plugin_grants_max = 64;
inline constexpr std::size_t plugin_signers_max = 32;
inline constexpr std::size_t fallback_nodes_max = 32;
inline constexpr std::size_t calls_max = 20;
inline constexpr std::size_t call_number_bytes_max = 64;
inline constexpr std::size_t staff_name_bytes_max = 64;
inline constexpr std::size_t display_name_bytes_max = 120;

/// What a member of staff may be; core/api knows what each may do.
inline constexpr std::array<std::string_view, 7> staff_roles{
    "volunteer", "counsellor", "supervisor", "flagger", "data_officer", "admin", "auditor"};

/// Where the vault key is when the node starts.
enum class VaultSource : std::uint8_t {
    key_file,    // a file of 32 bytes, mode 0600
    passphrase,  // a person, or the file that SANAD_PASSPHRASE_FILE names
    credential   // systemd
};

struct VaultSettings {
    VaultSource source = VaultSource::key_file;
    std::filesystem::path key_file;           // of key_file
    std::filesystem::path passphrase_header;  // of passphrase: how the key is made from it
    std::string credential;                   // of credential: its name
};

/// A text in the three languages of every node.
struct NameInLanguages {
    std::string en, fr, ar;
};

/// Where a plugin's code runs.
enum class Placement : std::uint8_t {
    isolated,   // in a process of its own, with a sandbox around it
    in_process  // in the node's: trusted as the node itself is
};

/// As in node.toml: "isolated".
const char* name(Placement placement);

/// A plugin by name, and its own settings as one JSON object.
struct PluginSettings {
    std::string instance;
    std::string plugin;  // a file NAME.so in one of the plugin folders, or a path that ends in .so
    Placement placement = Placement::isolated;
    std::optional<std::vector<std::string>> grants;  // of those its manifest asks for; none: all
    NameInLanguages fallback;  // what people read in its place while it is down
    std::string config;  // `{data}/` at the beginning of a text stands for the data folder already
};

struct FederationSettings {
    std::string bind;                    // tcp://address:port, port * for any; empty: only dial
    std::vector<std::string> endpoints;  // where others reach us
    std::filesystem::path directory;     // the newest directory, a signed note
    std::filesystem::path trust;         // stewards to believe before there is any directory
    Duration grace{};                    // after the directory's end
};

/// How the node's own audit log is watched.
struct AuditSettings {
    Duration round{};               // between two heads that witnesses cosign
    std::vector<NodeId> witnesses;  // whom it asks; none: chosen from the directory
    int check_hour = 0;             // UTC, of the nightly walk through the whole log
};

struct StatisticsSettings {
    std::uint32_t smallest = 0;  // a count under it is not told
    std::string zone;            // by whose clocks days and hours are counted
};

struct StaffMember {
    std::string name;
    std::vector<std::string> roles;  // of staff_roles
};

struct PartnerSettings {
    std::string id;
    NameInLanguages name;
    std::string plugin;  // the instance that reaches it
};

/// Somebody of the call list, who is rung when nobody else has reacted.
struct CallSettings {
    std::string name;
    std::string number;  // as the plugin that rings wants it; may be empty
    std::string
        plugin;  // the instance that brings the alarm to them; empty: only the feed names them
};

/// Who is told when a clock runs out.
struct DutySettings {
    std::vector<std::string> supervisors;  // names of staff; none given: every supervisor
    std::vector<NodeId> fallback;          // nodes to ask before others
    std::vector<CallSettings> calls;       // in the order in which they are named
    bool offer_cover =
        false;  // whoever waits too long is offered an open node without being told to
};

struct Configuration {
    std::filesystem::path file;  // node.toml itself; all paths here are absolute
    std::filesystem::path folder;
    std::filesystem::path share;  // taxonomy/ and country profiles
    NodeId id;
    std::string country;  // ISO 3166-1 alpha-2, upper case: the first part of the id
    std::string name;
    std::vector<std::string> languages, services;
    VaultSettings vault;
    PluginSettings store;    // instance "store"
    bool stands_by = false;  // waits while another process has the store
    FederationSettings federation;
    AuditSettings audit;
    BackupSettings backup;
    StatisticsSettings statistics;
    std::vector<std::filesystem::path> plugin_folders;
    std::filesystem::path plugin_host;  // the program of isolated plugins; empty: the node's own
    std::vector<plugins::BundleSigner> plugin_signers;  // none: any plugin of the folders runs
    bool unsandboxed_plugins = false;  // isolated ones run though a part of the sandbox is missing
    std::vector<PluginSettings> plugins;
    std::vector<StaffMember> staff;
    AccountSettings accounts;
    std::vector<PartnerSettings> partners;
    casework::Clocks clocks;
    DutySettings duty;
    casework::ExposureRules exposure;
    std::optional<trust::Verifier> policy_signer;  // who says that a policy pack was reviewed
    Log::Level log_level = Log::Level::info;
    bool safe_mode = false;  // not of the file: no plugin but the store runs

    std::filesystem::path door() const { return folder / "door.sock"; }
    std::filesystem::path keys_file() const { return folder / "keys.sealed"; }
    std::filesystem::path erased_file() const { return folder / "erased.list"; }
    std::filesystem::path compaction_file() const { return folder / "compaction.wanted"; }
    std::filesystem::path plugin_store() const { return folder / "plugins"; }
    std::filesystem::path store_id_file() const { return folder / "store.id"; }
};

/// Reads and checks a text; looks at no other file.
///
/// file     absolute: its folder is where relative paths begin
/// errors   malformed, invalid, bad_size: the detail has one line for each mistake,
///          `file:line:column: what is wrong: how to mend it`
/// threads  any
Result<Configuration> parse_configuration(std::string_view text, const std::filesystem::path& file);

/// Reads node.toml and checks that it and the data folder are closed to others.
/// errors  those of parse_configuration(), and denied, not_found, io: every one of them is a
///         configuration fault, and the detail is whole lines for a person
Result<Configuration> load_configuration(const std::filesystem::path& file);

/// Every key that node.toml may have, such as `federation.bind` or `staff[].name`.
std::set<std::string> configuration_keys();

/// The file of a plugin: its own path, or NAME.so in the first folder that has it.
/// errors  not_found: the detail names the folders
Result<std::filesystem::path> find_plugin(const Configuration& configuration,
                                          const PluginSettings& plugin);

/// The program that isolated plugins run in: the configured one; else the one that came with this
/// program, installed or in its build tree; else where an installation puts it.
std::filesystem::path find_plugin_host(const Configuration& configuration);

}  // namespace sanad::node
