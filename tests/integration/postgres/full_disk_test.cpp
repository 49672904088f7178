#include "core/base/bytes.h"
#include "tests/integration/postgres/postgres_store.h"

#include <unistd.h>

#include <catch2/catch.hpp>

namespace sanad::plugins {
namespace {

TEST_CASE("a full disk says so, keeps what there was, and the store goes on when there is room") {
    if (::geteuid() != 0) {
        WARN("only root can mount a small file system: not looked at");
        return;
    }
    test::PostgresCluster small({"--small", "24"});
    NullLog log;
    const SystemClock clock;
    const auto opened =
        open_store(POSTGRES_PLUGIN,
                   postgres_settings(small.connection(), "sanad", R"("create": true)"), log, clock);
    REQUIRE(opened.has_value());
    const auto table = *opened->store->open_table("cases");
    const auto put = [&](int number) -> Result<void> {
        auto txn = *opened->store->begin();
        const auto written = txn->put(table, bytes_of(std::to_string(1000 + number)),
                                      Bytes(200'000, static_cast<std::uint8_t>(number)));
        return written ? txn->commit() : written;
    };
    int kept = 0;
    while (kept < 10 && put(kept)) ++kept;
    REQUIRE(kept == 10);
    small.tell("fill");
    Result<void> refused;
    int more = kept;  // what was allocated already may hold a few
    for (; more < 200; ++more)
        if (refused = put(more); !refused) break;
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().fault == Fault::exhausted);
    CHECK(put(more).error().fault == Fault::exhausted);
    {
        const auto view = *opened->store->snapshot();
        for (int number = 0; number < more; ++number) {
            const auto found = view->get(table, bytes_of(std::to_string(1000 + number)));
            REQUIRE(found.has_value());
            CHECK((*found)->size() == 200'000);
        }
        CHECK_FALSE((*view->get(table, bytes_of(std::to_string(1000 + more)))).has_value());
    }
    small.tell("free");
    CHECK(put(more).has_value());
}

}  // namespace
}  // namespace sanad::plugins
