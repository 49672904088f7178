#pragma once

#include "core/node/node_keys.h"

#include <filesystem>
#include <vector>

// What the commands that need no running node take from the machine.
namespace sanad::cli {

/// The environment's say about the vault, and a terminal to ask on when there is one.
node::VaultInputs vault_inputs();

/// A passphrase for a new vault: as vault_inputs(), and on a terminal asked for twice.
Result<std::string> new_passphrase();

/// $SANAD_SHARE, else beside the program, installed or in its build tree, else where the build puts
/// it.
std::filesystem::path share_folder();

/// $SANAD_PLUGINS (folders with `:` between), else of the build tree that this program runs from,
/// else where the build puts them.
std::vector<std::filesystem::path> plugin_folders();

}  // namespace sanad::cli
