#include "core/base/bytes.h"
#include "tests/integration/postgres/postgres_store.h"
#include "tests/integration/postgres/raw_connection.h"
#include "tests/support/folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

namespace sanad::plugins {
namespace {

using test::RawConnection;

void put(store::Store& store, store::Table table, std::string_view key, ByteView value) {
    auto txn = *store.begin();
    REQUIRE(txn->put(table, bytes_of(key), value).has_value());
    REQUIRE(txn->commit().has_value());
}

TEST_CASE("only create makes a store, and never over another") {
    PostgresStore server;
    CHECK(server.code() == "postgres start: not_found (postgres.no_store)");
    CHECK(server.code(R"("create": true)") == "opened");
    CHECK(server.code(R"("create": true)") == "postgres start: conflict (postgres.exists)");
    CHECK(server.code() == "opened");
}

TEST_CASE("an empty schema is used, and one that holds something is left as it is") {
    PostgresStore server;
    RawConnection owner(server.cluster.connection());
    owner.value("CREATE SCHEMA " + server.schema);
    CHECK(server.code(R"("create": true)") == "opened");
    const PostgresStore other;
    owner.value("CREATE SCHEMA " + other.schema);
    owner.value("CREATE TABLE " + other.schema + ".letters (letter text)");
    CHECK(PostgresStore(other).code(R"("create": true)") ==
          "postgres start: conflict (postgres.exists)");
    CHECK(owner.value("SELECT count(*) FROM " + other.schema + ".letters") == "0");
}

TEST_CASE("a store is refused while another program has it, and opens once that has ended") {
    PostgresStore server;
    {
        const auto first = server.create();
        REQUIRE(first.has_value());
        CHECK(server.code() == "postgres start: busy (postgres.in_use)");
    }
    CHECK(server.code() == "opened");
}

TEST_CASE("a store of a later version, and a server that does not sync, are refused") {
    PostgresStore server;
    REQUIRE(server.create().has_value());
    RawConnection owner(server.cluster.connection());
    owner.value("UPDATE " + server.schema + ".store SET form = 2");
    CHECK(server.code() == "postgres start: unsupported (postgres.other_version)");
    owner.value("UPDATE " + server.schema + ".store SET form = 1");

    RawConnection admin(server.cluster.admin());
    const auto fsync = [&](const std::string& wanted) {
        admin.value("ALTER SYSTEM SET fsync = " + wanted);
        admin.value("SELECT pg_reload_conf()");
        while (RawConnection(server.cluster.admin()).value("SHOW fsync") != wanted) continue;
    };
    fsync("off");
    CHECK(server.code() == "postgres start: unsupported (postgres.not_durable)");
    fsync("on");
    CHECK(server.code() == "opened");
}

TEST_CASE("a role that asks for commits without a sync gets them with one") {
    PostgresStore server;
    RawConnection admin(server.cluster.admin());
    admin.value("ALTER ROLE sanad SET synchronous_commit = off");
    const auto opened = server.create();
    admin.value("ALTER ROLE sanad RESET synchronous_commit");
    REQUIRE(opened.has_value());
    const auto table = *opened->store->open_table("cases");
    put(*opened->store, table, "a", bytes_of("1"));
    server.cluster.tell("kill");
    server.cluster.tell("start");
    const auto view = *opened->store->snapshot();
    CHECK((*view->get(table, bytes_of("a"))).has_value());
}

TEST_CASE("a database that is not there, and a role that may not, are refused") {
    const PostgresStore server;
    const auto code = [&](const std::string& connection) {
        const auto opened =
            open_store(POSTGRES_PLUGIN,
                       postgres_settings(connection, server.schema,
                                         R"("create": true, "reconnectSeconds": 0)"),
                       const_cast<NullLog&>(server.log), server.clock);
        return opened ? "opened" : opened.error().detail;
    };
    const std::string& good = server.cluster.connection();
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string text = good;
        return text.replace(text.find(from), from.size(), to);
    };
    CHECK(code(changed("dbname=sanad", "dbname=nowhere")) ==
          "postgres start: io (postgres.refused)");
    CHECK(code(changed("user=sanad", "user=nobody")) == "postgres start: io (postgres.refused)");
    CHECK(code("host=/nowhere dbname=sanad") == "postgres start: io (postgres.unreachable)");
    RawConnection(server.cluster.admin()).value("CREATE ROLE visitor LOGIN");
    CHECK(code(changed("user=sanad", "user=visitor")) ==
          "postgres start: denied (postgres.denied)");
    CHECK(code(good) == "opened");
}

TEST_CASE("a backup that is cut or changed makes no store") {
    PostgresStore server;
    const auto opened = server.create();
    REQUIRE(opened.has_value());
    const auto table = *opened->store->open_table("cases");
    put(*opened->store, table, "a", bytes_of("1"));
    const test::Folder folder;
    const std::string file = (folder / "backup").string();
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    REQUIRE(opened->store->backup(fd).has_value());
    ::close(fd);
    const std::string whole = test::content_of(file);
    PostgresStore copy;
    const auto from = [&](const std::string& content) {
        std::ofstream(file, std::ios::binary) << content;
        return copy.code(R"("create": true, "from": ")" + file + "\"");
    };
    const char* damaged = "postgres start: invalid (postgres.damaged_backup)";
    for (std::size_t size = 0; size < whole.size(); ++size)
        REQUIRE(from(whole.substr(0, size)) == damaged);
    CHECK(from(whole + "E") == damaged);
    CHECK(from("a letter and no backup") == damaged);
    std::filesystem::remove(file);
    CHECK(copy.code(R"("create": true, "from": ")" + file + "\"") ==
          "postgres start: not_found (postgres.no_backup)");
    CHECK(copy.code() == "postgres start: not_found (postgres.no_store)");
    CHECK(from(whole) == "opened");
    const auto again = copy.open();
    const auto view = *again->store->snapshot();
    const auto found = *view->get(*again->store->open_table("cases"), bytes_of("a"));
    CHECK(text_of(found.value()) == "1");
}

bool is_in_files(const std::string& data, const std::string& words) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(data + "/base"))
        if (file.is_regular_file() &&
            test::content_of(file.path()).find(words) != std::string::npos)
            return true;
    return false;
}

TEST_CASE("after a compaction what was deleted or overwritten is in no file of the tables") {
    PostgresStore server;
    const auto opened = server.create();
    REQUIRE(opened.has_value());
    const auto table = *opened->store->open_table("key");
    const std::string gone = "a wrapped key that was destroyed", old = "a value of former times";
    put(*opened->store, table, "a", bytes_of(gone));
    put(*opened->store, table, "b", bytes_of(old));
    put(*opened->store, table, "b", bytes_of("new"));
    {
        auto txn = *opened->store->begin();
        REQUIRE(txn->del(table, bytes_of("a")).has_value());
        REQUIRE(txn->commit().has_value());
    }
    RawConnection admin(server.cluster.admin());
    admin.value("CHECKPOINT");
    REQUIRE(is_in_files(server.cluster.data(), gone));
    {
        // A view from outside may still see what is gone, so the server keeps it: not done yet.
        RawConnection outside(server.cluster.connection());
        put(*opened->store, table, "c", bytes_of("a third value"));
        outside.value("BEGIN ISOLATION LEVEL REPEATABLE READ");
        outside.value("SELECT 1 FROM " + server.schema + ".tables");
        auto txn = *opened->store->begin();
        REQUIRE(txn->del(table, bytes_of("c")).has_value());
        REQUIRE(txn->commit().has_value());
        CHECK(opened->store->compact().error().fault == Fault::busy);
    }
    CHECK(opened->store->compact().has_value());
    admin.value("CHECKPOINT");
    CHECK_FALSE(is_in_files(server.cluster.data(), gone));
    CHECK_FALSE(is_in_files(server.cluster.data(), old));
    CHECK_FALSE(is_in_files(server.cluster.data(), "a third value"));
    const auto view = *opened->store->snapshot();
    CHECK(text_of((*view->get(table, bytes_of("b"))).value()) == "new");
}

TEST_CASE("rows of a table that somebody took away are a fault, and not absent") {
    PostgresStore server;
    const auto opened = server.create();
    REQUIRE(opened.has_value());
    const auto table = *opened->store->open_table("cases");
    put(*opened->store, table, "a", bytes_of("1"));
    RawConnection(server.cluster.connection()).value("DROP TABLE " + server.schema + ".kv");
    CHECK(opened->store->snapshot().error().fault == Fault::io);
    {
        const auto txn = *opened->store->begin();
        CHECK(txn->get(table, bytes_of("a")).error().fault == Fault::io);
    }
    auto txn = *opened->store->begin();
    REQUIRE(txn->put(table, bytes_of("b"), bytes_of("1")).has_value());
    CHECK(txn->commit().error().fault == Fault::io);
}

TEST_CASE("as many views as the settings say are open at a time") {
    PostgresStore server;
    const auto opened = server.open(R"("create": true, "snapshotsMax": 2)");
    REQUIRE(opened.has_value());
    auto first = *opened->store->snapshot();
    const auto second = *opened->store->snapshot();
    CHECK(opened->store->snapshot().error().fault == Fault::busy);
    first.reset();
    CHECK(opened->store->snapshot().has_value());
}

TEST_CASE("a scan of rows of every size crosses pages in both directions") {
    PostgresStore server;
    const auto opened = server.create();
    REQUIRE(opened.has_value());
    const auto table = *opened->store->open_table("cases");
    auto txn = *opened->store->begin();
    std::vector<std::string> expected;
    for (int i = 0; i < 3000; ++i) {
        expected.push_back(std::to_string(10'000 + i));
        const Bytes value(i % 300 == 0 ? 200'000 : i % 40, 7);
        REQUIRE(txn->put(table, bytes_of(expected.back()), value).has_value());
    }
    REQUIRE(txn->commit().has_value());
    const auto view = *opened->store->snapshot();
    for (const auto order : {store::Order::ascending, store::Order::descending}) {
        std::vector<std::string> seen;
        REQUIRE(view->scan(table, {}, {}, order, ~std::uint32_t{0},
                           [&](const store::Row& row) {
                               seen.emplace_back(text_of(row.key));
                               return true;
                           })
                    .has_value());
        if (order == store::Order::descending) std::reverse(seen.begin(), seen.end());
        CHECK(seen == expected);
    }
}

}  // namespace
}  // namespace sanad::plugins
