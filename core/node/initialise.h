#pragma once

#include "core/base/clock.h"
#include "core/base/entropy.h"
#include "core/base/log.h"
#include "core/base/result.h"
#include "core/node/configuration.h"
#include "core/store/store.h"
#include "core/trust/vault.h"

#include <filesystem>
#include <string>
#include <vector>

// How a node begins: the only place in Sanad that makes a store, keys or a configuration.
namespace sanad::node {

/// Where a store keeps what it is: table and keys, in the clear.
inline constexpr std::string_view meta_table = "meta";
inline constexpr std::string_view meta_store_id = "store_id";  // 16 bytes
inline constexpr std::string_view meta_node_id = "node_id";

struct InitialiseOptions {
    std::filesystem::path folder;  // must not be there, or be empty
    std::string country;           // two letters
    std::string node;              // empty: the country profile's
    std::string name;              // of the helpline; empty: the country profile's
    std::string listen;            // as federation.bind; empty: the node only dials
    std::vector<std::string> endpoints;
    std::string chat_address = "127.0.0.1";
    std::uint16_t chat_port = 8080;  // 0: any
    std::string desk_address{};      // empty: no desk
    std::uint16_t desk_port = 8090;  // 0: any
    std::vector<StaffMember> staff;  // none: one person with every role that a first day needs
    std::filesystem::path share;     // as Configuration::share; see load_country()
    std::vector<std::filesystem::path> plugin_folders;
    VaultSource vault = VaultSource::key_file;  // key_file or passphrase
    std::string passphrase;                     // as read_passphrase() gives it
    std::string store = "lmdb";                 // the storage plugin, by name
    std::vector<std::string> store_settings;    // its own, each KEY=VALUE
};

struct NewNode {
    Configuration configuration;
    std::string node_line;  // for the stewards of a federation
};

/// Makes a node that starts. Everything is built in a folder beside `folder`, synced, and renamed:
/// after a power cut there is a whole node or none.
///
/// errors  conflict: the folder holds something · not_found: no profile of that country, no plugin,
///         no folder to make it in · invalid: an option, as parse_configuration() would say it ·
///         exhausted, denied, io. The detail says how to mend it.
Result<NewNode> initialise(const InitialiseOptions& options, const Clock& clock, Entropy& entropy,
                           Log& log);

/// A store's settings, one JSON object, with the one more that makes it.
std::string with_create(const std::string& settings);

/// Whether the open store is the one that belongs to this data folder and node.
/// errors  not_found: no id in it · conflict: another store's, or another node's · those of the
///         store. The detail says how to mend it.
/// threads before the engine starts
Result<void> check_store_identity(store::Store& store, const trust::StoreId& expected,
                                  const NodeId& node);

}  // namespace sanad::node
