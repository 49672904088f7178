#pragma once

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/result.h"
#include "core/plugins/instance.h"
#include "core/plugins/store_copy.h"
#include "core/store/store.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// A node's store: a storage plugin, in this process, opened.
namespace sanad::plugins {

struct OpenStore {
    std::unique_ptr<Instance> instance;   // outlives `store`
    std::unique_ptr<store::Store> store;  // with every transaction ended before it is dropped
};

/// Loads the plugin, configures and starts it, and gives its store to the core.
///
/// file      the plugin's library
/// settings  one JSON object for the plugin's Config
/// errors    those of Library::load, Configuration and Instance; unsupported: it is no storage
///           plugin. What the lmdb plugin says: not_found (no store there), busy (another process
///           has it open), invalid (an empty or damaged file), denied, exhausted (no room),
///           conflict (create, but there is one)
Result<OpenStore> open_store(const std::filesystem::path& file, std::string_view settings, Log& log,
                             const Clock& clock);

enum class ProbeDepth : std::uint8_t {
    edges,      // the first and last rows of each table: for every start
    everything  // every row: after an accident
};

/// How long the child process may be silent.
inline constexpr Duration probe_limit{120'000};

/// Opens the store in a child process and looks into it, because a damaged file can end the process
/// that reads it. Call it before this process has any other thread, and with settings that create
/// nothing.
///
/// tables  the names of the store's tables
/// errors  as open_store; malformed: reading it crashed or did not end, the file is damaged
Result<void> probe_store(const std::filesystem::path& file, std::string_view settings,
                         const std::vector<std::string>& tables, ProbeDepth depth);

/// Reads all of the store in a child process, as probe_store does; it may take as long as it goes
/// on. told    as content_of of store_copy.h tells it errors  as probe_store; unsupported: the
/// plugin does not name its tables
Result<StoreContent> read_store(const std::filesystem::path& file, std::string_view settings,
                                const Told& told);

}  // namespace sanad::plugins
