#include "tests/support/memory_store.h"

#include "core/base/encoding.h"

#include <unistd.h>

#include <array>
#include <cassert>
#include <cstring>
#include <functional>
#include <optional>

namespace sanad::support {

namespace {

constexpr std::size_t batch_rows = 64;
constexpr std::size_t table_name_max = 63;

std::string_view view(sanad_span span) { return {static_cast<const char*>(span.data), span.size}; }
sanad_span span(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

bool is_key(sanad_span key) { return key.size >= 1 && key.size <= SANAD_STORE_KEY_MAX; }
bool is_value(sanad_span value) { return value.size <= SANAD_STORE_VALUE_MAX; }

bool is_table_name(std::string_view name) {
    if (name.empty() || name.size() > table_name_max) return false;
    return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == name.npos;
}

// Hands rows on in batches and counts them against the limit.
struct Batch {
    sanad_row_fn fn;
    void* ctx;
    std::uint64_t left;
    std::array<sanad_row, batch_rows> rows{};
    std::size_t count = 0;
    bool stopped = false;

    bool flush() {
        if (count > 0 && fn(ctx, rows.data(), count) != 0) stopped = true;
        count = 0;
        return !stopped;
    }
    bool add(sanad_row row) {  // false: no more wanted
        rows[count++] = row;
        if (--left == 0) return flush(), false;
        return count < batch_rows || flush();
    }
};

}  // namespace

// A transaction sees the tables as they were when it began, under its own writes.
struct MemoryTransaction {
    using Changes = std::map<std::string, std::optional<std::string>, std::less<>>;

    MemoryStore& store;
    bool writes;
    bool failed = false;
    std::vector<std::shared_ptr<MemoryRows>> tables;
    std::vector<Changes> changes;

    const std::string* find(std::uint32_t table, std::string_view key) const {
        if (const auto changed = changes[table].find(key); changed != changes[table].end())
            return changed->second ? &*changed->second : nullptr;
        const auto row = tables[table]->find(key);
        return row == tables[table]->end() ? nullptr : &row->second;
    }

    // Tables made by others after we began are not ours to see.
    bool knows(std::uint32_t table) const { return table < tables.size(); }

    sanad_status write(std::uint32_t table, sanad_span key, std::optional<std::string> value) {
        const sanad_status struck = store.strike(FaultPoint::operation, ++store.operations_);
        if (struck != SANAD_OK) {
            failed = true;
            return struck;
        }
        changes[table].insert_or_assign(std::string(view(key)), std::move(value));
        return SANAD_OK;
    }

    // Two ordered sequences walked as one; a change hides the row under it.
    template <typename RowAt, typename ChangeAt, typename Before>
    void merge(RowAt row, RowAt row_end, ChangeAt change, ChangeAt change_end, Before before,
               Batch& batch) const {
        while (row != row_end || change != change_end) {
            const bool take_row =
                change == change_end || (row != row_end && before(row->first, change->first));
            if (take_row) {
                if (!batch.add({span(row->first), span(row->second)})) return;
                ++row;
                continue;
            }
            if (row != row_end && row->first == change->first) ++row;
            if (change->second && !batch.add({span(change->first), span(*change->second)})) return;
            ++change;
        }
        batch.flush();
    }

    void scan(std::uint32_t table, std::string_view lo, std::string_view hi, bool descending,
              Batch& batch) const {
        if (!hi.empty() && hi <= lo) return;
        const auto range = [&](const auto& map) {
            return std::pair(map.lower_bound(lo), hi.empty() ? map.end() : map.lower_bound(hi));
        };
        const MemoryRows& rows_of = *tables[table];
        const auto [row, row_end] = range(rows_of);
        const auto [change, change_end] = range(changes[table]);
        if (!descending) return merge(row, row_end, change, change_end, std::less<>(), batch);
        merge(std::make_reverse_iterator(row_end), std::make_reverse_iterator(row),
              std::make_reverse_iterator(change_end), std::make_reverse_iterator(change),
              std::greater<>(), batch);
    }

    // On the disk's own tables, unless a snapshot still looks at them. The store's mutex is held.
    void reach_disk() {
        for (std::size_t table = 0; table < changes.size(); ++table) {
            if (changes[table].empty()) continue;
            auto& target = store.disk_.tables_[table];
            tables[table].reset();
            if (target.use_count() > 1) target = std::make_shared<MemoryRows>(*target);
            for (auto& [key, value] : changes[table]) {
                if (value)
                    target->insert_or_assign(key, std::move(*value));
                else
                    target->erase(key);
            }
        }
        ++store.commits_;
    }

    // Snapshots give up their tables under the mutex: reach_disk counts who shares them.
    void end() {
        const std::lock_guard lock(store.mutex_);
        --store.open_transactions_;
        if (writes) store.writing_ = false;
        delete this;
    }
};

// The C functions of the interface.
struct MemoryCalls {
    static MemoryStore& of(void* self) { return *static_cast<MemoryStore*>(self); }
    static MemoryTransaction& of(sanad_txn* txn) {
        return *reinterpret_cast<MemoryTransaction*>(txn);
    }

    static sanad_status open_table(void* self, const char* name, std::uint32_t* table) {
        MemoryStore& store = of(self);
        if (store.crashed_) return SANAD_E_IO;
        if (!is_table_name(name)) return SANAD_E_INVALID;
        const std::lock_guard lock(store.mutex_);
        auto& names = store.disk_.names_;
        for (*table = 0; *table < names.size(); ++*table)
            if (names[*table] == name) return SANAD_OK;
        names.emplace_back(name);
        store.disk_.tables_.push_back(std::make_shared<MemoryRows>());
        return SANAD_OK;
    }

    static sanad_status begin(void* self, std::uint32_t mode, sanad_txn** out) {
        MemoryStore& store = of(self);
        if (store.crashed_) return SANAD_E_IO;
        if (mode > SANAD_TXN_WRITE) return SANAD_E_INVALID;
        const std::lock_guard lock(store.mutex_);
        const bool writes = mode == SANAD_TXN_WRITE;
        if (writes && store.writing_) return SANAD_E_BUSY;
        store.writing_ = store.writing_ || writes;
        ++store.open_transactions_;
        const auto& tables = store.disk_.tables_;
        auto* txn = new MemoryTransaction{store, writes, false, tables, {}};
        txn->changes.resize(tables.size());
        *out = reinterpret_cast<sanad_txn*>(txn);
        return SANAD_OK;
    }

    static sanad_status get(sanad_txn* raw, std::uint32_t table, sanad_span key,
                            sanad_span* value) {
        MemoryTransaction& txn = of(raw);
        if (txn.store.crashed_) return SANAD_E_IO;
        if (!txn.knows(table) || !is_key(key)) return SANAD_E_INVALID;
        const std::string* found = txn.find(table, view(key));
        if (!found) return SANAD_E_NOT_FOUND;
        *value = span(*found);
        return SANAD_OK;
    }

    static sanad_status get_many(sanad_txn* raw, std::uint32_t table, const sanad_span* keys,
                                 std::size_t n, sanad_row_fn fn, void* ctx) {
        MemoryTransaction& txn = of(raw);
        if (txn.store.crashed_) return SANAD_E_IO;
        if (!txn.knows(table)) return SANAD_E_INVALID;
        for (std::size_t i = 0; i < n; ++i)
            if (!is_key(keys[i])) return SANAD_E_INVALID;
        Batch batch{fn, ctx, ~std::uint64_t{0}};
        for (std::size_t i = 0; i < n; ++i) {
            const std::string* found = txn.find(table, view(keys[i]));
            if (!batch.add({keys[i], found ? span(*found) : sanad_span{nullptr, 0}}))
                return SANAD_OK;
        }
        batch.flush();
        return SANAD_OK;
    }

    static sanad_status put(sanad_txn* raw, std::uint32_t table, sanad_span key, sanad_span value,
                            std::uint32_t flags) {
        MemoryTransaction& txn = of(raw);
        if (txn.store.crashed_) return SANAD_E_IO;
        if (!txn.writes || !txn.knows(table) || !is_key(key) || !is_value(value) ||
            (flags & ~SANAD_PUT_NEW) != 0)
            return SANAD_E_INVALID;
        if ((flags & SANAD_PUT_NEW) != 0 && txn.find(table, view(key))) return SANAD_E_CONFLICT;
        return txn.write(table, key, std::string(view(value)));
    }

    static sanad_status del(sanad_txn* raw, std::uint32_t table, sanad_span key) {
        MemoryTransaction& txn = of(raw);
        if (txn.store.crashed_) return SANAD_E_IO;
        if (!txn.writes || !txn.knows(table) || !is_key(key)) return SANAD_E_INVALID;
        return txn.write(table, key, std::nullopt);
    }

    static sanad_status scan(sanad_txn* raw, std::uint32_t table, sanad_span lo, sanad_span hi,
                             std::uint32_t flags, std::uint32_t limit, sanad_row_fn fn, void* ctx) {
        MemoryTransaction& txn = of(raw);
        if (txn.store.crashed_) return SANAD_E_IO;
        if (!txn.knows(table) || lo.size > SANAD_STORE_KEY_MAX || hi.size > SANAD_STORE_KEY_MAX ||
            (flags & ~SANAD_SCAN_DESCENDING) != 0)
            return SANAD_E_INVALID;
        Batch batch{fn, ctx, limit == 0 ? ~std::uint64_t{0} : limit};
        txn.scan(table, view(lo), view(hi), (flags & SANAD_SCAN_DESCENDING) != 0, batch);
        return SANAD_OK;
    }

    static sanad_status commit(sanad_txn* raw) {
        MemoryTransaction& txn = of(raw);
        MemoryStore& store = txn.store;
        const std::uint64_t number = store.commits_ + 1;
        sanad_status status = store.crashed_ || txn.failed ? SANAD_E_IO : SANAD_OK;
        if (!txn.writes) status = SANAD_E_INVALID;
        if (status == SANAD_OK) status = store.strike(FaultPoint::before_commit, number);
        if (status == SANAD_OK) {
            const std::lock_guard lock(store.mutex_);
            txn.reach_disk();
        }
        if (status == SANAD_OK) status = store.strike(FaultPoint::after_commit, number);
        txn.end();
        return status;
    }

    static void abort(sanad_txn* txn) { of(txn).end(); }

    static sanad_status apply_one(sanad_txn* txn, const sanad_op& op) {
        sanad_span found{};
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
        const sanad_status status = get(txn, op.table, op.key, &found);
        if (status != SANAD_OK && status != SANAD_E_NOT_FOUND) return status;
        const bool there = status == SANAD_OK;
        const bool as_expected =
            op.kind == SANAD_OP_EXPECT_ABSENT ? !there : there && view(found) == view(op.value);
        return as_expected ? SANAD_OK : SANAD_E_CONFLICT;
    }

    static sanad_status apply(void* self, const sanad_op* ops, std::size_t n) {
        sanad_txn* txn = nullptr;
        if (const sanad_status status = begin(self, SANAD_TXN_WRITE, &txn); status != SANAD_OK)
            return status;
        for (std::size_t i = 0; i < n; ++i) {
            const sanad_status status = apply_one(txn, ops[i]);
            if (status == SANAD_OK) continue;
            abort(txn);
            return status;
        }
        return commit(txn);
    }

    // Lines: the table's name, or key and value in hexadecimal.
    static sanad_status backup(void* self, int fd) {
        MemoryStore& store = of(self);
        if (store.crashed_) return SANAD_E_IO;
        const MemoryDisk copy = [&] {
            const std::lock_guard lock(store.mutex_);
            return store.disk_;
        }();
        std::string text;
        for (const std::string& table : copy.names()) {
            text += table + '\n';
            for (const auto& [key, value] : copy.rows(table))
                text += to_hex(bytes_of(key)) + ' ' + to_hex(bytes_of(value)) + '\n';
        }
        const ssize_t written = ::write(fd, text.data(), text.size());
        return written == static_cast<ssize_t>(text.size()) ? SANAD_OK : SANAD_E_IO;
    }
};

MemoryDisk MemoryDisk::restore(std::string_view backup) {
    MemoryDisk disk;
    const auto bytes = [](std::string_view hex) { return std::string(text_of(*from_hex(hex))); };
    while (!backup.empty()) {
        const std::string_view line = backup.substr(0, backup.find('\n'));
        backup.remove_prefix(line.size() + 1);
        const std::size_t space = line.find(' ');
        if (space != line.npos) {
            disk.tables_.back()->emplace(bytes(line.substr(0, space)),
                                         bytes(line.substr(space + 1)));
        } else {
            disk.names_.emplace_back(line);
            disk.tables_.push_back(std::make_shared<MemoryRows>());
        }
    }
    return disk;
}

MemoryDisk& MemoryDisk::operator=(const MemoryDisk& other) {
    assert(!open_);
    names_ = other.names_;
    tables_ = other.tables_;
    return *this;
}

const MemoryRows& MemoryDisk::rows(std::string_view table) const {
    static const MemoryRows none;
    for (std::size_t i = 0; i < names_.size(); ++i)
        if (names_[i] == table) return *tables_[i];
    return none;
}

bool MemoryDisk::holds(std::string_view bytes) const {
    for (const auto& table : tables_)
        for (const auto& [key, value] : *table)
            if (key.find(bytes) != key.npos || value.find(bytes) != value.npos) return true;
    return false;
}

std::unique_ptr<MemoryStore> MemoryStore::open(MemoryDisk& disk) {
    if (disk.open_) return nullptr;
    return std::unique_ptr<MemoryStore>(new MemoryStore(disk));
}

MemoryStore::MemoryStore(MemoryDisk& disk) : disk_(disk) {
    disk_.open_ = true;
    interface_ = {sizeof(sanad_store_v1),
                  0,
                  this,
                  MemoryCalls::open_table,
                  MemoryCalls::begin,
                  MemoryCalls::get,
                  MemoryCalls::get_many,
                  MemoryCalls::put,
                  MemoryCalls::del,
                  MemoryCalls::scan,
                  MemoryCalls::commit,
                  MemoryCalls::abort,
                  MemoryCalls::apply,
                  MemoryCalls::backup,
                  nullptr,
                  nullptr};
}

MemoryStore::~MemoryStore() {
    assert(open_transactions() == 0);
    disk_.open_ = false;
}

std::uint64_t MemoryStore::open_transactions() const {
    const std::lock_guard lock(mutex_);
    return open_transactions_;
}

sanad_status MemoryStore::strike(FaultPoint point, std::uint64_t count) {
    if (full_ && point == FaultPoint::before_commit) return SANAD_E_FULL;
    for (const StoreFault& fault : faults_) {
        if (fault.point != point || fault.at != count) continue;
        if (fault.kind == FaultKind::fail) return fault.status;
        crashed_ = true;
        return SANAD_E_IO;
    }
    return SANAD_OK;
}

}  // namespace sanad::support
