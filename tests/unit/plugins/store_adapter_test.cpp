#include "core/plugins/store_adapter.h"

#include "core/plugins/status.h"
#include "tests/support/memory_store.h"

#include <catch2/catch.hpp>

#include <cstddef>

#include <random>

namespace sanad::plugins {
namespace {

using support::FaultKind;
using support::FaultPoint;
using support::MemoryDisk;
using support::MemoryStore;

std::string value_at(store::Snapshot& view, store::Table table, std::string_view key) {
    const auto found = view.get(table, bytes_of(key));
    REQUIRE(found.has_value());
    return found->has_value() ? std::string(text_of(**found)) : "(none)";
}

std::vector<std::string> keys(store::Snapshot& view, store::Table table, std::string_view lo,
                              std::string_view hi, store::Order order, std::uint32_t limit) {
    std::vector<std::string> seen;
    const auto scanned =
        view.scan(table, bytes_of(lo), bytes_of(hi), order, limit, [&](const auto& row) {
            seen.emplace_back(text_of(row.key));
            return true;
        });
    REQUIRE(scanned.has_value());
    return seen;
}

using Keys = std::vector<std::string>;

struct Opened {
    MemoryDisk disk;
    std::unique_ptr<MemoryStore> memory = MemoryStore::open(disk);
    std::unique_ptr<store::Store> store = adapt(memory->interface());
    store::Table table = *store->open_table("cases");

    void put(std::string_view key, std::string_view value) {
        auto txn = *store->begin();
        REQUIRE(txn->put(table, bytes_of(key), bytes_of(value)).has_value());
        REQUIRE(txn->commit().has_value());
    }
};

TEST_CASE("what is committed is read back, and what is dropped is not") {
    Opened opened;
    opened.put("a", "1");
    {
        auto dropped = *opened.store->begin();
        REQUIRE(dropped->put(opened.table, bytes_of("a"), bytes_of("2")).has_value());
        CHECK(value_at(*dropped, opened.table, "a") == "2");
    }
    auto view = *opened.store->snapshot();
    CHECK(value_at(*view, opened.table, "a") == "1");
    CHECK(value_at(*view, opened.table, "b") == "(none)");
}

TEST_CASE("a snapshot does not see what is committed after it") {
    Opened opened;
    opened.put("a", "1");
    auto before = *opened.store->snapshot();
    opened.put("a", "2");
    auto after = *opened.store->snapshot();
    CHECK(value_at(*before, opened.table, "a") == "1");
    CHECK(value_at(*after, opened.table, "a") == "2");
}

TEST_CASE("a scan keeps to its bounds, its order and its limit, and stops when told") {
    Opened opened;
    for (const char* key : {"d", "b", "a", "c"}) opened.put(key, key);
    auto view = *opened.store->begin();
    REQUIRE(view->del(opened.table, bytes_of("b")).has_value());
    REQUIRE(view->put(opened.table, bytes_of("bb"), bytes_of("new")).has_value());
    using enum store::Order;
    CHECK(keys(*view, opened.table, "", "", ascending, 100) == Keys{"a", "bb", "c", "d"});
    CHECK(keys(*view, opened.table, "", "", descending, 100) == Keys{"d", "c", "bb", "a"});
    CHECK(keys(*view, opened.table, "bb", "d", ascending, 100) == Keys{"bb", "c"});
    CHECK(keys(*view, opened.table, "bb", "d", descending, 1) == Keys{"c"});
    CHECK(keys(*view, opened.table, "", "", ascending, 0).empty());
    CHECK(keys(*view, opened.table, "d", "b", ascending, 9).empty());

    int seen = 0;
    const auto stopped =
        view->scan(opened.table, {}, {}, ascending, 100, [&](const auto&) { return ++seen < 2; });
    CHECK(stopped.has_value());
    CHECK(seen == 2);
}

TEST_CASE("keys and values are refused just past their limits") {
    Opened opened;
    auto txn = *opened.store->begin();
    const Bytes longest_key(store::key_bytes_max, 7), too_long_key(store::key_bytes_max + 1, 7);
    const Bytes longest_value(store::value_bytes_max), too_long_value(store::value_bytes_max + 1);
    const Bytes key{1};
    CHECK(txn->put(opened.table, longest_key, longest_value).has_value());
    CHECK(txn->put(opened.table, key, {}).has_value());
    CHECK(txn->put(opened.table, too_long_key, {}).error().fault == Fault::bad_size);
    CHECK(txn->put(opened.table, {}, {}).error().fault == Fault::bad_size);
    CHECK(txn->put(opened.table, key, too_long_value).error().fault == Fault::bad_size);
    CHECK(txn->get(opened.table, too_long_key).error().fault == Fault::bad_size);
    CHECK(txn->get(opened.table, {}).error().fault == Fault::bad_size);
    CHECK(txn->del(opened.table, too_long_key).error().fault == Fault::bad_size);
    CHECK(opened.store->open_table("").error().fault == Fault::bad_size);
    CHECK(opened.store->open_table(std::string(63, 'a')).has_value());
    CHECK(opened.store->open_table(std::string(64, 'a')).error().fault == Fault::bad_size);
}

TEST_CASE("a second writer is told that the store is busy") {
    Opened opened;
    auto first = *opened.store->begin();
    CHECK(opened.store->begin().error().fault == Fault::busy);
    first.reset();
    CHECK(opened.store->begin().has_value());
}

TEST_CASE("a full disk at a write is told as exhausted, and the store goes on") {
    Opened opened;
    opened.memory->plan({FaultPoint::operation, FaultKind::fail, 2, SANAD_E_FULL});
    auto txn = *opened.store->begin();
    CHECK(txn->put(opened.table, bytes_of("a"), {}).has_value());
    CHECK(txn->put(opened.table, bytes_of("b"), {}).error().fault == Fault::exhausted);
    CHECK(txn->commit().error().fault == Fault::io);
    txn.reset();
    CHECK(opened.disk.rows("cases").empty());
    opened.put("c", "1");
    CHECK(opened.disk.rows("cases").size() == 1);
}

TEST_CASE("a crash at any point of a commit leaves all of it or nothing") {
    const auto [point, at, rows] =
        GENERATE(table<FaultPoint, std::uint64_t, std::size_t>({{FaultPoint::operation, 1, 0},
                                                                {FaultPoint::operation, 3, 0},
                                                                {FaultPoint::before_commit, 1, 0},
                                                                {FaultPoint::after_commit, 1, 3}}));
    MemoryDisk disk;
    {
        const auto memory = MemoryStore::open(disk);
        memory->plan({point, FaultKind::crash, at});
        const auto store = adapt(memory->interface());
        const auto table = *store->open_table("cases");
        auto txn = *store->begin();
        for (const char* key : {"a", "b", "c"}) (void)txn->put(table, bytes_of(key), {});
        CHECK_FALSE(txn->commit().has_value());
        CHECK(memory->crashed());
        CHECK(store->snapshot().error().fault == Fault::io);
    }
    CHECK(disk.rows("cases").size() == rows);
    CHECK(MemoryStore::open(disk) != nullptr);
}

TEST_CASE("a copy of a disk does not change with the disk") {
    Opened opened;
    opened.put("a", "1");
    const MemoryDisk copy = opened.disk;
    opened.put("a", "2");
    CHECK(copy.rows("cases").at("a") == "1");
    CHECK(opened.disk.rows("cases").at("a") == "2");
    CHECK(opened.disk.holds("2"));
    CHECK_FALSE(copy.holds("2"));
}

TEST_CASE("random changes give what a plain ordered map gives") {
    Opened opened;
    std::map<std::string, std::string> model;
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        auto changed = model;
        auto txn = *opened.store->begin();
        for (unsigned i = random() % 8; i-- > 0;) {
            const std::string key(1 + random() % 3, static_cast<char>('a' + random() % 4));
            if (random() % 3 == 0) {
                REQUIRE(txn->del(opened.table, bytes_of(key)).has_value());
                changed.erase(key);
            } else {
                const std::string value = std::to_string(round);
                REQUIRE(txn->put(opened.table, bytes_of(key), bytes_of(value)).has_value());
                changed[key] = value;
            }
        }
        Keys expected;
        for (const auto& row : changed) expected.push_back(row.first);
        REQUIRE(keys(*txn, opened.table, "", "", store::Order::ascending, 1000) == expected);
        std::reverse(expected.begin(), expected.end());
        REQUIRE(keys(*txn, opened.table, "", "", store::Order::descending, 1000) == expected);
        if (random() % 4 != 0) {
            REQUIRE(txn->commit().has_value());
            model = changed;
        }
    }
    const auto& rows = opened.disk.rows("cases");
    CHECK(std::equal(rows.begin(), rows.end(), model.begin(), model.end()));
}

TEST_CASE("a table that lacks functions is not complete") {
    sanad_store_v1 table{};
    CHECK_FALSE(is_complete(table));
    MemoryDisk disk;
    const auto memory = MemoryStore::open(disk);
    table = memory->interface();
    CHECK(is_complete(table));
    table.size = offsetof(sanad_store_v1, compact);  // a plugin from before compact() was there
    CHECK(is_complete(table));
    table.size -= 1;
    CHECK_FALSE(is_complete(table));
    table = memory->interface();
    table.commit = nullptr;
    CHECK_FALSE(is_complete(table));
}

TEST_CASE("each status has one meaning, and an unknown one is the plugin's fault") {
    for (int status = 0; status >= SANAD_E_CRASHED; --status) CHECK(name_of(status) != name_of(1));
    CHECK(fault_of(SANAD_E_FULL) == Fault::exhausted);
    CHECK(fault_of(SANAD_E_CONFLICT) == Fault::conflict);
    CHECK(fault_of(SANAD_E_CRASHED - 1) == Fault::io);
    CHECK(fault_of(1) == Fault::io);
    CHECK(fault_of(INT32_MIN) == Fault::io);
    CHECK(status_of(Fault::exhausted) == SANAD_E_FULL);
}

}  // namespace
}  // namespace sanad::plugins
