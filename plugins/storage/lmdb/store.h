#pragma once

#include "plugins/storage/lmdb/environment.h"

#include <sanad/store.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

// The table of sanad/store.h over an open environment.
namespace sanad::lmdb {

/// How long a compaction waits for open snapshots to end; then it is refused as busy.
inline constexpr std::chrono::seconds compaction_wait{10};

/// Every transaction must be ended before the store is destroyed. An input/output error of a commit
/// is final: the kernel may have thrown away what it could not write, so every later write is
/// refused with SANAD_E_IO until the store is opened again. threads  snapshots any, each on one
/// thread at a time; a write transaction stays on the thread that
///          began it
class Store {
public:
    /// throws  sanad::plugin::Error as Environment does
    Store(std::string path, std::uint32_t map_mib);
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    const sanad_store_v1& interface() const { return interface_; }

private:
    friend struct Calls;

    Environment environment_;
    sanad_store_v1 interface_;
    std::mutex tables_;  // open_table: one at a time
    /// Counts a transaction in; waits while the file is being replaced. False: there is no store.
    bool enter();
    void leave();
    sanad_status compact();

    std::mutex gate_;  // guards transactions_ and compacting_
    std::condition_variable changed_;
    std::uint32_t transactions_ = 0;
    bool compacting_ = false;
    std::vector<std::string> names_;  // of tables, by handle; guarded by tables_
    std::atomic<bool> writing_ = false;
    std::atomic<bool> failed_ = false;
};

}  // namespace sanad::lmdb
