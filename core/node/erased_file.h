#pragma once

#include "core/base/result.h"
#include "core/store/keyring.h"

#include <filesystem>
#include <vector>

// `erased.list`, beside the store and not in it: the hashes of the ids of all destroyed keys. A
// backup of the store, however old, that is put back finds them here, and its keys are destroyed
// again before anything reads them. One line a hash; nothing can be learnt from it but that
// something was erased.
namespace sanad::node {

inline constexpr std::size_t erased_file_bytes_max = 64 << 20;  // a million erasures

/// The hashes in the file, none when there is no file. A last line that a power cut cut short is
/// left out: its key is in the store's own table.
/// errors  those of read_file(), malformed
Result<std::vector<store::KeyHash>> load_erased(const std::filesystem::path& file);

/// Adds hashes, and returns when they are on disk. errors  io, exhausted
Result<void> append_erased(const std::filesystem::path& file,
                           const std::vector<store::KeyHash>& hashes);

}  // namespace sanad::node
