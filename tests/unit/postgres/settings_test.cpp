#include "plugins/storage/postgres/settings.h"

#include <capnp/message.h>
#include <sanad/message.hpp>

#include <catch2/catch.hpp>

namespace sanad::postgres {
namespace {

// A configuration that is good but for what `change` does to it.
template <typename Change>
Settings read(Change change) {
    capnp::MallocMessageBuilder message;
    auto config = message.initRoot<Config>();
    config.setConnection("host=/run/postgresql dbname=sanad");
    change(config);
    return read_settings(config.asReader());
}

template <typename Change>
std::string code(Change change) {
    try {
        read(change);
    } catch (const plugin::Error& error) {
        CHECK(error.status() == SANAD_E_INVALID);
        return error.what();
    }
    return "taken";
}

using Builder = Config::Builder&;

TEST_CASE("the settings of a store have defaults that work") {
    const Settings settings = read([](Builder) {});
    CHECK(settings.connection == "host=/run/postgresql dbname=sanad");
    CHECK(settings.schema == "sanad");
    CHECK_FALSE(settings.create);
    CHECK(settings.snapshots_max == 32);
    CHECK(settings.answer == std::chrono::seconds(30));
    CHECK(settings.take_over == std::chrono::seconds(0));
}

TEST_CASE("a connection string must be one, and must hold no password") {
    const auto with = [](const std::string& text) {
        return code([&](Builder config) { config.setConnection(text); });
    };
    CHECK(with("") == "postgres.bad_connection");
    CHECK(with("host=/run/postgresql nonsense=1") == "postgres.bad_connection");
    CHECK(with("host='unclosed") == "postgres.bad_connection");
    CHECK(with("postgresql://sanad@db.example/sanad") == "taken");
    CHECK(with("host=a,b dbname=sanad sslmode=verify-full passfile=/etc/sanad/pgpass") == "taken");
    CHECK(with("dbname=sanad password=gentle") == "postgres.password_in_settings");
    CHECK(with("postgresql://sanad:gentle@db.example/sanad") == "postgres.password_in_settings");
    const std::string start = "dbname=sanad host=/";
    CHECK(with(start + std::string(connection_bytes_max - start.size(), 'x')) == "taken");
    CHECK(with(start + std::string(connection_bytes_max - start.size() + 1, 'x')) ==
          "postgres.bad_connection");
}

TEST_CASE("a schema has a plain name of at most 40 letters") {
    const auto with = [](const std::string& name) {
        return code([&](Builder config) { config.setSchema(name); });
    };
    CHECK(with(std::string(40, 'x')) == "taken");
    CHECK(with("ma_2") == "taken");
    for (const char* name :
         {"", "2ma", "Ma", "ma-2", "ma\"; DROP TABLE kv", "pg_sanad", "m\xc3\xa9"})
        CHECK(with(name) == "postgres.bad_schema");
    CHECK(with(std::string(41, 'x')) == "postgres.bad_schema");
}

TEST_CASE("the limits of the settings have two sides") {
    const auto limits = [](std::uint16_t snapshots, std::uint16_t answer, std::uint16_t reconnect,
                           std::uint16_t take_over) {
        return code([&](Builder config) {
            config.setSnapshotsMax(snapshots);
            config.setAnswerSeconds(answer);
            config.setReconnectSeconds(reconnect);
            config.setTakeOverSeconds(take_over);
        });
    };
    CHECK(limits(2, 1, 0, 0) == "taken");
    CHECK(limits(500, 300, 300, 40) == "taken");
    CHECK(limits(2, 1, 0, 3) == "taken");
    const char* bad = "postgres.bad_limit";
    CHECK(limits(1, 1, 0, 0) == bad);
    CHECK(limits(501, 1, 0, 0) == bad);
    CHECK(limits(2, 0, 0, 0) == bad);
    CHECK(limits(2, 301, 0, 0) == bad);
    CHECK(limits(2, 1, 301, 0) == bad);
    CHECK(limits(2, 1, 0, 2) == bad);
    CHECK(limits(2, 1, 0, 41) == bad);
}

TEST_CASE("a store is only filled from a backup when it is made") {
    CHECK(code([](Builder config) { config.setFrom("/backup"); }) == "postgres.bad_from");
    const Settings settings = read([](Builder config) {
        config.setFrom("/backup");
        config.setCreate(true);
    });
    CHECK(settings.from == "/backup");
}

}  // namespace
}  // namespace sanad::postgres
