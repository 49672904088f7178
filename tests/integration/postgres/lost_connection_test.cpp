#include "core/base/bytes.h"
#include "tests/integration/postgres/cutting_proxy.h"
#include "tests/integration/postgres/postgres_store.h"
#include "tests/integration/postgres/raw_connection.h"

#include <catch2/catch.hpp>

#include <future>

namespace sanad::plugins {
namespace {

using test::CuttingProxy;
using test::RawConnection;
using Way = CuttingProxy::Way;

// A store that is reached through a proxy, and looked at past it.
struct CutStore {
    PostgresStore server;
    CuttingProxy proxy{server.cluster.connection()};
    RawConnection owner{server.cluster.connection()};
    OpenStore opened;
    store::Table table;

    explicit CutStore(const std::string& more = R"("reconnectSeconds": 10)") {
        REQUIRE(server.create().has_value());
        opened =
            *open_store(POSTGRES_PLUGIN, postgres_settings(proxy.connection(), server.schema, more),
                        server.log, server.clock);
        table = *opened.store->open_table("cases");
    }
    Result<void> put(const std::string& key) {
        auto txn = opened.store->begin();
        if (!txn) return std::unexpected(txn.error());
        if (const auto written = (*txn)->put(table, bytes_of(key), bytes_of("1")); !written)
            return written;
        return (*txn)->commit();
    }
    bool has(const std::string& key) {
        return owner.value("SELECT count(*) FROM " + server.schema + ".kv WHERE k = '" + key +
                           "'") == "1";
    }
    std::string value(const std::string& of) {
        return owner.value("SELECT " + of + " FROM " + server.schema + ".store");
    }
};

// A commit that is cut after each of these bytes of it. How many were answered with a commit.
int cut_everywhere(CutStore& store, Way way, const std::string& name, std::uint64_t step) {
    REQUIRE(store.put(name + "whole").has_value());
    const std::uint64_t before = store.proxy.bytes(way);
    REQUIRE(store.put(name + "measured").has_value());
    const std::uint64_t size = store.proxy.bytes(way) - before;
    REQUIRE(size > step);
    int committed = 0;
    for (std::uint64_t bytes = 0; bytes < size; bytes += step) {
        const std::string key = name + std::to_string(bytes);
        const int cuts = store.proxy.cuts();
        store.proxy.cut_after(way, bytes);
        const auto done = store.put(key);
        store.proxy.do_not_cut();
        REQUIRE(store.proxy.cuts() == cuts + 1);
        if (done) ++committed;
        CHECK((done || done.error().fault == Fault::conflict));
        CHECK(store.has(key) == done.has_value());
    }
    REQUIRE(store.put(name + "after").has_value());
    return committed;
}

TEST_CASE("a commit whose way to the server is cut at any byte is told as what became of it") {
    CutStore store;
    // The first transaction of a fresh session is longer: its statements are prepared. So no cut
    // lies at the end, and the server has never heard all of it.
    CHECK(cut_everywhere(store, Way::to_server, "there", 17) == 0);
}

TEST_CASE("a commit whose answer is cut at any byte is told as done, and done once") {
    CutStore store;
    CHECK(cut_everywhere(store, Way::to_client, "back", 7) > 10);
}

TEST_CASE("a transaction that is cut while it reads is run again and not half") {
    CutStore store;
    REQUIRE(store.put("a").has_value());
    auto txn = *store.opened.store->begin();
    REQUIRE(txn->put(store.table, bytes_of("b"), bytes_of("1")).has_value());
    store.proxy.cut_after(Way::to_client, 3);
    CHECK(txn->get(store.table, bytes_of("a")).error().fault == Fault::conflict);
    CHECK(txn->put(store.table, bytes_of("c"), {}).error().fault == Fault::conflict);
    CHECK(txn->commit().error().fault == Fault::conflict);
    txn.reset();
    CHECK_FALSE(store.has("b"));
    CHECK(store.put("b").has_value());
}

TEST_CASE("a commit that still waits at the server when its connection is lost does not happen") {
    CutStore store;
    REQUIRE(store.put("a").has_value());
    RawConnection other(store.server.cluster.connection());
    other.value("BEGIN");
    other.value("SELECT v FROM " + store.server.schema + ".kv WHERE k = 'a' FOR UPDATE");
    auto done = std::async(std::launch::async, [&] {
        auto txn = *store.opened.store->begin();
        REQUIRE(txn->put(store.table, bytes_of("a"), bytes_of("2")).has_value());
        REQUIRE(txn->put(store.table, bytes_of("late"), bytes_of("2")).has_value());
        return txn->commit();
    });
    while (store.owner.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") continue;
    store.proxy.be_away(true);  // the server does not notice: it waits for the other's lock
    store.proxy.be_away(false);
    CHECK(done.get().error().fault == Fault::conflict);
    other.value("COMMIT");
    CHECK(store.put("after").has_value());
    CHECK_FALSE(store.has("late"));
}

TEST_CASE("views end with their connection, and the next ones are given again") {
    CutStore store;
    REQUIRE(store.put("a").has_value());
    const auto view = *store.opened.store->snapshot();
    { const auto left_behind = *store.opened.store->snapshot(); }
    store.proxy.be_away(true);
    CHECK(view->get(store.table, bytes_of("a")).error().fault == Fault::io);
    CHECK(store.opened.store->snapshot().error().fault == Fault::busy);
    store.proxy.be_away(false);
    const auto again = *store.opened.store->snapshot();
    CHECK((*again->get(store.table, bytes_of("a"))).has_value());
}

TEST_CASE("a server that does not come back in time ends the writing, until the store is opened") {
    CutStore store(R"("reconnectSeconds": 1)");
    store.proxy.be_away(true);
    CHECK(store.put("lost").error().fault == Fault::io);
    store.proxy.be_away(false);
    CHECK(store.put("lost").error().fault == Fault::io);
    CHECK(store.opened.store->snapshot().error().fault == Fault::closed);
    CHECK_FALSE(store.has("lost"));
    store.opened.store.reset();
    store.opened.instance.reset();
    CHECK(store.server.code() == "opened");
}

TEST_CASE("a server that went back behind what it had committed is not written to") {
    CutStore store;
    REQUIRE(store.put("a").has_value());
    store.proxy.be_away(true);
    store.owner.value("UPDATE " + store.server.schema + ".store SET commits = commits - 1");
    store.proxy.be_away(false);
    {
        const auto txn = *store.opened.store->begin();  // it notices that its session is gone
        CHECK(txn->get(store.table, bytes_of("a")).error().fault == Fault::conflict);
    }
    CHECK(store.put("b").error().fault == Fault::io);
    CHECK_FALSE(store.has("b"));
}

TEST_CASE("a server that falls silent is left after the limit, and found again") {
    PostgresStore server;
    const auto opened =
        server.open(R"("create": true, "answerSeconds": 1, "reconnectSeconds": 30)");
    REQUIRE(opened.has_value());
    const auto table = *opened->store->open_table("cases");
    auto txn = *opened->store->begin();
    REQUIRE(txn->put(table, bytes_of("a"), bytes_of("1")).has_value());
    server.cluster.tell("pause");
    auto done = std::async(std::launch::async, [&] { return txn->commit(); });
    CHECK(done.wait_for(std::chrono::milliseconds(1500)) == std::future_status::timeout);
    server.cluster.tell("resume");
    const auto committed = done.get();
    txn.reset();
    const auto view = *opened->store->snapshot();
    CHECK((*view->get(table, bytes_of("a"))).has_value() == committed.has_value());
    CHECK((committed || committed.error().fault == Fault::conflict));
}

TEST_CASE("who lost the store to another node writes nothing any more, and soon knows it") {
    CutStore store;
    REQUIRE(store.put("a").has_value());
    auto txn = *store.opened.store->begin();
    REQUIRE(txn->put(store.table, bytes_of("b"), bytes_of("1")).has_value());
    store.owner.value("UPDATE " + store.server.schema + ".store SET epoch = epoch + 1");
    CHECK(txn->commit().error().fault == Fault::io);
    txn.reset();
    CHECK_FALSE(store.has("b"));
    CHECK(store.put("c").error().fault == Fault::io);
    CHECK(store.opened.store->snapshot().error().fault == Fault::closed);
}

TEST_CASE("who does nothing and lost the store to another node learns it by its beat") {
    CutStore store;
    store.owner.value("UPDATE " + store.server.schema + ".store SET epoch = epoch + 1");
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (store.opened.store->snapshot() && std::chrono::steady_clock::now() < end) continue;
    CHECK(store.opened.store->snapshot().error().fault == Fault::closed);
}

}  // namespace
}  // namespace sanad::plugins
