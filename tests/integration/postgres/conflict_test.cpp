#include "core/base/bytes.h"
#include "core/store/engine.h"
#include "tests/integration/postgres/postgres_store.h"
#include "tests/integration/postgres/raw_connection.h"

#include <sanad/store.h>
#include <conformance/history.hpp>
#include <conformance/storage_client.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <mutex>
#include <random>
#include <thread>

namespace sanad::plugins {
namespace {

using conformance::HistoryEvent;
using conformance::SeenList;
using test::RawConnection;

// A store, and another program that writes to its rows although it must not: the server then keeps
// the two apart, and the plugin has to say so.
struct Contested {
    PostgresStore server;
    OpenStore opened = *server.create();
    store::Table table = *opened.store->open_table("t");
    RawConnection other{server.cluster.connection()};
    const std::string kv = server.schema + ".kv";

    Contested() {
        put("a", "1");
        put("b", "1");
    }
    const sanad_store_v1& calls() {
        return *static_cast<const sanad_store_v1*>(opened.instance->extension(SANAD_EXT_STORE));
    }
    void put(const std::string& key, const std::string& value) {
        auto txn = *opened.store->begin();
        REQUIRE(txn->put(table, bytes_of(key), bytes_of(value)).has_value());
        REQUIRE(txn->commit().has_value());
    }
    std::string set(const std::string& key, const std::string& value) const {
        return "UPDATE " + kv + " SET v = '" + value + "' WHERE k = '" + key + "'";
    }
    std::string value(const std::string& key) {
        const auto view = *opened.store->snapshot();
        const auto found = *view->get(table, bytes_of(key));
        return found ? std::string(text_of(*found)) : "(none)";
    }
};

TEST_CASE("a row that another changed since it was read makes the commit a conflict") {
    Contested store;
    auto txn = *store.opened.store->begin();
    REQUIRE(txn->get(store.table, bytes_of("a")).has_value());
    store.other.value(store.set("a", "theirs"));
    REQUIRE(txn->put(store.table, bytes_of("a"), bytes_of("ours")).has_value());
    CHECK(txn->commit().error().fault == Fault::conflict);  // 40001
    txn.reset();
    CHECK(store.value("a") == "theirs");
    store.put("a", "again");
    CHECK(store.value("a") == "again");
}

TEST_CASE("two that each read what the other writes are not both committed") {
    Contested store;
    auto txn = *store.opened.store->begin();
    REQUIRE(txn->get(store.table, bytes_of("a")).has_value());
    REQUIRE(txn->put(store.table, bytes_of("b"), bytes_of("ours")).has_value());
    store.other.value("BEGIN ISOLATION LEVEL SERIALIZABLE");
    CHECK(store.other.value("SELECT v FROM " + store.kv + " WHERE k = 'b'") == "\\x31");
    store.other.value(store.set("a", "theirs"));
    store.other.value("COMMIT");
    CHECK(txn->commit().error().fault == Fault::conflict);  // 40001, of a write skew
    txn.reset();
    CHECK(store.value("a") == "theirs");
    CHECK(store.value("b") == "1");
}

TEST_CASE("of a deadlock, what the server ended is a conflict") {
    Contested store;
    RawConnection admin(store.server.cluster.admin());
    admin.value("SET deadlock_timeout = '1h'");  // so that it is ours that ends
    admin.value("BEGIN");
    admin.value(store.set("b", "theirs"));
    auto committed = std::async(std::launch::async, [&] {
        auto txn = *store.opened.store->begin();
        for (const char* key : {"a", "b"})
            REQUIRE(txn->put(store.table, bytes_of(key), bytes_of("ours")).has_value());
        return txn->commit();  // has a, waits for b
    });
    while (store.other.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") continue;
    admin.begin(store.set("a", "theirs"));
    CHECK(committed.get().error().fault == Fault::conflict);  // 40P01
    CHECK(admin.finish().empty());
    admin.value("COMMIT");
    CHECK(store.value("a") == "theirs");
    CHECK(store.value("b") == "theirs");
}

TEST_CASE("a table that another program has just added is found, and keeps its number") {
    Contested store;
    store.other.value("INSERT INTO " + store.server.schema + ".tables VALUES (2, 'u')");
    const auto table = store.opened.store->open_table("v");  // 23505, and read again
    REQUIRE(table.has_value());
    CHECK(table->number == 3);
    CHECK(store.opened.store->open_table("u")->number == 2);
}

TEST_CASE("a commit that an administrator cancels is a conflict, and nothing of it stays") {
    Contested store;
    RawConnection admin(store.server.cluster.admin());
    store.other.value("BEGIN");
    store.other.value(store.set("b", "theirs"));
    auto committed = std::async(std::launch::async, [&] {
        auto txn = *store.opened.store->begin();
        for (const char* key : {"a", "b"})
            REQUIRE(txn->put(store.table, bytes_of(key), bytes_of("ours")).has_value());
        return txn->commit();
    });
    while (admin.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0") continue;
    admin.value("SELECT pg_cancel_backend(pid) FROM pg_locks WHERE NOT granted");
    CHECK(committed.get().error().fault == Fault::conflict);  // 57014
    store.other.value("COMMIT");
    CHECK(store.value("a") == "1");
    CHECK(store.value("b") == "theirs");
}

TEST_CASE("a precondition that another program spoilt is a conflict, and nothing is applied") {
    Contested store;
    const auto apply = [&](std::uint32_t kind, const char* key, const char* value) {
        const sanad_op ops[] = {
            {store.table.number, kind, conformance::span_of(key), conformance::span_of(value)},
            {store.table.number, SANAD_OP_PUT, conformance::span_of("done"),
             conformance::span_of("1")}};
        return store.calls().apply(store.calls().self, ops, 2);
    };
    store.other.value(store.set("a", "2"));
    store.other.value("INSERT INTO " + store.kv + " VALUES (1, 'c', '1')");
    CHECK(apply(SANAD_OP_EXPECT_VALUE, "a", "1") == SANAD_E_CONFLICT);
    CHECK(apply(SANAD_OP_EXPECT_ABSENT, "c", "") == SANAD_E_CONFLICT);
    CHECK(apply(SANAD_OP_PUT_NEW, "c", "2") == SANAD_E_CONFLICT);
    CHECK(store.value("done") == "(none)");
    CHECK(apply(SANAD_OP_EXPECT_VALUE, "a", "2") == SANAD_OK);
    CHECK(store.value("done") == "1");
}

TEST_CASE("the engine runs a group again after a conflict, and each command once") {
    Contested store;
    NullLog log;
    store::Engine engine(*store.opened.store, log);
    int runs = 0;
    Result<void> result = fail(Fault::io, "not answered");
    REQUIRE(engine
                .submit(
                    [&](store::Draft& draft) -> Result<void> {
                        const auto found = draft.get(store.table, bytes_of("a"));
                        if (!found) return std::unexpected(found.error());
                        const std::string value(text_of(found->value()));
                        if (++runs == 1) store.other.value(store.set("a", "9"));
                        return draft.put(store.table, bytes_of("a"), bytes_of(value + "!"));
                    },
                    [&](const Result<void>& answered) { result = answered; })
                .has_value());
    CHECK(engine.run_once().value() == 1);
    CHECK(result.has_value());
    CHECK(runs == 2);
    CHECK(store.value("a") == "9!");
}

// Clients that write side by side, each in a session of its own; the plugin is one of them.
class Crowd {
public:
    explicit Crowd(Contested& store) : store_(store) {}

    void plugin(unsigned seed, int times) {
        std::mt19937 random(seed);
        for (int i = 0; i < times; ++i) {
            HistoryEvent event = begun(random);
            auto txn = *store_.opened.store->begin();
            bool held = true;
            for (SeenList& list : event.reads) {
                const auto found = txn->get(store_.table, bytes_of(list.key));
                held = held && found.has_value();
                if (held && *found)
                    list.marks = conformance::marks_of(std::string(text_of(**found)));
            }
            const std::string value = appended(event);
            held = held &&
                   txn->put(store_.table, bytes_of(event.appends[0]), bytes_of(value)).has_value();
            const auto committed = txn->commit();
            if (!committed) {
                CHECK(committed.error().fault == Fault::conflict);
                ++conflicts;
            } else if (held) {
                keep(std::move(event));
            }
        }
    }

    void plain(unsigned seed, int times) {
        std::mt19937 random(seed);
        RawConnection raw(store_.server.cluster.connection());
        for (int i = 0; i < times; ++i) {
            HistoryEvent event = begun(random);
            raw.value("BEGIN ISOLATION LEVEL SERIALIZABLE");
            try {
                for (SeenList& list : event.reads)
                    list.marks = conformance::marks_of(
                        raw.value("SELECT convert_from(v, 'UTF8') FROM " + store_.kv +
                                  " WHERE t = 1 AND k = '" + list.key + "'"));
                raw.value("INSERT INTO " + store_.kv + " VALUES (1, '" + event.appends[0] + "', '" +
                          appended(event) + "') ON CONFLICT (t, k) DO UPDATE SET v = excluded.v");
                raw.value("COMMIT");
                keep(std::move(event));
            } catch (const std::runtime_error&) {
                raw.value("ROLLBACK");
            }
        }
    }

    void read_all() {
        HistoryEvent event;
        event.mark = ++marks_;
        event.began = ++clock_;
        for (const std::string& key : keys_) {
            const std::string value = store_.value(key);
            event.reads.push_back({key, value == "(none)" ? std::vector<conformance::Mark>()
                                                          : conformance::marks_of(value)});
        }
        keep(std::move(event));
    }

    const std::vector<HistoryEvent>& events() const { return events_; }
    std::atomic<int> conflicts = 0;

private:
    HistoryEvent begun(std::mt19937& random) {
        HistoryEvent event;
        event.mark = ++marks_;
        event.began = ++clock_;
        const std::size_t first = random() % keys_.size();
        event.reads = {{keys_[first], {}}, {keys_[(first + 1) % keys_.size()], {}}};
        event.appends = {keys_[first]};
        return event;
    }
    static std::string appended(const HistoryEvent& event) {
        auto marks = event.reads[0].marks;
        marks.push_back(event.mark);
        return conformance::value_of(marks);
    }
    void keep(HistoryEvent event) {
        event.ended = ++clock_;
        const std::lock_guard lock(mutex_);
        events_.push_back(std::move(event));
    }

    Contested& store_;
    const std::vector<std::string> keys_ = {"k", "l", "m"};
    std::atomic<conformance::Mark> marks_ = 0;
    std::atomic<std::uint64_t> clock_ = 0;
    std::mutex mutex_;
    std::vector<HistoryEvent> events_;
};

TEST_CASE("what several clients write side by side has an order that explains it") {
    Contested store;
    Crowd crowd(store);
    std::vector<std::thread> clients;
    clients.emplace_back([&] { crowd.plugin(1, 150); });
    for (unsigned seed = 2; seed <= 4; ++seed)
        clients.emplace_back([&crowd, seed] { crowd.plain(seed, 100); });
    for (std::thread& client : clients) client.join();
    crowd.read_all();
    CHECK(crowd.events().size() > 100);
    CHECK(crowd.conflicts > 0);  // they really were in each other's way
    CHECK(conformance::contradiction(crowd.events()) == "");
}

}  // namespace
}  // namespace sanad::plugins
