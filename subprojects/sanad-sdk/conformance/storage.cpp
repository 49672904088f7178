// SPDX-License-Identifier: Apache-2.0
#include "conformance/storage.hpp"

#include "conformance/history.hpp"
#include "conformance/storage_client.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <limits>
#include <memory>
#include <random>
#include <thread>

namespace sanad::conformance {

namespace {

void committed_survives_reopening(StoreLab& lab) {
    const sanad_store_v1* store = &opened(lab);
    std::uint32_t table = table_of(*store, "cases");
    put_one(*store, table, "kept", "1");
    {
        Txn dropped(*store, SANAD_TXN_WRITE);
        require_status(dropped.put(table, "dropped", "2"), SANAD_OK, "put");
        require_status(dropped.del(table, "kept"), SANAD_OK, "del");
    }
    lab.close();
    store = &opened(lab);
    table = table_of(*store, "cases");
    const Rows expected = {{"kept", "1"}};
    require(Txn(*store, SANAD_TXN_READ).scan(table) == expected, "after reopening");
}

void tables_are_apart(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t first = table_of(store, "a"), second = table_of(store, "b");
    require(first != second, "two names, two tables");
    require(table_of(store, "a") == first, "one name, one table");
    put_one(store, first, "key", "first");
    put_one(store, second, "key", "second");
    const Txn view(store, SANAD_TXN_READ);
    require(view.scan(first) == Rows{{"key", "first"}}, "the first table");
    require(view.scan(second) == Rows{{"key", "second"}}, "the second table");
}

void table_names_have_limits(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    std::uint32_t table = 0;
    const std::string longest(63, 'z'), too_long(64, 'z');
    require_status(store.open_table(store.self, longest.c_str(), &table), SANAD_OK, "63 bytes");
    for (const char* name :
         {"", too_long.c_str(), "Upper", "with space", "digit1", "a/b", "\xc3\xa9"})
        require_status(store.open_table(store.self, name, &table), SANAD_E_INVALID, "a bad name");
    Txn txn(store, SANAD_TXN_READ);
    const std::uint32_t unknown = std::numeric_limits<std::uint32_t>::max();
    require_status(txn.get(unknown, "key"), SANAD_E_INVALID, "an unknown table");
}

void keys_are_in_byte_order(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t table = table_of(store, "t");
    const std::string zero("\0", 1), zeros("\0\0", 2), a_zero("a\0", 2), high("\xff", 1);
    const std::vector<std::string> sorted = {zero, zeros, "A",    "a",    a_zero,
                                             "aa", "b",   "\x7f", "\x80", high};
    std::vector<std::string> mixed = sorted;
    std::shuffle(mixed.begin(), mixed.end(), std::mt19937(1));
    Txn txn(store, SANAD_TXN_WRITE);
    for (const auto& key : mixed) require_status(txn.put(table, key, key), SANAD_OK, "put");
    Rows expected;
    for (const auto& key : sorted) expected.emplace_back(key, key);
    require(txn.scan(table) == expected, "in the writing transaction");
    require_status(txn.commit(), SANAD_OK, "commit");
    require(Txn(store, SANAD_TXN_READ).scan(table) == expected, "after commit");
}

void sizes_have_two_sides(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t table = table_of(store, "t");
    const std::string key_max(SANAD_STORE_KEY_MAX, 'k'), key_over(SANAD_STORE_KEY_MAX + 1, 'k');
    const std::string value_max(SANAD_STORE_VALUE_MAX, 'v'),
        value_over(SANAD_STORE_VALUE_MAX + 1, 'v');
    {
        Txn txn(store, SANAD_TXN_WRITE);
        require_status(txn.put(table, key_max, value_max), SANAD_OK, "the longest of both");
        require_status(txn.put(table, "e", ""), SANAD_OK, "an empty value");
        require_status(txn.put(table, "", "v"), SANAD_E_INVALID, "an empty key");
        require_status(txn.put(table, key_over, "v"), SANAD_E_INVALID, "too long a key");
        require_status(txn.put(table, "k", value_over), SANAD_E_INVALID, "too long a value");
        require_status(txn.get(table, ""), SANAD_E_INVALID, "get of an empty key");
        require_status(txn.get(table, key_over), SANAD_E_INVALID, "get of too long a key");
        require_status(txn.del(table, ""), SANAD_E_INVALID, "del of an empty key");
        require_status(txn.del(table, key_over), SANAD_E_INVALID, "del of too long a key");
        require_status(txn.commit(), SANAD_OK, "commit: refused sizes spoil nothing");
    }
    const Txn view(store, SANAD_TXN_READ);
    require(view.scan(table) == Rows{{"e", ""}, {key_max, value_max}}, "what was taken");
}

void snapshots_stand_still(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t table = table_of(store, "t");
    put_one(store, table, "a", "1");
    const Txn before(store, SANAD_TXN_READ);
    std::string value;
    {
        Txn writer(store, SANAD_TXN_WRITE);
        require_status(writer.put(table, "a", "2"), SANAD_OK, "put");
        require_status(writer.put(table, "b", "2"), SANAD_OK, "put");
        require_status(writer.get(table, "a", &value), SANAD_OK, "own write");
        require(value == "2", "a transaction reads its own writes");
        require_status(before.get(table, "a", &value), SANAD_OK, "get");
        require(value == "1", "nobody else does before commit");
        require_status(writer.commit(), SANAD_OK, "commit");
    }
    const Txn after(store, SANAD_TXN_READ);
    require(before.scan(table) == Rows{{"a", "1"}}, "a snapshot does not move");
    require(after.scan(table) == Rows{{"a", "2"}, {"b", "2"}}, "a later one sees the commit");
}

void snapshots_change_threads(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t table = table_of(store, "t");
    put_one(store, table, "a", "1");
    auto here = std::make_unique<Txn>(store, SANAD_TXN_READ);
    const Txn second_here(store, SANAD_TXN_READ);
    sanad_status seen = SANAD_E_INTERNAL;
    std::thread([&] {
        seen = here->get(table, "a");
        here.reset();
    }).join();
    require_status(seen, SANAD_OK, "a snapshot on another thread");
    require_status(second_here.get(table, "a"), SANAD_OK, "the other snapshot of this thread");
}

void one_writer(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t table = table_of(store, "t");
    sanad_txn* second = nullptr;
    {
        const Txn first(store, SANAD_TXN_WRITE);
        require_status(store.begin(store.self, SANAD_TXN_WRITE, &second), SANAD_E_BUSY, "a second");
        const sanad_op op = {table, SANAD_OP_PUT, span_of("k"), span_of("v")};
        require_status(store.apply(store.self, &op, 1), SANAD_E_BUSY, "apply meanwhile");
    }
    require_status(store.begin(store.self, SANAD_TXN_WRITE, &second), SANAD_OK, "after the first");
    store.abort(second);
    require_status(store.begin(store.self, 7, &second), SANAD_E_INVALID, "an unknown mode");
}

void readers_do_not_write(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t table = table_of(store, "t");
    Txn reader(store, SANAD_TXN_READ);
    require_status(reader.put(table, "k", "v"), SANAD_E_INVALID, "put");
    require_status(reader.del(table, "k"), SANAD_E_INVALID, "del");
    require_status(reader.commit(), SANAD_E_INVALID, "commit");
}

void new_means_new(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t table = table_of(store, "t");
    Txn txn(store, SANAD_TXN_WRITE);
    require_status(txn.put(table, "k", "1", SANAD_PUT_NEW), SANAD_OK, "a new key");
    require_status(txn.put(table, "k", "2", SANAD_PUT_NEW), SANAD_E_CONFLICT, "the same key");
    require_status(txn.del(table, "k"), SANAD_OK, "del");
    require_status(txn.del(table, "k"), SANAD_OK, "del of what is not there");
    require_status(txn.put(table, "k", "3", SANAD_PUT_NEW), SANAD_OK, "new again");
    require_status(txn.put(table, "k", "4", 1U << 7), SANAD_E_INVALID, "an unknown flag");
    require_status(txn.commit(), SANAD_OK, "commit: a conflict spoils nothing");
    require(Txn(store, SANAD_TXN_READ).scan(table) == Rows{{"k", "3"}}, "what was kept");
}

void scans_have_bounds(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t table = table_of(store, "t");
    Txn txn(store, SANAD_TXN_WRITE);
    Model model;
    for (int i = 0; i < 200; ++i) {  // several batches of 64
        const std::string key = std::to_string(1000 + i);
        model[key] = "v" + key;
        require_status(txn.put(table, key, model[key]), SANAD_OK, "put");
    }
    const std::array<const char*, 7> edges = {"", "1000", "10005", "1063", "1064", "1199", "9"};
    for (const std::string lo : edges) {
        for (const std::string hi : edges) {
            for (const std::uint32_t limit : {0U, 1U, 63U, 64U, 65U, 128U, 1000U}) {
                Rows expected;
                if (hi.empty() || lo < hi)
                    expected.assign(model.lower_bound(lo),
                                    hi.empty() ? model.end() : model.lower_bound(hi));
                Rows backwards(expected.rbegin(), expected.rend());
                const std::size_t most =
                    limit == 0 ? expected.size() : std::min<std::size_t>(limit, expected.size());
                expected.resize(most);
                backwards.resize(most);
                require(txn.scan(table, lo, hi, 0, limit) == expected, "ascending");
                require(txn.scan(table, lo, hi, SANAD_SCAN_DESCENDING, limit) == backwards,
                        "descending");
            }
        }
    }
    const sanad_span none{};
    require_status(store.scan(txn.raw(), table, none, none, 1U << 9, 0, Txn::take, nullptr),
                   SANAD_E_INVALID, "an unknown flag");
}

struct Counted {
    std::size_t rows = 0, largest = 0, stop_after = 0;
    static int take(void* self, const sanad_row*, std::size_t n) {
        auto& counted = *static_cast<Counted*>(self);
        counted.rows += n;
        counted.largest = std::max(counted.largest, n);
        return counted.stop_after != 0 && counted.rows >= counted.stop_after;
    }
};

void batches_are_bounded_and_stop(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t table = table_of(store, "t");
    Txn txn(store, SANAD_TXN_WRITE);
    for (int i = 0; i < 300; ++i)
        require_status(txn.put(table, std::to_string(1000 + i), "v"), SANAD_OK, "put");
    const sanad_span none{};
    Counted all, some;
    some.stop_after = 1;
    require_status(store.scan(txn.raw(), table, none, none, 0, 0, Counted::take, &all), SANAD_OK,
                   "scan");
    require(all.rows == 300 && all.largest <= 64, "batches of at most 64");
    require_status(store.scan(txn.raw(), table, none, none, 0, 0, Counted::take, &some), SANAD_OK,
                   "scan");
    require(some.rows <= 64, "a nonzero answer stops the scan");
}

void get_many_keeps_the_order(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t table = table_of(store, "t");
    Txn txn(store, SANAD_TXN_WRITE);
    std::vector<std::string> keys;
    std::vector<sanad_span> spans;
    for (int i = 199; i >= 0; --i) keys.push_back(std::to_string(1000 + i));
    for (std::size_t i = 0; i < keys.size(); i += 2)
        require_status(txn.put(table, keys[i], i == 0 ? "" : keys[i]), SANAD_OK, "put");
    for (const auto& key : keys) spans.push_back(span_of(key));
    struct Seen {
        Rows rows;
        std::vector<bool> there;
        static int take(void* self, const sanad_row* rows, std::size_t n) {
            for (std::size_t i = 0; i < n; ++i)
                static_cast<Seen*>(self)->there.push_back(rows[i].value.data != nullptr);
            return Txn::take(&static_cast<Seen*>(self)->rows, rows, n);
        }
    } seen;
    require_status(store.get_many(txn.raw(), table, spans.data(), spans.size(), Seen::take, &seen),
                   SANAD_OK, "get_many");
    require(seen.rows.size() == keys.size(), "a row for each key");
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const bool there = i % 2 == 0;
        require(seen.rows[i].first == keys[i] && seen.there[i] == there, "in the order asked for");
        require(seen.rows[i].second == (there && i > 0 ? keys[i] : ""), "with its value");
    }
}

void apply_is_one_transaction(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t table = table_of(store, "t");
    const auto apply = [&](std::vector<sanad_op> ops) {
        return store.apply(store.self, ops.data(), ops.size());
    };
    const auto op = [&](std::uint32_t kind, const char* key, const char* value = "") {
        return sanad_op{table, kind, span_of(key), span_of(value)};
    };
    require_status(apply({op(SANAD_OP_EXPECT_ABSENT, "a"), op(SANAD_OP_PUT, "a", "1"),
                          op(SANAD_OP_EXPECT_VALUE, "a", "1"), op(SANAD_OP_PUT_NEW, "b", "1")}),
                   SANAD_OK, "all hold");
    const Rows kept = {{"a", "1"}, {"b", "1"}};
    const std::vector<sanad_op> broken = {
        op(SANAD_OP_EXPECT_ABSENT, "a"), op(SANAD_OP_EXPECT_VALUE, "a", "11"),
        op(SANAD_OP_EXPECT_VALUE, "c", ""), op(SANAD_OP_PUT_NEW, "b", "2")};
    for (const sanad_op& wrong : broken) {
        require_status(apply({op(SANAD_OP_PUT, "c", "9"), op(SANAD_OP_PUT, "a", "0"), wrong}),
                       SANAD_E_CONFLICT, "one does not hold");
        require(Txn(store, SANAD_TXN_READ).scan(table) == kept, "nothing of it was done");
    }
    require_status(apply({op(99, "a")}), SANAD_E_INVALID, "an unknown kind");
    require_status(apply({op(SANAD_OP_DEL, "a"), op(SANAD_OP_DEL, "b")}), SANAD_OK, "deleting");
    require(Txn(store, SANAD_TXN_READ).scan(table).empty(), "all gone");
}

void random_changes_match_a_model(StoreLab& lab) {
    const sanad_store_v1* store = &opened(lab);
    std::uint32_t table = table_of(*store, "t");
    Model model;
    std::mt19937 random(20260727);
    for (int round = 0; round < 120; ++round) {
        Model changed = model;
        Txn txn(*store, SANAD_TXN_WRITE);
        for (auto n = random() % 12; n > 0; --n) {
            const std::string key(1 + random() % 4, static_cast<char>(random() % 5 * 60));
            const std::string value(random() % 5 == 0 ? random() % 9000 : random() % 20,
                                    static_cast<char>('a' + random() % 26));
            if (random() % 3 == 0) {
                changed.erase(key);
                require_status(txn.del(table, key), SANAD_OK, "del");
            } else {
                changed[key] = value;
                require_status(txn.put(table, key, value), SANAD_OK, "put");
            }
        }
        require(txn.scan(table) == Rows(changed.begin(), changed.end()), "own writes");
        if (random() % 4 == 0) continue;  // dropped
        require_status(txn.commit(), SANAD_OK, "commit");
        model = std::move(changed);
        if (random() % 10 != 0) continue;
        lab.close();
        store = &opened(lab);
        table = table_of(*store, "t");
        require(Txn(*store, SANAD_TXN_READ).scan(table) == Rows(model.begin(), model.end()),
                "reopened");
    }
}

void a_backup_is_a_store(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    const std::uint32_t table = table_of(store, "t");
    for (int i = 0; i < 100; ++i) put_one(store, table, std::to_string(i), std::string(500, 'x'));
    const Rows before = Txn(store, SANAD_TXN_READ).scan(table);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
    require(file != nullptr, "a temporary file");
    {
        Txn writer(store, SANAD_TXN_WRITE);  // others go on working meanwhile
        require_status(writer.put(table, "later", "1"), SANAD_OK, "put");
        require_status(store.backup(store.self, fileno(file.get())), SANAD_OK, "backup");
        require_status(writer.commit(), SANAD_OK, "commit");
    }
    std::rewind(file.get());
    const sanad_store_v1* copy = lab.open_backup(fileno(file.get()));
    require(copy != nullptr, "the copy opens");
    const std::uint32_t copied = table_of(*copy, "t");
    require(Txn(*copy, SANAD_TXN_READ).scan(copied) == before, "the copy's content");
    require(Txn(store, SANAD_TXN_READ).scan(table).size() == before.size() + 1, "the store's own");
}

void opens_once(StoreLab& lab) {
    opened(lab);
    require(lab.refuses_second_opening(), "a second opening while the first is open");
    lab.close();
    opened(lab);
}

}  // namespace

const std::vector<StorageCase>& storage_cases() {
    static const std::vector<StorageCase> cases = {
        {"what is committed survives reopening, what is dropped does not",
         committed_survives_reopening},
        {"tables are apart, and a name always means the same one", tables_are_apart},
        {"table names outside the rules are refused", table_names_have_limits},
        {"keys are in byte order", keys_are_in_byte_order},
        {"keys and values are refused just past their limits", sizes_have_two_sides},
        {"a snapshot does not move, a transaction reads its own writes", snapshots_stand_still},
        {"a snapshot may be used and ended on another thread", snapshots_change_threads},
        {"there is one writer at a time", one_writer},
        {"a snapshot cannot write", readers_do_not_write},
        {"a put of a new key refuses one that is there", new_means_new},
        {"a scan keeps to its bounds and limit, in both directions", scans_have_bounds},
        {"rows come in batches of at most 64 until told to stop", batches_are_bounded_and_stop},
        {"many keys are answered in the order asked for", get_many_keeps_the_order},
        {"applied operations happen together or not at all", apply_is_one_transaction},
        {"random changes give what an ordered map gives", random_changes_match_a_model},
        {"what threads do at the same time has an order that explains it", threads_have_an_order},
        {"a backup is a store of its own, as of its moment", a_backup_is_a_store},
        {"a store opens once at a time", opens_once},
    };
    return cases;
}

std::vector<std::string> check_storage(const std::function<std::unique_ptr<StoreLab>()>& make_lab) {
    std::vector<std::string> failed;
    for (const StorageCase& storage_case : storage_cases()) {
        try {
            storage_case.run(*make_lab());
        } catch (const Failure& failure) {
            failed.push_back(std::string(storage_case.name) + ": " + failure.what());
        }
    }
    return failed;
}

}  // namespace sanad::conformance
