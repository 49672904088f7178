#pragma once

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/node/configuration.h"
#include "core/plugins/store_copy.h"

#include <filesystem>
#include <functional>
#include <string>

// A node from its backup. Nothing is touched before the whole backup was read and found sound.
namespace sanad::node {

struct RestoreOptions {
    std::filesystem::path backup;
    std::filesystem::path key;     // what `sanad backup key` made
    std::filesystem::path folder;  // the data folder to make: new, or empty
    std::filesystem::path erased;  // a newer `erased.list` than the backup's; empty: none
};

struct Restored {
    Configuration configuration;
    plugins::StoreContent content;  // what another opening found in the store
    std::string about;              // whose backup it is, and of when
    bool has_vault_key = false;     // false: it has to be brought to where [vault] says
};

/// How far: bytes of the backup, and how many it has. It is read twice.
using RestoreTold = std::function<void(const char* step, std::uint64_t done, std::uint64_t of)>;

/// What is in a backup, after reading all of it. errors  those of read_backup(), load_backup_key()
Result<std::string> check_backup(const std::filesystem::path& backup,
                                 const std::filesystem::path& key, const RestoreTold& told);

/// Makes the data folder and the store that its node.toml names. What a backup's cases had been
/// erased since is erased again at the start, as far as `erased.list` knows of it. Call it before
/// this process has any other thread.
///
/// errors  conflict: the folder holds something, or there is a store already · those of
///         check_backup() and of the store. The detail says how to mend it
Result<Restored> restore(const RestoreOptions& options, const Clock& clock, Log& log,
                         const RestoreTold& told);

}  // namespace sanad::node
