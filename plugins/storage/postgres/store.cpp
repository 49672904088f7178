#include "plugins/storage/postgres/store.h"

#include "plugins/storage/postgres/backup.h"
#include "plugins/storage/postgres/transaction.h"

#include <sanad/message.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <new>
#include <optional>
#include <utility>
#include <vector>

// One transaction of either mode, as the core holds it.
struct sanad_txn {
    sanad::postgres::Store* store;
    std::unique_ptr<sanad::postgres::Snapshot> snapshot;       // of a read transaction
    std::optional<sanad::postgres::WriteTransaction> writing;  // of a write transaction

    sanad::postgres::View& view() {
        if (snapshot) return *snapshot;
        return *writing;
    }
};

namespace sanad::postgres {

namespace {

constexpr std::chrono::hours compaction_limit{24};

// Of the whole of a batch: which rows must be as they were expected. Divides by zero when one is
// not.
constexpr const char* expect_sql =
    "SELECT 1 / (count(*) = 0)::int4 FROM unnest($1::int4[], $2::bytea[], $3::bytea[]) AS e(t, k, "
    "v) LEFT JOIN kv ON kv.t = e.t AND kv.k = e.k WHERE kv.v IS DISTINCT FROM e.v";
constexpr const char* compact_sql = "VACUUM (FULL, VERBOSE) kv";

bool is_key(sanad_span key) { return key.size >= 1 && key.size <= SANAD_STORE_KEY_MAX; }
bool is_bound(sanad_span key) { return key.size <= SANAD_STORE_KEY_MAX; }
bool is_value(sanad_span value) { return value.size <= SANAD_STORE_VALUE_MAX; }

// No exception crosses the table.
template <typename Work>
sanad_status guarded(Work work) noexcept {
    try {
        return work();
    } catch (const plugin::Error& error) {
        return error.status();
    } catch (const std::bad_alloc&) {
        return SANAD_E_NOMEM;
    } catch (...) {
        return SANAD_E_INTERNAL;
    }
}

// Who may write: one at a time.
class Turn {
public:
    explicit Turn(std::atomic<bool>& taken) : taken_(taken), is_ours_(!taken.exchange(true)) {}
    ~Turn() {
        if (is_ours_) taken_ = false;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    explicit operator bool() const { return is_ours_; }
    void keep() { is_ours_ = false; }

private:
    std::atomic<bool>& taken_;
    bool is_ours_;
};

// What the rows that were not written by the operations so far must be.
struct Expectations {
    std::vector<std::int32_t> tables;
    std::vector<std::optional<sanad_span>> keys, values;

    void add(const sanad_op& op, bool absent) {
        tables.push_back(static_cast<std::int32_t>(op.table));
        keys.emplace_back(op.key);
        values.push_back(absent ? std::nullopt : std::optional(op.value));
    }
    Batch batch() const {
        Batch batch;
        if (!tables.empty())
            batch.add(expect_sql, Parameters().int4s(tables).byteas(keys).byteas(values));
        return batch;
    }
};

}  // namespace

// The C functions of the table.
struct Calls {
    static Store& of(void* self) { return *static_cast<Store*>(self); }

    static sanad_status open_table(void* self, const char* name, std::uint32_t* table) noexcept {
        return guarded([&]() -> sanad_status {
            Store& store = of(self);
            const Turn turn(store.writing_);
            return turn ? store.catalogue_.open(store.writer_, name, table) : SANAD_E_BUSY;
        });
    }

    static sanad_status begin(void* self, std::uint32_t mode, sanad_txn** out) noexcept {
        return guarded([&]() -> sanad_status {
            if (mode > SANAD_TXN_WRITE) return SANAD_E_INVALID;
            Store& store = of(self);
            auto txn = std::make_unique<sanad_txn>();
            txn->store = &store;
            const sanad_status begun =
                mode == SANAD_TXN_WRITE ? begin_writing(store, *txn) : begin_reading(store, *txn);
            if (begun == SANAD_OK) *out = txn.release();
            return begun;
        });
    }

    static sanad_status begin_reading(Store& store, sanad_txn& txn) {
        if (store.writer_.has_failed()) return SANAD_E_CLOSED;
        return store.sessions_.begin(txn.snapshot);
    }

    static sanad_status begin_writing(Store& store, sanad_txn& txn) {
        Turn turn(store.writing_);
        if (!turn) return SANAD_E_BUSY;
        if (const sanad_status ready = store.writer_.make_ready(); ready != SANAD_OK) return ready;
        txn.writing.emplace(store.writer_);
        turn.keep();  // until the end of the transaction
        return SANAD_OK;
    }

    static void end(sanad_txn* raw) {
        const std::unique_ptr<sanad_txn> txn(raw);
        if (txn->snapshot) return txn->store->sessions_.end(std::move(txn->snapshot));
        txn->writing.reset();
        txn->store->writing_ = false;
    }

    static bool is_row(const sanad_txn& txn, std::uint32_t table, sanad_span key) {
        return txn.store->catalogue_.has(table) && is_key(key);
    }

    static sanad_status get(sanad_txn* txn, std::uint32_t table, sanad_span key,
                            sanad_span* value) noexcept {
        return guarded([&]() -> sanad_status {
            return is_row(*txn, table, key) ? txn->view().get(table, key, value) : SANAD_E_INVALID;
        });
    }

    static sanad_status get_many(sanad_txn* txn, std::uint32_t table, const sanad_span* keys,
                                 std::size_t n, sanad_row_fn fn, void* ctx) noexcept {
        return guarded([&]() -> sanad_status {
            if (!txn->store->catalogue_.has(table) || !std::all_of(keys, keys + n, is_key))
                return SANAD_E_INVALID;
            return txn->view().get_many(table, keys, n, fn, ctx);
        });
    }

    static sanad_status put(sanad_txn* txn, std::uint32_t table, sanad_span key, sanad_span value,
                            std::uint32_t flags) noexcept {
        return guarded([&]() -> sanad_status {
            const bool known_flags = (flags & ~std::uint32_t{SANAD_PUT_NEW}) == 0;
            if (!txn->writing || !is_row(*txn, table, key) || !is_value(value) || !known_flags)
                return SANAD_E_INVALID;
            return txn->writing->put(table, key, value, flags != 0);
        });
    }

    static sanad_status del(sanad_txn* txn, std::uint32_t table, sanad_span key) noexcept {
        return guarded([&]() -> sanad_status {
            if (!txn->writing || !is_row(*txn, table, key)) return SANAD_E_INVALID;
            return txn->writing->del(table, key);
        });
    }

    static sanad_status scan(sanad_txn* txn, std::uint32_t table, sanad_span lo, sanad_span hi,
                             std::uint32_t flags, std::uint32_t limit, sanad_row_fn fn,
                             void* ctx) noexcept {
        return guarded([&]() -> sanad_status {
            const bool known_flags = (flags & ~std::uint32_t{SANAD_SCAN_DESCENDING}) == 0;
            if (!txn->store->catalogue_.has(table) || !is_bound(lo) || !is_bound(hi) ||
                !known_flags)
                return SANAD_E_INVALID;
            return txn->view().scan(table, lo, hi, flags != 0, limit, fn, ctx);
        });
    }

    static sanad_status commit(sanad_txn* txn) noexcept {
        const sanad_status committed = guarded([&]() -> sanad_status {
            return txn->writing ? txn->writing->commit() : SANAD_E_INVALID;
        });
        guarded([&] { return end(txn), SANAD_OK; });
        return committed;
    }

    static void abort(sanad_txn* txn) noexcept {
        guarded([&] {
            if (txn->writing) txn->writing->abort();
            return end(txn), SANAD_OK;
        });
    }

    // Into the writes or the expectations. What was written before in the same batch is known.
    static sanad_status apply_one(WriteTransaction& writing, const sanad_op& op,
                                  Expectations& expectations) {
        const bool wants_absent = op.kind == SANAD_OP_PUT_NEW || op.kind == SANAD_OP_EXPECT_ABSENT;
        if (wants_absent || op.kind == SANAD_OP_EXPECT_VALUE) {
            const auto* written = writing.written(op.table, op.key);
            const bool holds =
                written == nullptr || (wants_absent ? !*written : *written == view_of(op.value));
            if (!holds) return SANAD_E_CONFLICT;
            if (written == nullptr) expectations.add(op, wants_absent);
        }
        if (op.kind == SANAD_OP_PUT || op.kind == SANAD_OP_PUT_NEW)
            return writing.put(op.table, op.key, op.value, false);
        return op.kind == SANAD_OP_DEL ? writing.del(op.table, op.key) : SANAD_OK;
    }

    static sanad_status apply(void* self, const sanad_op* ops, std::size_t n) noexcept {
        return guarded([&]() -> sanad_status {
            Store& store = of(self);
            const auto is_good = [&](const sanad_op& op) {
                return op.kind <= SANAD_OP_EXPECT_ABSENT && store.catalogue_.has(op.table) &&
                       is_key(op.key) && is_value(op.value);
            };
            if (!std::all_of(ops, ops + n, is_good)) return SANAD_E_INVALID;
            sanad_txn* txn = nullptr;
            if (const sanad_status begun = begin(self, SANAD_TXN_WRITE, &txn); begun != SANAD_OK)
                return begun;
            const sanad_status done = guarded([&]() -> sanad_status {
                Expectations expectations;
                for (std::size_t i = 0; i < n; ++i) {
                    const sanad_status one = apply_one(*txn->writing, ops[i], expectations);
                    if (one != SANAD_OK) return one;
                }
                return txn->writing->commit(expectations.batch());
            });
            end(txn);
            return done;
        });
    }

    static sanad_status backup(void* self, int fd) noexcept {
        return guarded([&]() -> sanad_status {
            sanad_txn* txn = nullptr;
            if (const sanad_status begun = begin(self, SANAD_TXN_READ, &txn); begun != SANAD_OK)
                return begun;
            const sanad_status done =
                guarded([&] { return back_up(txn->view(), of(self).catalogue_.names(), fd); });
            end(txn);
            return done;
        });
    }

    static sanad_status list_tables(void* self, sanad_row_fn fn, void* ctx) noexcept {
        return guarded([&]() -> sanad_status {
            const auto names = of(self).catalogue_.names();
            RowGiver giver(fn, ctx);
            for (const std::string& name : names)
                if (!giver.give({span_of(name), {nullptr, 0}})) return SANAD_OK;
            giver.flush();
            return SANAD_OK;
        });
    }

    static sanad_status compact(void* self) noexcept {
        return guarded([&] { return of(self).compact(); });
    }
};

// Rewrites the table without what is dead. Row versions that a view outside of this program may
// still see stay in it: then it has to be done again.
sanad_status Store::compact() {
    const Turn turn(writing_);
    if (!turn) return SANAD_E_BUSY;
    std::uint64_t kept_dead = 0;
    Answers answers;
    answers.status = writer_.make_ready();
    if (answers.status == SANAD_OK) {
        const Sessions::Pause nobody_begins(sessions_);
        const std::string wait =
            "SET lock_timeout = '" + std::to_string(compaction_wait.count()) + "s'";
        writer_.run_alone(wait.c_str(), compaction_limit);
        // In every language of the server the first number of the detail is that of dead versions.
        answers = writer_.run_alone(compact_sql, compaction_limit, [&](std::string_view detail) {
            const auto digit = detail.find_first_of("0123456789");
            if (digit == detail.npos) return;
            std::uint64_t number = 0;
            std::from_chars(detail.data() + digit, detail.data() + detail.size(), number);
            kept_dead += number;
        });
        writer_.run_alone("SET lock_timeout = 0", compaction_limit);
    }
    if (answers.status == SANAD_E_CONFLICT || answers.status == SANAD_E_CLOSED || kept_dead > 0)
        return SANAD_E_BUSY;
    return answers.status;
}

Store::Store(const Settings& settings, Report report)
    : writer_(settings, std::move(report)),
      catalogue_(writer_),
      sessions_(settings),
      interface_{sizeof(sanad_store_v1),
                 0,
                 this,
                 Calls::open_table,
                 Calls::begin,
                 Calls::get,
                 Calls::get_many,
                 Calls::put,
                 Calls::del,
                 Calls::scan,
                 Calls::commit,
                 Calls::abort,
                 Calls::apply,
                 Calls::backup,
                 Calls::compact,
                 Calls::list_tables} {}

}  // namespace sanad::postgres
