#pragma once

#include <cstdint>
#include <string>

struct MDB_env;

// A store's folder on disk: making it, opening it, and refusing what is not one.
//
//     data.mdb     LMDB's file
//     lock.mdb     LMDB's table of readers, allocated in full so that a full disk cannot end us by
//                  SIGBUS when its mapping is written to
//     writer.lock  held with flock by the one process that works on the store
namespace sanad::lmdb {

inline constexpr std::size_t path_bytes_max = 1024;
inline constexpr std::uint32_t map_mib_min = 16;
inline constexpr std::uint32_t map_mib_max = 1U << 20;
inline constexpr unsigned tables_max = 128;
inline constexpr unsigned readers_max = 1000;  // snapshots open at one time

/// LMDB's answer, or an errno value, as a sanad_status. What LMDB reports for a full file system
/// differs by file system (ENOSPC, or EIO after a short write): an EIO is SANAD_E_FULL when the
/// file system that holds `folder` has no room.
int status_of(int lmdb_answer, const std::string& folder);

/// Makes an empty store: in a folder beside `path`, synced, then renamed, so that a power cut
/// leaves a whole store or none. An empty folder at `path` is replaced.
///
/// from    empty; or a file that Store's backup wrote: the store holds what it holds
/// throws  sanad::plugin::Error: lmdb.exists, lmdb.no_room, lmdb.denied, lmdb.io, lmdb.not_found,
///         and what opening a store throws of `from`
void create_store(const std::string& path, std::uint32_t map_mib, const std::string& from = {});

/// An open store. Only LMDB's default durability: a commit returns when the disk has it.
class Environment {
public:
    /// Opens what create_store made. Never makes a store, and never takes an empty file for one.
    /// throws  sanad::plugin::Error: lmdb.no_store, lmdb.in_use, lmdb.empty_file, lmdb.damaged,
    ///         lmdb.other_version, lmdb.denied, lmdb.no_room, lmdb.no_memory, lmdb.io
    Environment(std::string path, std::uint32_t map_mib);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    /// Null after a reopen() that failed.
    MDB_env* get() const { return env_; }

    /// Puts a compacted copy in the place of the store's file, overwrites the old file with zeros,
    /// and opens the new one: what was deleted is then in no page of it. A power cut leaves the
    /// old file or the new one. No transaction may be open; table handles are of the old
    /// environment afterwards. returns  LMDB's answer, or an errno value
    int replace_by_compacted();
    const std::string& path() const { return path_; }

private:
    int reopen();

    std::string path_;
    std::uint32_t map_mib_;
    int lock_ = -1;           // writer.lock, flocked
    MDB_env* env_ = nullptr;  // ours
};

}  // namespace sanad::lmdb
