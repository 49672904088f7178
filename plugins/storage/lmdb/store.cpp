#include "plugins/storage/lmdb/store.h"

#include "plugins/storage/lmdb/batch.h"

#include <lmdb.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace sanad::lmdb {

namespace {

constexpr std::size_t table_name_max = 63;
constexpr std::uint32_t first_table = 2;  // LMDB keeps 0 and 1 for itself

MDB_val value_of(sanad_span span) { return {span.size, const_cast<void*>(span.data)}; }
sanad_span span_of(const MDB_val& value) { return {value.mv_data, value.mv_size}; }

bool is_key(sanad_span key) { return key.size >= 1 && key.size <= SANAD_STORE_KEY_MAX; }
bool is_bound(sanad_span key) { return key.size <= SANAD_STORE_KEY_MAX; }
bool is_table(std::uint32_t table) { return table >= first_table; }

bool is_table_name(std::string_view name) {
    return !name.empty() && name.size() <= table_name_max &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == name.npos;
}

// memcmp order, a key before its extensions: as LMDB compares.
int compare(sanad_span left, sanad_span right) {
    const int order = std::memcmp(left.data, right.data, std::min(left.size, right.size));
    if (order != 0) return order;
    return left.size < right.size ? -1 : left.size > right.size;
}

struct Cursor {
    MDB_cursor* cursor = nullptr;
    Cursor() = default;
    ~Cursor() {
        if (cursor) mdb_cursor_close(cursor);
    }
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;
};

// To the first row of a scan. MDB_NOTFOUND: there is none on that side.
int seek(MDB_cursor* cursor, sanad_span lo, sanad_span hi, bool descending, MDB_val& key,
         MDB_val& value) {
    const sanad_span& from = descending ? hi : lo;
    if (from.size == 0)
        return mdb_cursor_get(cursor, &key, &value, descending ? MDB_LAST : MDB_FIRST);
    key = value_of(from);
    const int answer = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    if (!descending) return answer;
    if (answer == MDB_NOTFOUND) return mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    return answer == MDB_SUCCESS ? mdb_cursor_get(cursor, &key, &value, MDB_PREV) : answer;
}

}  // namespace

struct Transaction {
    Store* store;
    MDB_txn* txn;
    bool writes;
    sanad_status failed;  // the first error of a write: the transaction can only be aborted
};

// The C functions of the table. None throws.
struct Calls {
    static Store& of(void* self) { return *static_cast<Store*>(self); }
    static Transaction& of(sanad_txn* txn) { return *reinterpret_cast<Transaction*>(txn); }
    static sanad_status status(const Store& store, int answer) {
        return status_of(answer, store.environment_.path());
    }

    static sanad_status open_table(void* self, const char* name, std::uint32_t* table) noexcept {
        Store& store = of(self);
        if (!is_table_name(name)) return SANAD_E_INVALID;
        const std::lock_guard lock(store.tables_);
        sanad_txn* raw = nullptr;
        if (const sanad_status begun = begin(self, SANAD_TXN_WRITE, &raw); begun != SANAD_OK)
            return begun;
        MDB_dbi number = 0;
        const int answer = mdb_dbi_open(of(raw).txn, name, MDB_CREATE, &number);
        if (answer != MDB_SUCCESS) {
            abort(raw);
            return status(store, answer);
        }
        *table = number;
        if (store.names_.size() <= number) store.names_.resize(number + 1);
        store.names_[number] = name;
        return commit(raw);
    }

    static sanad_status begin(void* self, std::uint32_t mode, sanad_txn** out) noexcept {
        Store& store = of(self);
        if (mode > SANAD_TXN_WRITE) return SANAD_E_INVALID;
        const bool writes = mode == SANAD_TXN_WRITE;
        if (writes && store.failed_) return SANAD_E_IO;
        // LMDB would wait for the other writer, for ever when it is this same thread.
        if (writes && store.writing_.exchange(true)) return SANAD_E_BUSY;
        if (!store.enter()) {
            if (writes) store.writing_ = false;
            return SANAD_E_IO;
        }
        auto* transaction = new (std::nothrow) Transaction{&store, nullptr, writes, SANAD_OK};
        const int answer = transaction ? mdb_txn_begin(store.environment_.get(), nullptr,
                                                       writes ? 0 : MDB_RDONLY, &transaction->txn)
                                       : ENOMEM;
        if (answer != MDB_SUCCESS) {
            delete transaction;
            store.leave();
            if (writes) store.writing_ = false;
            return status(store, answer);
        }
        *out = reinterpret_cast<sanad_txn*>(transaction);
        return SANAD_OK;
    }

    static sanad_status get(sanad_txn* raw, std::uint32_t table, sanad_span key,
                            sanad_span* value) noexcept {
        Transaction& transaction = of(raw);
        if (!is_table(table) || !is_key(key)) return SANAD_E_INVALID;
        MDB_val wanted = value_of(key), found;
        const int answer = mdb_get(transaction.txn, table, &wanted, &found);
        if (answer == MDB_NOTFOUND) return SANAD_E_NOT_FOUND;
        if (answer != MDB_SUCCESS) return status(*transaction.store, answer);
        *value = span_of(found);
        return SANAD_OK;
    }

    static sanad_status get_many(sanad_txn* raw, std::uint32_t table, const sanad_span* keys,
                                 std::size_t n, sanad_row_fn fn, void* ctx) noexcept {
        if (!is_table(table) || !std::all_of(keys, keys + n, is_key)) return SANAD_E_INVALID;
        Batch batch(fn, ctx, ~std::uint64_t{0});
        for (std::size_t i = 0; i < n; ++i) {
            sanad_span value{nullptr, 0};
            const sanad_status got = get(raw, table, keys[i], &value);
            if (got != SANAD_OK && got != SANAD_E_NOT_FOUND) return got;
            if (!batch.add({keys[i], value})) return SANAD_OK;
        }
        batch.flush();
        return SANAD_OK;
    }

    static sanad_status failed(Transaction& transaction, int answer) {
        transaction.failed = status(*transaction.store, answer);
        return transaction.failed;
    }

    static sanad_status put(sanad_txn* raw, std::uint32_t table, sanad_span key, sanad_span value,
                            std::uint32_t flags) noexcept {
        Transaction& transaction = of(raw);
        if (!transaction.writes || !is_table(table) || !is_key(key) ||
            value.size > SANAD_STORE_VALUE_MAX || (flags & ~std::uint32_t{SANAD_PUT_NEW}) != 0)
            return SANAD_E_INVALID;
        MDB_val at = value_of(key), what = value_of(value);
        const unsigned how = flags != 0 ? MDB_NOOVERWRITE : 0;
        const int answer = mdb_put(transaction.txn, table, &at, &what, how);
        if (answer == MDB_SUCCESS) return SANAD_OK;
        if (answer == MDB_KEYEXIST) return SANAD_E_CONFLICT;
        return failed(transaction, answer);
    }

    static sanad_status del(sanad_txn* raw, std::uint32_t table, sanad_span key) noexcept {
        Transaction& transaction = of(raw);
        if (!transaction.writes || !is_table(table) || !is_key(key)) return SANAD_E_INVALID;
        MDB_val at = value_of(key);
        const int answer = mdb_del(transaction.txn, table, &at, nullptr);
        if (answer == MDB_SUCCESS || answer == MDB_NOTFOUND) return SANAD_OK;
        return failed(transaction, answer);
    }

    static sanad_status scan(sanad_txn* raw, std::uint32_t table, sanad_span lo, sanad_span hi,
                             std::uint32_t flags, std::uint32_t limit, sanad_row_fn fn,
                             void* ctx) noexcept {
        Transaction& transaction = of(raw);
        if (!is_table(table) || !is_bound(lo) || !is_bound(hi) ||
            (flags & ~std::uint32_t{SANAD_SCAN_DESCENDING}) != 0)
            return SANAD_E_INVALID;
        const bool descending = flags != 0;
        Cursor open;
        int answer = mdb_cursor_open(transaction.txn, table, &open.cursor);
        if (answer != MDB_SUCCESS) return status(*transaction.store, answer);
        Batch batch(fn, ctx, limit == 0 ? ~std::uint64_t{0} : limit);
        MDB_val key{}, value{};
        for (answer = seek(open.cursor, lo, hi, descending, key, value); answer == MDB_SUCCESS;
             answer = mdb_cursor_get(open.cursor, &key, &value, descending ? MDB_PREV : MDB_NEXT)) {
            const bool past = descending ? lo.size > 0 && compare(span_of(key), lo) < 0
                                         : hi.size > 0 && compare(span_of(key), hi) >= 0;
            if (past) break;
            if (!batch.add({span_of(key), span_of(value)})) return SANAD_OK;
        }
        if (answer != MDB_SUCCESS && answer != MDB_NOTFOUND)
            return status(*transaction.store, answer);
        batch.flush();
        return SANAD_OK;
    }

    static void end(Transaction& transaction) {
        Store& store = *transaction.store;
        const bool wrote = transaction.writes;
        delete &transaction;
        store.leave();
        if (wrote) store.writing_ = false;
    }

    static sanad_status commit(sanad_txn* raw) noexcept {
        Transaction& transaction = of(raw);
        Store& store = *transaction.store;
        sanad_status result = transaction.writes ? transaction.failed : SANAD_E_INVALID;
        if (result == SANAD_OK) {
            result = status(store, mdb_txn_commit(transaction.txn));
            if (result == SANAD_E_IO) store.failed_ = true;
        } else {
            mdb_txn_abort(transaction.txn);
        }
        end(transaction);
        return result;
    }

    static void abort(sanad_txn* raw) noexcept {
        Transaction& transaction = of(raw);
        mdb_txn_abort(transaction.txn);
        end(transaction);
    }

    static sanad_status apply_one(sanad_txn* txn, const sanad_op& op) {
        switch (op.kind) {
            case SANAD_OP_PUT:
                return put(txn, op.table, op.key, op.value, 0);
            case SANAD_OP_PUT_NEW:
                return put(txn, op.table, op.key, op.value, SANAD_PUT_NEW);
            case SANAD_OP_DEL:
                return del(txn, op.table, op.key);
            case SANAD_OP_EXPECT_VALUE:
            case SANAD_OP_EXPECT_ABSENT:
                break;
            default:
                return SANAD_E_INVALID;
        }
        sanad_span found{};
        const sanad_status got = get(txn, op.table, op.key, &found);
        if (got != SANAD_OK && got != SANAD_E_NOT_FOUND) return got;
        const bool there = got == SANAD_OK;
        const bool holds =
            op.kind == SANAD_OP_EXPECT_ABSENT
                ? !there
                : there && found.size == op.value.size && compare(found, op.value) == 0;
        return holds ? SANAD_OK : SANAD_E_CONFLICT;
    }

    static sanad_status apply(void* self, const sanad_op* ops, std::size_t n) noexcept {
        sanad_txn* txn = nullptr;
        if (const sanad_status begun = begin(self, SANAD_TXN_WRITE, &txn); begun != SANAD_OK)
            return begun;
        for (std::size_t i = 0; i < n; ++i) {
            const sanad_status done = apply_one(txn, ops[i]);
            if (done == SANAD_OK) continue;
            abort(txn);
            return done;
        }
        return commit(txn);
    }

    // Compacted: a copy does not carry the old content of pages that are free now, such as the
    // wrapped key of an erased case.
    static sanad_status backup(void* self, int fd) noexcept {
        Store& store = of(self);
        if (!store.enter()) return SANAD_E_IO;
        const int answer = mdb_env_copyfd2(store.environment_.get(), fd, MDB_CP_COMPACT);
        store.leave();
        if (answer != MDB_SUCCESS) return status(store, answer);
        const bool synced = ::fsync(fd) == 0 || errno == EINVAL || errno == EROFS;  // a pipe cannot
        return synced ? SANAD_OK : status(store, errno);
    }

    static sanad_status compact(void* self) noexcept {
        try {
            return of(self).compact();
        } catch (...) {  // memory, or a lock that cannot be taken
            return SANAD_E_NOMEM;
        }
    }

    // LMDB keeps the names of tables as the keys of its own first one.
    static sanad_status list_tables(void* self, sanad_row_fn fn, void* ctx) noexcept {
        sanad_txn* txn = nullptr;
        if (const sanad_status begun = begin(self, SANAD_TXN_READ, &txn); begun != SANAD_OK)
            return begun;
        int answer = MDB_SUCCESS;
        {
            MDB_dbi names = 0;
            Cursor open;
            answer = mdb_dbi_open(of(txn).txn, nullptr, 0, &names);
            if (answer == MDB_SUCCESS) answer = mdb_cursor_open(of(txn).txn, names, &open.cursor);
            Batch batch(fn, ctx, ~std::uint64_t{0});
            for (MDB_val key{}, value{}; answer == MDB_SUCCESS;) {
                answer = mdb_cursor_get(open.cursor, &key, &value, MDB_NEXT);
                if (answer == MDB_SUCCESS && !batch.add({span_of(key), {nullptr, 0}})) break;
            }
            if (answer == MDB_NOTFOUND) batch.flush();
        }
        abort(txn);
        return answer == MDB_NOTFOUND ? SANAD_OK : status(of(self), answer);
    }

    // The handles of the new environment must be those that the core holds.
    static int open_tables(Store& store) {
        MDB_txn* txn = nullptr;
        int answer = mdb_txn_begin(store.environment_.get(), nullptr, 0, &txn);
        if (answer != MDB_SUCCESS) return answer;
        for (std::size_t handle = first_table; handle < store.names_.size(); ++handle) {
            MDB_dbi number = 0;
            answer = mdb_dbi_open(txn, store.names_[handle].c_str(), MDB_CREATE, &number);
            if (answer == MDB_SUCCESS && number != handle) answer = MDB_BAD_DBI;
            if (answer == MDB_SUCCESS) continue;
            mdb_txn_abort(txn);
            return answer;
        }
        return mdb_txn_commit(txn);
    }
};

bool Store::enter() {
    std::unique_lock lock(gate_);
    changed_.wait(lock, [this] { return !compacting_; });
    if (environment_.get() == nullptr) return false;
    ++transactions_;
    return true;
}

void Store::leave() {
    const std::lock_guard lock(gate_);
    --transactions_;
    changed_.notify_all();
}

sanad_status Store::compact() {
    if (failed_) return SANAD_E_IO;
    const std::lock_guard tables(tables_);
    std::unique_lock lock(gate_);
    if (compacting_) return SANAD_E_BUSY;
    compacting_ = true;  // nothing new begins
    const bool alone =
        changed_.wait_for(lock, compaction_wait, [this] { return transactions_ == 0; });
    int answer = MDB_SUCCESS;
    bool replaced = false;
    if (alone) {
        lock.unlock();
        answer = environment_.replace_by_compacted();
        replaced = answer == MDB_SUCCESS;
        if (replaced) answer = Calls::open_tables(*this);
        lock.lock();
    }
    compacting_ = false;
    changed_.notify_all();
    if (!alone) return SANAD_E_BUSY;
    if (environment_.get() == nullptr || (replaced && answer != MDB_SUCCESS)) failed_ = true;
    return status_of(answer, environment_.path());
}

Store::Store(std::string path, std::uint32_t map_mib)
    : environment_(std::move(path), map_mib),
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

}  // namespace sanad::lmdb
