#pragma once

#include <sanad/store.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

// A store in memory that provides sanad_store_v1, for simulations and tests: ordered tables,
// snapshots, one writer, atomic commits, and faults wherever a test wants one.
namespace sanad::support {

using MemoryRows = std::map<std::string, std::string, std::less<>>;  // memcmp order, as LMDB's

/// What a machine's disk would hold: the last committed state. It outlives the store that works on
/// it. Copying is cheap (tables are shared until written to) and gives an independent disk: a
/// backup, or the state to compare with after a crash.
class MemoryDisk {
public:
    MemoryDisk() = default;
    MemoryDisk(const MemoryDisk& other) : names_(other.names_), tables_(other.tables_) {}
    MemoryDisk& operator=(const MemoryDisk& other);

    /// The disk that a backup of a MemoryStore holds.
    static MemoryDisk restore(std::string_view backup);
    /// The rows of a table; empty when there is no such table.
    const MemoryRows& rows(std::string_view table) const;
    const std::vector<std::string>& names() const { return names_; }
    /// Whether `bytes` stand anywhere in a key or a value: for tests that nothing readable is kept.
    bool holds(std::string_view bytes) const;

private:
    friend class MemoryStore;
    friend struct MemoryTransaction;
    friend struct MemoryCalls;
    std::vector<std::string> names_;  // by table number
    std::vector<std::shared_ptr<MemoryRows>> tables_;
    bool open_ = false;
};

/// Where a fault strikes. Operations (put, put_new, del, each write of `apply`) and commits are
/// counted from 1 over the life of the MemoryStore.
enum class FaultPoint : std::uint8_t { operation, before_commit, after_commit };
/// fail: that call answers `status` and the store goes on. crash: that call and all later ones
/// answer SANAD_E_IO, as if the process had died there; the disk keeps what was committed, which
/// after `after_commit` includes the commit whose answer was lost.
enum class FaultKind : std::uint8_t { fail, crash };
struct StoreFault {
    FaultPoint point = FaultPoint::operation;
    FaultKind kind = FaultKind::crash;
    std::uint64_t at = 1;
    sanad_status status = SANAD_E_IO;  // with `fail`: SANAD_E_FULL is a full disk
};

/// threads  snapshots any, writes one at a time, faults before the threads start
class MemoryStore {
public:
    /// One store at a time on a disk: null when another MemoryStore is open on it.
    static std::unique_ptr<MemoryStore> open(MemoryDisk& disk);
    ~MemoryStore();
    MemoryStore(const MemoryStore&) = delete;
    MemoryStore& operator=(const MemoryStore&) = delete;

    /// Valid as long as this object. Every transaction must be ended before this object is.
    const sanad_store_v1& interface() const { return interface_; }

    void plan(StoreFault fault) { faults_.push_back(fault); }
    /// From now on, until it is told otherwise, each commit is refused: SANAD_E_FULL.
    void be_full(bool full) { full_ = full; }
    /// Every later call answers SANAD_E_IO: a crash from outside, between two operations.
    void crash() { crashed_ = true; }
    bool crashed() const { return crashed_; }
    std::uint64_t operations() const { return operations_; }
    std::uint64_t commits() const { return commits_; }  // that reached the disk
    std::uint64_t open_transactions() const;

private:
    friend struct MemoryTransaction;
    friend struct MemoryCalls;
    explicit MemoryStore(MemoryDisk& disk);

    /// SANAD_OK when no planned fault strikes here.
    sanad_status strike(FaultPoint point, std::uint64_t count);

    MemoryDisk& disk_;  // outlives us
    sanad_store_v1 interface_{};
    std::vector<StoreFault> faults_;
    bool full_ = false;
    mutable std::mutex mutex_;  // guards disk_ and open_transactions_
    std::uint64_t operations_ = 0;
    std::uint64_t commits_ = 0;
    std::uint64_t open_transactions_ = 0;
    bool writing_ = false;
    std::atomic<bool> crashed_ = false;
};

}  // namespace sanad::support
