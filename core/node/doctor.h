#pragma once

#include "core/base/clock.h"
#include "core/node/configuration.h"
#include "core/node/node_keys.h"

#include <filesystem>
#include <string>
#include <vector>

namespace sanad::node {

/// One thing that was looked at.
struct Finding {
    enum class Level : std::uint8_t { good, note, bad };
    Level level = Level::good;
    std::string subject;  // "configuration", "store", ...
    std::string text;     // what is so; of note and bad: and how to mend it
};
const char* name(Finding::Level level);

/// Looks at everything that a node needs to start, and changes nothing. What depends on something
/// bad is left out. The process must have no other threads yet: the store is opened in a child.
///
/// file     node.toml
/// inputs   as for load_vault_key()
/// returns  at least one finding; when the first is bad, it is the configuration's
std::vector<Finding> examine(const std::filesystem::path& file, const VaultInputs& inputs,
                             const Clock& clock);

}  // namespace sanad::node
