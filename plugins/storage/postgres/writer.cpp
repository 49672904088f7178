#include "plugins/storage/postgres/writer.h"

#include <sanad/message.hpp>

#include <thread>
#include <utility>

namespace sanad::postgres {

namespace {

using plugin::Error;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::int32_t store_form = 1;
constexpr std::chrono::seconds lock_wait{2};  // a session ends a moment after its process
constexpr std::chrono::milliseconds retry_each{100};

// The lock's first number says that it is Sanad's, the second which store.
#define SANAD_LOCK "1396788804, hashtext($1::text)"
constexpr const char* limit_sql = "SELECT set_config('lock_timeout', $1::text, false)";
constexpr const char* lock_sql = "SELECT pg_advisory_lock(" SANAD_LOCK ")";
constexpr const char* unlock_sql = "SELECT pg_advisory_unlock(" SANAD_LOCK ")";
constexpr const char* holder_sql =
    "SELECT l.pid, coalesce((SELECT (extract(epoch FROM clock_timestamp() - a.state_change) * "
    "1000)::int8 FROM pg_stat_activity a WHERE a.application_name = $2::text || l.pid), -1) "
    "FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2"
    " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND l.classid = 1396788804 AND l.objid = (hashtext($1::text)::int8 & 4294967295)::oid";
constexpr const char* end_silent_sql =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user"
    " AND (pid = $1::int4 OR application_name = $2::text || $1::int4)";
constexpr const char* end_former_sql =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1::int4"
    " AND usename = current_user AND application_name = $2::text";
constexpr const char* form_sql = "SELECT form, current_setting('fsync') = 'on' FROM store";
constexpr const char* claim_sql = "UPDATE store SET epoch = epoch + 1 RETURNING epoch, commits";
constexpr const char* look_sql = "SELECT epoch, commits FROM store";

// Divides by zero, so that the transaction fails, when the store is under another epoch.
constexpr const char* count_sql =
    "WITH counted AS (UPDATE store SET commits = $1::int8 WHERE epoch = $2::int8"
    " AND commits = $1::int8 - 1 RETURNING one) SELECT 1 / count(*)::int4 FROM counted";
constexpr const char* commit_sql = "COMMIT";
constexpr const char* roll_back_sql = "ROLLBACK";

std::string writer_name(const Settings& settings) { return "sanad-store:" + settings.schema; }
std::string beat_prefix(const Settings& settings) { return "sanad-beat:" + settings.schema + ":"; }

}  // namespace

std::unique_ptr<Connection> connect_within(const Settings& settings, const std::string& purpose,
                                           std::chrono::milliseconds wait) {
    for (const auto end = Clock::now() + wait;;) {
        try {
            return std::make_unique<Connection>(settings, purpose);
        } catch (const Error& error) {
            if (error.status() != SANAD_E_IO || Clock::now() >= end) throw;
        }
        std::this_thread::sleep_for(retry_each);
    }
}

Writer::Writer(const Settings& settings, Report report)
    : settings_(settings),
      report_(std::move(report)),
      connection_(connect_within(settings_, writer_name(settings_), settings_.reconnect)),
      beat_(settings_) {
    Batch batch;
    batch.add(form_sql);
    const Answers answers = connection_->run(batch, settings_.answer);
    if (answers.status == SANAD_E_NOT_FOUND) throw Error(SANAD_E_NOT_FOUND, "postgres.no_store");
    if (answers.status == SANAD_E_DENIED) throw Error(SANAD_E_DENIED, "postgres.denied");
    if (answers.status != SANAD_OK) throw Error(SANAD_E_IO, "postgres.unreachable");
    if (answers.rows[0].count() != 1) throw Error(SANAD_E_INVALID, "postgres.damaged");
    if (answers.rows[0].int4(0, 0) != store_form)
        throw Error(SANAD_E_UNSUPPORTED, "postgres.other_version");
    if (!answers.rows[0].truth(0, 1)) throw Error(SANAD_E_UNSUPPORTED, "postgres.not_durable");
    take_store();
    claim();
    beat_.start(epoch_);
}

Writer::~Writer() {
    if (!connection_ || !connection_->is_alive()) return;
    Batch batch;
    batch.add(unlock_sql, Parameters().text(settings_.schema));
    connection_->run(batch, settings_.answer);
}

void Writer::take_store() {
    beat_.speak_for(connection_->backend());
    const auto end = Clock::now() + lock_wait + settings_.take_over;
    std::optional<Moment> silent_since;
    while (!take_lock()) {
        if (!connection_->is_alive()) throw Error(SANAD_E_IO, "postgres.unreachable");
        if (Clock::now() >= end) throw Error(SANAD_E_BUSY, "postgres.in_use");
        if (settings_.take_over > 0s) end_silent_holder(silent_since);
    }
}

void Writer::claim() {
    Batch batch;
    batch.add(claim_sql);
    const Answers answers = connection_->run(batch, settings_.answer);
    if (answers.status == SANAD_E_FULL) throw Error(SANAD_E_FULL, "postgres.no_room");
    if (answers.status == SANAD_E_DENIED) throw Error(SANAD_E_DENIED, "postgres.denied");
    if (answers.status != SANAD_OK) throw Error(SANAD_E_IO, "postgres.unreachable");
    epoch_ = answers.rows[0].int8(0, 0);
    commits_ = answers.rows[0].int8(0, 1);
}

// The server waits for the lock, so that it is ours the moment its holder ends.
bool Writer::take_lock() {
    Batch batch;
    batch.add(limit_sql, Parameters().text("250ms"));
    batch.add(lock_sql, Parameters().text(settings_.schema));
    batch.add(limit_sql, Parameters().text("0"));
    const Answers answers = connection_->run(batch, settings_.answer);
    return answers.status == SANAD_OK;
}

// All by the server's clock. Who has no beat at all may just be about to have one again.
void Writer::end_silent_holder(std::optional<Moment>& silent_since) {
    Batch ask;
    ask.add(holder_sql, Parameters().text(settings_.schema).text(beat_prefix(settings_)));
    const Answers answers = connection_->run(ask, settings_.answer);
    if (answers.status != SANAD_OK || answers.rows[0].count() != 1) return silent_since.reset();
    const std::int32_t holder = answers.rows[0].int4(0, 0);
    const std::chrono::milliseconds age{answers.rows[0].int8(0, 1)};
    const auto now = Clock::now();
    if (age >= 0ms) silent_since.reset();
    if (age < 0ms && !silent_since) silent_since = now;
    const bool is_silent =
        age >= 0ms ? age > settings_.take_over : now - *silent_since > settings_.take_over;
    if (!is_silent) return;
    Batch end;
    end.add(end_silent_sql, Parameters().int4(holder).text(beat_prefix(settings_)));
    if (connection_->run(end, settings_.answer).status == SANAD_OK) report_("postgres.took_over");
}

sanad_status Writer::fail(const char* event) {
    failed_ = true;
    connection_->close();  // and with it the lock
    report_(event);
    return SANAD_E_IO;
}

Writer::Found Writer::look() {
    const std::int32_t former = connection_->backend();
    try {
        auto fresh = std::make_unique<Connection>(settings_, writer_name(settings_));
        beat_.speak_for(fresh->backend());
        // What the former session was told may still be under way, where only the network was lost.
        Batch batch;
        batch.add(end_former_sql, Parameters().int4(former).text(writer_name(settings_)));
        if (fresh->run(batch, settings_.answer).status != SANAD_OK) return Found::unreachable;
        connection_ = std::move(fresh);
    } catch (const Error&) {
        return Found::unreachable;
    }
    const bool is_locked = take_lock();
    Batch batch;
    batch.add(look_sql);
    const Answers answers = connection_->run(batch, settings_.answer);
    if (answers.status != SANAD_OK || answers.rows[0].count() != 1) return Found::unreachable;
    if (answers.rows[0].int8(0, 0) != epoch_) return Found::replaced;
    if (!is_locked) return Found::locked;
    found_commits_ = answers.rows[0].int8(0, 1);
    return Found::ours;
}

// SANAD_OK: we have the lock again, and found_commits_ says what the server has.
sanad_status Writer::come_back() {
    report_("postgres.lost");
    for (const auto end = Clock::now() + settings_.reconnect;;) {
        switch (look()) {
            case Found::ours:
                report_("postgres.reconnected");
                return SANAD_OK;
            case Found::replaced:
                return fail("postgres.replaced");
            case Found::locked:
            case Found::unreachable:
                break;
        }
        if (Clock::now() >= end) return fail("postgres.given_up");
        std::this_thread::sleep_for(retry_each);
    }
}

sanad_status Writer::make_ready() {
    if (has_failed()) return SANAD_E_IO;
    if (connection_->is_alive()) return SANAD_OK;
    if (const sanad_status back = come_back(); back != SANAD_OK) return back;
    // A server that was put back to an earlier state has lost what we acknowledged.
    return found_commits_ == commits_ ? SANAD_OK : fail("postgres.went_back");
}

Answers Writer::run(const Batch& batch) {
    Answers answers = connection_->run(batch, settings_.answer);
    answers.status =
        answers.status == SANAD_E_CLOSED ? SANAD_E_CONFLICT : while_open(answers.status);
    return answers;
}

void Writer::roll_back() {
    if (!connection_->is_alive()) return;
    Batch batch;
    batch.add(roll_back_sql);
    if (connection_->run(batch, settings_.answer).status != SANAD_OK) connection_->close();
}

sanad_status Writer::commit(Batch batch, Transaction transaction) {
    Batch whole;
    if (transaction == Transaction::is_not_open) whole.add(begin_write_sql);
    whole.add(std::move(batch));
    const std::size_t count_at = whole.size();
    whole.add(count_sql, Parameters().int8(commits_ + 1).int8(epoch_));
    whole.add(commit_sql);
    const Answers answers = connection_->run(whole, settings_.answer);
    if (answers.status == SANAD_OK) {
        // The server says ROLLBACK when it was told to commit what had failed already.
        if (answers.rows.back().tag() != "COMMIT") return SANAD_E_CONFLICT;
        ++commits_;
        return SANAD_OK;
    }
    if (answers.status == SANAD_E_CLOSED) {
        if (const sanad_status back = come_back(); back != SANAD_OK) return back;
        if (found_commits_ == commits_) return SANAD_E_CONFLICT;
        if (found_commits_ != commits_ + 1) return fail("postgres.went_back");
        ++commits_;
        return SANAD_OK;
    }
    roll_back();
    if (answers.failed == count_at && answers.state == "22012") return fail("postgres.replaced");
    const sanad_status refused = while_open(answers.status);
    return refused == SANAD_E_IO ? fail("postgres.write_failed") : refused;
}

Answers Writer::run_alone(const char* sql, std::chrono::milliseconds limit,
                          const std::function<void(std::string_view)>& notice) {
    return connection_->run_alone(sql, limit, notice);
}

}  // namespace sanad::postgres
