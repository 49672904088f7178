#pragma once

#include "plugins/storage/postgres/parameters.h"
#include "plugins/storage/postgres/settings.h"

#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;
struct pg_result;

// One session with the server. Statements go out together and their answers come back together
// (libpq's pipeline mode): a batch is one round trip.
namespace sanad::postgres {

/// What a statement gave: rows, in binary form.
class Rows {
public:
    explicit Rows(pg_result* result) : result_(result) {}

    std::size_t count() const;
    /// Borrowed from this; data is null for NULL.
    sanad_span bytes(std::size_t row, int column) const;
    std::int32_t int4(std::size_t row, int column) const;
    std::int64_t int8(std::size_t row, int column) const;
    bool truth(std::size_t row, int column) const;
    /// The command as the server names it, such as "COMMIT".
    std::string_view tag() const;

private:
    struct Clear {
        void operator()(pg_result* result) const;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

/// Statements of one round trip. The text of each is a constant of the program: it is prepared once
/// a session, under its address.
class Batch {
public:
    void add(const char* sql, Parameters parameters = {}) {
        queries_.push_back({sql, std::move(parameters)});
    }
    void add(Batch others) {
        for (auto& query : others.queries_) queries_.push_back(std::move(query));
    }
    std::size_t size() const { return queries_.size(); }

private:
    friend class Connection;
    struct Query {
        const char* sql;
        Parameters parameters;
    };
    std::vector<Query> queries_;
};

struct Answers {
    sanad_status status = SANAD_OK;  // SANAD_E_CLOSED: the connection is lost
    std::string state;               // the SQLSTATE of what failed
    std::size_t failed = 0;          // which statement that was
    std::vector<Rows> rows;          // of each statement before it
};

/// What a SQLSTATE means to the core. That of a statement which was refused because of others, or
/// of a precondition that does not hold, is SANAD_E_CONFLICT.
sanad_status status_of_state(std::string_view state);

/// The same while a store is open: a table that is gone then is a fault, and no absent row.
inline sanad_status while_open(sanad_status status) {
    return status == SANAD_E_NOT_FOUND ? SANAD_E_IO : status;
}

/// threads  one at a time
class Connection {
public:
    /// Connects, and makes the session one that can only use the store's schema and only commits
    /// durably.
    ///
    /// purpose  shown by pg_stat_activity; at most 63 bytes
    /// throws   sanad::plugin::Error: postgres.unreachable, postgres.denied, postgres.no_database,
    ///          postgres.too_many_connections, postgres.old_server, postgres.pooled
    Connection(const Settings& settings, const std::string& purpose);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// False once an answer was SANAD_E_CLOSED.
    bool is_alive() const { return connection_ != nullptr; }
    /// The server's process for this session; also after the connection is lost.
    std::int32_t backend() const { return backend_; }

    /// Sends all of the batch and waits for its answers. After the first statement that fails, the
    /// others are skipped by the server.
    Answers run(const Batch& batch, std::chrono::milliseconds limit);
    /// Outside of a transaction, in one round trip of its own: for what must not be in a pipeline.
    /// notice  gets the detail of each notice of the server, for as long as this runs
    Answers run_alone(const char* sql, std::chrono::milliseconds limit,
                      const std::function<void(std::string_view)>& notice = {});
    void close();

private:
    using Deadline = std::chrono::steady_clock::time_point;
    using Result = std::unique_ptr<pg_result, void (*)(pg_result*)>;

    void make_session(const Settings& settings);
    bool send(const Batch& batch, std::vector<const char*>& preparing);
    bool wait(Deadline deadline);
    Result next(Deadline deadline, bool& lost);
    Answers lose();

    pg_conn* connection_ = nullptr;  // ours
    std::int32_t backend_ = 0;
    std::set<const char*> prepared_;
};

}  // namespace sanad::postgres
