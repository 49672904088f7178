#pragma once

#include "plugins/storage/lmdb/environment.h"

#include <sanad/store.h>

#include <atomic>
#include <memory>
#include <mutex>

// The table of sanad/store.h over an open environment.
namespace sanad::lmdb {

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
    std::atomic<bool> writing_ = false;
    std::atomic<bool> failed_ = false;
};

}  // namespace sanad::lmdb
