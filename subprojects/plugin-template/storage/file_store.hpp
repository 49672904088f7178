#pragma once

#include "table_file.hpp"

#include <sanad/store.h>
#include <sys/file.h>

#include <algorithm>
#include <mutex>
#include <new>

// The table of sanad/store.h over tables in memory. A snapshot shares them; who writes copies a
// table first; a commit writes the file and then shows the new tables to whoever begins after it.
namespace name_of_plugin {

class FileStore {
public:
    /// throws  sanad::plugin::Error: open elsewhere, unreadable or damaged
    explicit FileStore(std::string path) : path_(std::move(path)) {
        using sanad::plugin::Error;
        lock_ = ::open((path_ + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (lock_ < 0) throw Error(SANAD_E_IO, "store.no_folder");
        try {
            if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) throw Error(SANAD_E_BUSY, "store.in_use");
            if (const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC); file >= 0) {
                const std::string bytes = read_whole(file);
                ::close(file);
                tables_ = tables_of(bytes);
            }
        } catch (...) {
            ::close(lock_);
            throw;
        }
    }
    ~FileStore() { ::close(lock_); }
    FileStore(const FileStore&) = delete;
    FileStore& operator=(const FileStore&) = delete;

    const sanad_store_v1* interface() const { return &interface_; }

private:
    struct Transaction {
        FileStore& store;
        bool writes;
        std::vector<Table> tables;
        std::vector<std::shared_ptr<Rows>> own;  // the copies that it changes

        Rows& to_change(std::uint32_t table) {
            if (!own[table])
                tables[table].rows = own[table] = std::make_shared<Rows>(*tables[table].rows);
            return *own[table];
        }
        void end() {
            if (writes) {
                const std::lock_guard lock(store.mutex_);
                store.writing_ = false;
            }
            delete this;
        }
    };

    static FileStore& of(void* self) { return *static_cast<FileStore*>(self); }
    static Transaction& of(sanad_txn* txn) { return *reinterpret_cast<Transaction*>(txn); }
    static std::string_view view(sanad_span s) {
        return {static_cast<const char*>(s.data), s.size};
    }
    static sanad_span span(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
    static bool is_key(sanad_span key) { return key.size >= 1 && key.size <= SANAD_STORE_KEY_MAX; }

    // Nothing is thrown over the table.
    template <typename Work>
    static sanad_status guarded(Work work) noexcept {
        try {
            return work();
        } catch (const std::bad_alloc&) {
            return SANAD_E_NOMEM;
        } catch (...) {
            return SANAD_E_INTERNAL;
        }
    }

    static bool is_name(std::string_view name) {
        return !name.empty() && name.size() <= 63 &&
               name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == name.npos;
    }
    static sanad_status open_table(void* self, const char* name, std::uint32_t* table) noexcept {
        return guarded([&]() -> sanad_status {
            if (!is_name(name)) return SANAD_E_INVALID;
            const std::lock_guard lock(of(self).mutex_);
            auto& tables = of(self).tables_;
            const auto found = std::find_if(tables.begin(), tables.end(),
                                            [&](const Table& one) { return one.name == name; });
            *table = static_cast<std::uint32_t>(found - tables.begin());
            if (found != tables.end()) return SANAD_OK;
            if (of(self).writing_) return SANAD_E_BUSY;
            auto more = tables;
            more.push_back({name, std::make_shared<Rows>()});
            if (!replace_file(of(self).path_, bytes_of(more))) return SANAD_E_IO;
            tables = std::move(more);
            return SANAD_OK;
        });
    }

    static sanad_status begin(void* self, std::uint32_t mode, sanad_txn** out) noexcept {
        return guarded([&]() -> sanad_status {
            if (mode > SANAD_TXN_WRITE) return SANAD_E_INVALID;
            const bool writes = mode == SANAD_TXN_WRITE;
            const std::lock_guard lock(of(self).mutex_);
            if (writes && of(self).writing_) return SANAD_E_BUSY;
            const auto& tables = of(self).tables_;
            *out = reinterpret_cast<sanad_txn*>(new Transaction{
                of(self), writes, tables, std::vector<std::shared_ptr<Rows>>(tables.size())});
            of(self).writing_ = of(self).writing_ || writes;
            return SANAD_OK;
        });
    }

    static sanad_status get(sanad_txn* txn, std::uint32_t table, sanad_span key,
                            sanad_span* value) noexcept {
        if (table >= of(txn).tables.size() || !is_key(key)) return SANAD_E_INVALID;
        const Rows& rows = *of(txn).tables[table].rows;
        const auto found = rows.find(view(key));
        if (found == rows.end()) return SANAD_E_NOT_FOUND;
        *value = span(found->second);
        return SANAD_OK;
    }

    // Hands rows on, 64 at a time. next: the next row, or false
    template <typename Next>
    static void hand_on(Next next, sanad_row_fn fn, void* ctx) {
        sanad_row rows[64];
        for (bool more = true; more;) {
            std::size_t n = 0;
            while (n < 64 && (more = next(rows[n]))) ++n;
            if (n == 0 || fn(ctx, rows, n) != 0) return;
        }
    }
    static sanad_status get_many(sanad_txn* txn, std::uint32_t table, const sanad_span* keys,
                                 std::size_t n, sanad_row_fn fn, void* ctx) noexcept {
        if (table >= of(txn).tables.size() || !std::all_of(keys, keys + n, is_key))
            return SANAD_E_INVALID;
        std::size_t at = 0;
        hand_on(
            [&](sanad_row& row) {
                if (at == n) return false;
                row = {keys[at], {nullptr, 0}};
                (void)get(txn, table, keys[at++], &row.value);
                return true;
            },
            fn, ctx);
        return SANAD_OK;
    }
    static sanad_status scan(sanad_txn* txn, std::uint32_t table, sanad_span lo, sanad_span hi,
                             std::uint32_t flags, std::uint32_t limit, sanad_row_fn fn,
                             void* ctx) noexcept {
        if (table >= of(txn).tables.size() || lo.size > SANAD_STORE_KEY_MAX ||
            hi.size > SANAD_STORE_KEY_MAX || (flags & ~SANAD_SCAN_DESCENDING) != 0)
            return SANAD_E_INVALID;
        if (hi.size != 0 && view(hi) <= view(lo)) return SANAD_OK;
        const Rows& rows = *of(txn).tables[table].rows;
        auto first = rows.lower_bound(view(lo));
        auto last = hi.size == 0 ? rows.end() : rows.lower_bound(view(hi));
        std::uint64_t left = limit == 0 ? ~std::uint64_t{0} : limit;
        hand_on(
            [&](sanad_row& row) {
                if (first == last || left-- == 0) return false;
                const auto at = flags == 0 ? first++ : --last;
                row = {span(at->first), span(at->second)};
                return true;
            },
            fn, ctx);
        return SANAD_OK;
    }

    static sanad_status put(sanad_txn* txn, std::uint32_t table, sanad_span key, sanad_span value,
                            std::uint32_t flags) noexcept {
        return guarded([&]() -> sanad_status {
            if (!of(txn).writes || table >= of(txn).tables.size() || !is_key(key) ||
                value.size > SANAD_STORE_VALUE_MAX || (flags & ~SANAD_PUT_NEW) != 0)
                return SANAD_E_INVALID;
            if (flags != 0 && of(txn).tables[table].rows->count(view(key)) != 0)
                return SANAD_E_CONFLICT;
            of(txn).to_change(table).insert_or_assign(std::string(view(key)), view(value));
            return SANAD_OK;
        });
    }
    static sanad_status del(sanad_txn* txn, std::uint32_t table, sanad_span key) noexcept {
        return guarded([&]() -> sanad_status {
            if (!of(txn).writes || table >= of(txn).tables.size() || !is_key(key))
                return SANAD_E_INVALID;
            of(txn).to_change(table).erase(std::string(view(key)));
            return SANAD_OK;
        });
    }

    static sanad_status commit(sanad_txn* txn) noexcept {
        FileStore& store = of(txn).store;
        const sanad_status status = guarded([&]() -> sanad_status {
            if (!of(txn).writes) return SANAD_E_INVALID;
            if (!replace_file(store.path_, bytes_of(of(txn).tables))) return SANAD_E_IO;
            const std::lock_guard lock(store.mutex_);
            store.tables_ = std::move(of(txn).tables);
            return SANAD_OK;
        });
        of(txn).end();
        return status;
    }
    static void abort(sanad_txn* txn) noexcept { of(txn).end(); }

    static sanad_status apply_one(sanad_txn* txn, const sanad_op& op) noexcept {
        sanad_span found{};
        const sanad_status there = get(txn, op.table, op.key, &found);
        if (there == SANAD_E_INVALID) return there;
        switch (op.kind) {
            case SANAD_OP_PUT:
                return put(txn, op.table, op.key, op.value, 0);
            case SANAD_OP_PUT_NEW:
                return put(txn, op.table, op.key, op.value, SANAD_PUT_NEW);
            case SANAD_OP_DEL:
                return del(txn, op.table, op.key);
            case SANAD_OP_EXPECT_VALUE:
                return there == SANAD_OK && view(found) == view(op.value) ? SANAD_OK
                                                                          : SANAD_E_CONFLICT;
            case SANAD_OP_EXPECT_ABSENT:
                return there == SANAD_E_NOT_FOUND ? SANAD_OK : SANAD_E_CONFLICT;
            default:
                return SANAD_E_INVALID;
        }
    }
    static sanad_status apply(void* self, const sanad_op* ops, std::size_t n) noexcept {
        sanad_txn* txn = nullptr;
        sanad_status status = begin(self, SANAD_TXN_WRITE, &txn);
        if (status != SANAD_OK) return status;
        for (std::size_t i = 0; i < n && status == SANAD_OK; ++i) status = apply_one(txn, ops[i]);
        if (status == SANAD_OK) return commit(txn);
        abort(txn);
        return status;
    }

    static sanad_status backup(void* self, int fd) noexcept {
        return guarded([&]() -> sanad_status {
            std::unique_lock lock(of(self).mutex_);
            const auto tables = of(self).tables_;
            lock.unlock();
            return write_whole(fd, bytes_of(tables)) ? SANAD_OK : SANAD_E_IO;
        });
    }
    // Each commit leaves nothing of what was before it.
    static sanad_status compact(void*) noexcept { return SANAD_OK; }
    static sanad_status list_tables(void* self, sanad_row_fn fn, void* ctx) noexcept {
        return guarded([&]() -> sanad_status {
            std::unique_lock lock(of(self).mutex_);
            const auto tables = of(self).tables_;
            lock.unlock();
            std::size_t at = 0;
            hand_on(
                [&](sanad_row& row) {
                    if (at == tables.size()) return false;
                    row = {span(tables[at++].name), {nullptr, 0}};
                    return true;
                },
                fn, ctx);
            return SANAD_OK;
        });
    }

    // By name: what a later interface has at its end stays null, which means that it is not
    // offered.
    static sanad_store_v1 table_of(FileStore& store) {
        sanad_store_v1 table{};
        table.size = sizeof table;
        table.self = &store;
        table.open_table = open_table;
        table.begin = begin;
        table.get = get;
        table.get_many = get_many;
        table.put = put;
        table.del = del;
        table.scan = scan;
        table.commit = commit;
        table.abort = abort;
        table.apply = apply;
        table.backup = backup;
        table.compact = compact;
        table.list_tables = list_tables;
        return table;
    }

    std::string path_;
    int lock_ = -1;
    std::mutex mutex_;  // guards the rest
    std::vector<Table> tables_;
    bool writing_ = false;
    sanad_store_v1 interface_ = table_of(*this);
};

}  // namespace name_of_plugin
