#pragma once

#include "plugins/storage/postgres/beat.h"
#include "plugins/storage/postgres/connection.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace sanad::postgres {

/// Told to the node's log: an event such as "postgres.reconnected". threads  any
using Report = std::function<void(const char* event)>;

/// Begins a transaction that writes.
inline constexpr const char* begin_write_sql = "BEGIN ISOLATION LEVEL SERIALIZABLE";

/// The one session that writes, with the lock of the store.
///
/// Whoever opens the store takes the lock and the next epoch, and commits in the same session that
/// holds the lock: a session that ended commits nothing. Each commit also counts itself, in its own
/// transaction and only under its epoch. So after a lost connection three things can be told apart:
/// the commit happened, it did not, or somebody else has the store.
///
/// threads  one at a time, but for has_failed
class Writer {
public:
    /// Waits for a server that is away, and for a lock whose holder has just ended. events
    /// postgres.took_over, postgres.lost, postgres.reconnected; and, for good: postgres.replaced,
    /// postgres.went_back, postgres.given_up
    ///
    /// throws  sanad::plugin::Error: those of Connection; postgres.no_store,
    ///         postgres.other_version, postgres.in_use, postgres.not_durable, postgres.denied
    Writer(const Settings& settings, Report report);
    /// Gives the lock back.
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Before a transaction: finds the server again when it was away.
    /// returns  SANAD_OK, or SANAD_E_IO: nothing can be written any more
    sanad_status make_ready();

    /// One round trip in the open transaction.
    /// returns  as Connection::run, but SANAD_E_CONFLICT when the connection is lost, since nothing
    ///          of the transaction stays
    Answers run(const Batch& batch);

    enum class Transaction : std::uint8_t { is_open, is_not_open };
    /// Counts the commit, and commits, behind the statements of `batch`; where no transaction is
    /// open it begins one before them.
    /// returns  SANAD_OK: on the server's disk, once · SANAD_E_CONFLICT: nothing stays, run it
    /// again
    ///          · SANAD_E_IO: it is not known whether it stays, or another node has the store;
    ///          nothing is written any more · others: nothing stays
    sanad_status commit(Batch batch, Transaction transaction);
    void roll_back();

    /// Outside of a transaction. The connection's notices as in Connection::run_alone.
    Answers run_alone(const char* sql, std::chrono::milliseconds limit,
                      const std::function<void(std::string_view)>& notice = {});

    /// True: writes are refused until the store is opened again. threads  any
    bool has_failed() const { return failed_ || beat_.is_replaced(); }

private:
    enum class Found : std::uint8_t { ours, locked, replaced, unreachable };
    using Moment = std::chrono::steady_clock::time_point;

    void take_store();
    void claim();
    bool take_lock();
    void end_silent_holder(std::optional<Moment>& silent_since);
    Found look();
    sanad_status come_back();
    sanad_status fail(const char* event);

    const Settings settings_;
    const Report report_;
    std::unique_ptr<Connection> connection_;
    std::int64_t epoch_ = 0;
    std::int64_t commits_ = 0;        // how many the store has had, as far as we know
    std::int64_t found_commits_ = 0;  // how many it says it has had, when we came back
    std::atomic<bool> failed_ = false;
    Beat beat_;
};

/// Connects; where the server is away, again and again until `wait` is over.
/// throws  sanad::plugin::Error as Connection does
std::unique_ptr<Connection> connect_within(const Settings& settings, const std::string& purpose,
                                           std::chrono::milliseconds wait);

}  // namespace sanad::postgres
