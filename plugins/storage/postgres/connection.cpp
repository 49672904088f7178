#include "plugins/storage/postgres/connection.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sanad/message.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace sanad::postgres {

namespace {

using plugin::Error;
using namespace std::chrono_literals;

constexpr int server_version_min = 150000;
constexpr int binary = 1;
constexpr std::chrono::seconds session_limit{10};  // to answer what makes the session

// Index scans only: without statistics the planner would sort a table for the first row of it. One
// plan a statement. A commit that is not durable is no commit here.
constexpr const char* session_sql =
    "SET client_encoding = 'UTF8'; SET statement_timeout = 0; SET lock_timeout = 0;"
    "SET idle_in_transaction_session_timeout = 0; SET idle_session_timeout = 0;"
    "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = on;"
    "SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;"
    "SET plan_cache_mode = force_generic_plan; SET default_transaction_read_only = off;"
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local')";
constexpr const char* settle_sql =
    "SELECT pg_backend_pid(), set_config('search_path', $1::text, false)";

std::uint32_t number_at(const char* bytes) {
    std::uint32_t number = 0;
    for (int i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
}

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? std::string() : std::string(text);
}

// After either the server ends the session.
bool is_fatal(const PGresult* result) {
    const std::string severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity.empty() || severity == "FATAL" || severity == "PANIC";
}

using Notice = std::function<void(std::string_view)>;

// What the server says may name rows: none of it is printed.
void take_notice(void* to, const PGresult* result) {
    const auto* notice = static_cast<const Notice*>(to);
    if (notice != nullptr && *notice) (*notice)(field(result, PG_DIAG_MESSAGE_DETAIL));
}

pg_conn* connect(const Settings& settings, const std::string& purpose) {
    // A connection string of the settings comes after our defaults and wins; the purpose is ours.
    const std::array<const char*, 9> names = {"connect_timeout",
                                              "tcp_user_timeout",
                                              "keepalives_idle",
                                              "keepalives_interval",
                                              "keepalives_count",
                                              "target_session_attrs",
                                              "dbname",
                                              "application_name",
                                              nullptr};
    const std::array<const char*, 9> values = {
        "5",    "15000", "10", "5", "3", "primary", settings.connection.c_str(), purpose.c_str(),
        nullptr};
    pg_conn* made = PQconnectdbParams(names.data(), values.data(), 1);
    if (made == nullptr) throw std::bad_alloc();
    if (PQstatus(made) == CONNECTION_OK) return made;
    PQfinish(made);
    const bool answers = PQpingParams(names.data(), values.data(), 1) == PQPING_OK;
    throw Error(SANAD_E_IO, answers ? "postgres.refused" : "postgres.unreachable");
}

}  // namespace

void Rows::Clear::operator()(pg_result* result) const { PQclear(result); }

std::size_t Rows::count() const { return static_cast<std::size_t>(PQntuples(result_.get())); }

sanad_span Rows::bytes(std::size_t row, int column) const {
    const int at = static_cast<int>(row);
    if (PQgetisnull(result_.get(), at, column) != 0) return {nullptr, 0};
    return {PQgetvalue(result_.get(), at, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), at, column))};
}

std::int32_t Rows::int4(std::size_t row, int column) const {
    const sanad_span value = bytes(row, column);
    if (value.size != 4) return 0;
    return static_cast<std::int32_t>(number_at(static_cast<const char*>(value.data)));
}

std::int64_t Rows::int8(std::size_t row, int column) const {
    const sanad_span value = bytes(row, column);
    if (value.size != 8) return 0;
    const auto* at = static_cast<const char*>(value.data);
    return static_cast<std::int64_t>(std::uint64_t{number_at(at)} << 32 | number_at(at + 4));
}

bool Rows::truth(std::size_t row, int column) const { return view_of(bytes(row, column)) == "\1"; }

std::string_view Rows::tag() const { return PQcmdStatus(result_.get()); }

sanad_status status_of_state(std::string_view state) {
    // What was refused because of somebody else, cancelled, or over a limit of waiting: all of them
    // leave nothing behind.
    for (const char* again : {"40001", "40P01", "23505", "22012", "57014", "55P03"})
        if (state == again) return SANAD_E_CONFLICT;
    if (state == "53100") return SANAD_E_FULL;
    if (state == "53200") return SANAD_E_NOMEM;
    if (state == "53300") return SANAD_E_BUSY;
    for (const char* absent : {"3D000", "3F000", "42P01"})
        if (state == absent) return SANAD_E_NOT_FOUND;
    if (state == "42501" || state == "25006" || state.starts_with("28")) return SANAD_E_DENIED;
    if (state.starts_with("08") || state.starts_with("57P")) return SANAD_E_CLOSED;
    return SANAD_E_IO;
}

Connection::Connection(const Settings& settings, const std::string& purpose)
    : connection_(connect(settings, purpose)), backend_(PQbackendPID(connection_)) {
    try {
        make_session(settings);
    } catch (...) {
        close();
        throw;
    }
}

Connection::~Connection() { close(); }

void Connection::make_session(const Settings& settings) {
    PQsetNoticeReceiver(connection_, take_notice, nullptr);
    if (PQserverVersion(connection_) < server_version_min)
        throw Error(SANAD_E_UNSUPPORTED, "postgres.old_server");
    if (PQsetnonblocking(connection_, 1) != 0) throw Error(SANAD_E_IO, "postgres.unreachable");
    if (run_alone(session_sql, session_limit).status != SANAD_OK)
        throw Error(SANAD_E_IO, "postgres.no_session");
    Batch batch;
    batch.add(settle_sql, Parameters().text(settings.schema));
    const Answers answers = run(batch, session_limit);
    if (answers.status != SANAD_OK) throw Error(SANAD_E_IO, "postgres.no_session");
    // A pooler in between would give the store's lock to whom it likes.
    if (answers.rows[0].int4(0, 0) != backend_) throw Error(SANAD_E_UNSUPPORTED, "postgres.pooled");
}

void Connection::close() {
    if (connection_ != nullptr) PQfinish(std::exchange(connection_, nullptr));
}

Answers Connection::lose() {
    close();
    Answers lost;
    lost.status = SANAD_E_CLOSED;
    return lost;
}

// Until an answer can be read without waiting for it; sends what is left to send meanwhile.
bool Connection::wait(Deadline deadline) {
    for (;;) {
        const int unsent = PQflush(connection_);
        if (unsent < 0) return false;
        if (PQisBusy(connection_) == 0) return true;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left <= 0ms) return false;
        pollfd socket{PQsocket(connection_),
                      static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN), 0};
        const int ready = ::poll(
            &socket, 1,
            static_cast<int>(std::min<std::chrono::milliseconds>(left, 3'600'000ms).count()));
        if (ready < 0 && errno != EINTR) return false;
        if (ready > 0 && (socket.revents & ~POLLOUT) != 0 && PQconsumeInput(connection_) == 0)
            return false;
    }
}

Connection::Result Connection::next(Deadline deadline, bool& lost) {
    lost = lost || !wait(deadline);
    return Result(lost ? nullptr : PQgetResult(connection_), PQclear);
}

bool Connection::send(const Batch& batch, std::vector<const char*>& preparing) {
    for (const auto& [sql, parameters] : batch.queries_) {
        const std::string name = "s" + std::to_string(reinterpret_cast<std::uintptr_t>(sql));
        const bool known = prepared_.contains(sql) || std::ranges::count(preparing, sql) > 0;
        preparing.push_back(known ? nullptr : sql);
        if (!known && PQsendPrepare(connection_, name.c_str(), sql, 0, nullptr) == 0) return false;
        std::vector<const char*> values;
        std::vector<int> sizes;
        for (const std::string& value : parameters.values()) {
            values.push_back(value.data());
            sizes.push_back(static_cast<int>(value.size()));
        }
        const std::vector<int> formats(values.size(), binary);
        if (PQsendQueryPrepared(connection_, name.c_str(), static_cast<int>(values.size()),
                                values.data(), sizes.data(), formats.data(), binary) == 0)
            return false;
    }
    return PQpipelineSync(connection_) == 1;
}

Answers Connection::run(const Batch& batch, std::chrono::milliseconds limit) {
    const Deadline deadline = std::chrono::steady_clock::now() + limit;
    std::vector<const char*> preparing;  // for each statement: itself when it is prepared as well
    if (connection_ == nullptr || PQenterPipelineMode(connection_) == 0 || !send(batch, preparing))
        return lose();
    Answers answers;
    bool lost = false;
    const auto take = [&](std::size_t query, const char* prepares) {
        Result result = next(deadline, lost);
        const Result end = next(deadline, lost);
        if (lost || !result || end) return lost = true, void();
        const ExecStatusType status = PQresultStatus(result.get());
        if (status == PGRES_PIPELINE_ABORTED) return;
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            if (prepares != nullptr)
                prepared_.insert(prepares);
            else
                answers.rows.emplace_back(result.release());
            return;
        }
        if (is_fatal(result.get())) return lost = true, void();
        answers.state = field(result.get(), PG_DIAG_SQLSTATE);
        answers.status = status_of_state(answers.state);
        answers.failed = query;
    };
    for (std::size_t query = 0; query < preparing.size() && !lost; ++query) {
        if (preparing[query] != nullptr) take(query, preparing[query]);
        if (!lost) take(query, nullptr);
    }
    const Result sync = next(deadline, lost);
    if (lost || PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC) return lose();
    return answers;
}

Answers Connection::run_alone(const char* sql, std::chrono::milliseconds limit,
                              const Notice& notice) {
    const Deadline deadline = std::chrono::steady_clock::now() + limit;
    if (connection_ == nullptr || PQexitPipelineMode(connection_) == 0) return lose();
    PQsetNoticeReceiver(connection_, take_notice, const_cast<Notice*>(&notice));
    if (PQsendQuery(connection_, sql) == 0) return lose();
    Answers answers;
    bool lost = false;
    for (;;) {
        Result result = next(deadline, lost);
        if (lost || !result) break;
        const ExecStatusType status = PQresultStatus(result.get());
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            answers.rows.emplace_back(result.release());
        } else if (is_fatal(result.get())) {
            lost = true;
        } else if (answers.status == SANAD_OK) {
            answers.state = field(result.get(), PG_DIAG_SQLSTATE);
            answers.status = status_of_state(answers.state);
        }
    }
    if (lost) return lose();
    PQsetNoticeReceiver(connection_, take_notice, nullptr);
    return answers;
}

}  // namespace sanad::postgres
