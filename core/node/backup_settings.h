#pragma once

#include "core/base/clock.h"
#include "core/trust/keys.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace sanad::node {

class Settings;

/// `[backup]`: where a node's backups go, and whose key opens them.
struct BackupSettings {
    std::filesystem::path folder;                // absolute
    std::optional<trust::SealingPublicKey> key;  // none: it makes no backups
    Duration every{};                            // 0: only when somebody asks
    std::uint32_t keep = 0;                      // how many files stay
};

/// Reads and finishes the table. base  where relative paths begin
BackupSettings read_backups(Settings& settings, const std::filesystem::path& base);

}  // namespace sanad::node
