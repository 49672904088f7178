#include "core/node/self_audit.h"

#include "tests/support/federation_node.h"
#include "tests/support/wire.h"
#include "tests/support/world.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::node;

namespace {

/// A node with an audit log of some length, and nobody else.
struct Watched {
    Watched() {
        for (int i = 0; i < 12; ++i)
            REQUIRE(helpline
                        .run([&](store::Draft& draft) -> Result<void> {
                            helpline.audit->append(draft, {.at = clock.now(),
                                                           .actor = "amina",
                                                           .role = "counsellor",
                                                           .action = "case.open"});
                            return {};
                        })
                        .has_value());
    }
    SelfAudit::Parts parts() {
        return {*helpline.store, helpline.engine, *helpline.audit, *helpline.witness, clock, log};
    }
    Result<federation::AuditChecked> kept() {
        const auto snapshot = helpline.store->snapshot().value();
        auto found = helpline.witness->book().checked(*snapshot);
        if (!found) return std::unexpected(found.error());
        if (!*found) return fail(Fault::not_found, "nothing was checked");
        return **found;
    }

    support::TestEntropy entropy{5};
    support::TestClock clock;
    NullLog log;
    support::Machine machine{"ma.cmrpi", entropy};
    federation::Peers peers{support::directory_of({&machine})};
    casework::Taxonomies taxonomies = support::small_taxonomies();
    casework::Clocks clocks = casework::default_clocks();
    support::Wire wire;
    support::Surroundings around{clock, entropy, log, peers, taxonomies, clocks};
    support::FederationNode helpline{machine, around, wire.port(machine.id)};
};

}  // namespace

TEST_CASE_METHOD(Watched, "a night's walk keeps what it found, and tells it") {
    const auto sound = SelfAudit::walk(parts(), {});
    REQUIRE(sound.has_value());
    CHECK(sound->size == 12);
    CHECK(sound->bad.empty());
    const auto keep = [&](const federation::AuditChecked& found) {
        return helpline.run(
            [&](store::Draft& draft) { return helpline.witness->checked(draft, found); });
    };
    REQUIRE(keep(*sound).has_value());
    CHECK(kept()->size == 12);
    CHECK(helpline.counters.count("audit.checks_whole") == 1);

    const auto table = helpline.store->open_table("audit.entry").value();
    REQUIRE(helpline
                .run([&](store::Draft& draft) {
                    Bytes key;
                    append_big_endian(key, std::uint64_t(7));
                    return draft.del(table, key);
                })
                .has_value());
    const auto bad = SelfAudit::walk(parts(), {});
    REQUIRE(bad.has_value());
    CHECK(bad->bad_index == 7);
    CHECK_FALSE(bad->bad.empty());
    REQUIRE(keep(*bad).has_value());
    CHECK(helpline.counters.count("audit.checks_bad") == 1);
    const auto events = helpline.feed->read(*helpline.store->snapshot().value(), 0, 100).value();
    REQUIRE(events.size() == 2);
    CHECK(events[0].name == "audit.whole");
    CHECK(events[1].name == "audit.not_whole");
    CHECK(events[1].number == 7);
}

TEST_CASE_METHOD(Watched, "a walk that is asked to stop, stops") {
    std::stop_source stop;
    stop.request_stop();
    CHECK(SelfAudit::walk(parts(), stop.get_token()).error().fault == Fault::closed);
}

TEST_CASE_METHOD(Watched, "asked for a walk, the thread makes one") {
    SelfAudit watching(parts());
    watching.request();
    for (auto found = kept(); !found; found = kept()) {
        (void)helpline.engine.run_once();
        std::this_thread::yield();
    }
    CHECK(kept()->size == 12);
}
