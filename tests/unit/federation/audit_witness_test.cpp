#include "core/base/time_text.h"
#include "tests/unit/federation/witnessed.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using test::dz;
using test::ma;
using test::tn;
using test::Witnessed;

namespace {

PeerTable table_of(std::initializer_list<const char*> ids) {
    PeerTable table;
    for (const std::string node : ids) table.nodes[NodeId{node}].id = {node};
    return table;
}

}  // namespace

TEST_CASE("everybody who has the directory knows a node's two witnesses") {
    const auto table = table_of({"ma.a", "tn.b", "dz.c", "jo.d", "lb.e"});
    const NodeId self{"ma.a"};
    const auto chosen = choose_witnesses(self, {}, table);
    REQUIRE(chosen.size() == 2);
    CHECK(chosen == choose_witnesses(self, {}, table));
    CHECK(std::ranges::find(chosen, self) == chosen.end());
    CHECK(choose_witnesses(self, {{"jo.d"}}, table) == std::vector{NodeId{"jo.d"}});
    CHECK(choose_witnesses(self, {{"xx.unknown"}}, table).empty());
    CHECK(choose_witnesses(self, {}, table_of({"ma.a", "tn.b"})) == std::vector{NodeId{"tn.b"}});
    auto revoked = table;
    revoked.nodes[chosen[0]].active = false;
    const auto others = choose_witnesses(self, {}, revoked);
    CHECK(others.size() == 2);
    CHECK(std::ranges::find(others, chosen[0]) == others.end());
}

TEST_CASE_METHOD(Witnessed, "each round two peers cosign the head of a node's audit log") {
    hour();
    for (const std::size_t owner : {ma, tn, dz}) {
        const auto heads = own_heads(owner);
        REQUIRE(heads.size() == 1);
        for (const std::size_t witness : {ma, tn, dz})
            CHECK(is_cosigned(heads[0].note, owner, witness) == (owner != witness));
    }
    CHECK(at(ma).counters.count("audit.cosignatures") == 2);
    CHECK(at(tn).counters.count("audit.cosigned") == 2);
}

TEST_CASE_METHOD(Witnessed, "round after round each head is proven to have grown out of the last") {
    for (int i = 0; i < 5; ++i) hour();
    for (const std::size_t which : {ma, tn, dz}) {
        CHECK(own_heads(which).size() == 5);
        CHECK(alarms(which).empty());
        CHECK(at(which).counters.count("audit.questions") == 0);
        CHECK(at(which).counters.count("link.parked") == 0);
        for (const std::size_t owner : {ma, tn, dz}) {
            if (owner == which) continue;
            const auto heads = seen(which, owner);
            CHECK(heads.size() == 5);
            CHECK(std::ranges::all_of(heads, &SeenAuditHead::proven));
            CHECK(std::ranges::all_of(heads, &SeenAuditHead::cosigned));
        }
    }
}

TEST_CASE_METHOD(Witnessed, "the round's timer survives a restart") {
    const auto start_rounds = [&] {
        return at(ma).run(
            [&](store::Draft& draft) { return at(ma).witness->start(draft, clock.now()); });
    };
    REQUIRE(start_rounds().has_value());
    clock.advance(std::chrono::minutes(2));
    REQUIRE(at(ma).run_timers(clock.now()).has_value());
    CHECK(own_heads(ma).empty());  // nothing was done yet: there is no head to sign
    act(ma);
    restart(ma);
    REQUIRE(start_rounds().has_value());
    REQUIRE(at(ma).run_timers(clock.now()).has_value());
    CHECK(own_heads(ma).empty());
    clock.advance(std::chrono::minutes(60));
    REQUIRE(at(ma).run_timers(clock.now()).has_value());
    settle();
    REQUIRE(own_heads(ma).size() == 1);
    CHECK(is_cosigned(own_heads(ma)[0].note, ma, tn));
}

TEST_CASE_METHOD(Witnessed, "a cosignature that got lost is made good for by a question") {
    hour();
    REQUIRE(at(ma)
                .run([&](store::Draft& draft) {
                    auto book = at(ma).witness->book();
                    return book.set_cosigned_by(draft, id(tn), 0);
                })
                .has_value());
    hour();
    CHECK(at(tn).counters.count("audit.questions") == 1);
    CHECK(is_cosigned(own_heads(ma)[0].note, ma, tn));
    CHECK(alarms(tn).empty());
    CHECK(alarms(ma).empty());
    hour();
    CHECK(at(tn).counters.count("audit.questions") == 1);
}

TEST_CASE_METHOD(Witnessed,
                 "what is no head of the peer's own log is refused and changes nothing") {
    const auto told = story(ma, 9, 1);
    SECTION("another's signature") {
        auto forged = trust::sign_checkpoint({audit_origin(id(ma)), 9, {}}, machines[dz].signing,
                                             id(ma).text);
        tell(ma, tn, AuditCosignRequest{{*forged, 0, {}}});
        CHECK(at(tn).counters.count("audit.refused.untrusted") == 1);
    }
    SECTION("another's log") {
        tell(dz, tn, AuditCosignRequest{{told.head, 0, {}}});
        CHECK(at(tn).counters.count("audit.refused.untrusted") == 1);
    }
    SECTION("a head of a link log") {
        const auto head = trust::sign_checkpoint({"sanad/ma.cmrpi/tn.amal/normal", 9, {}},
                                                 machines[ma].signing, id(ma).text);
        tell(ma, tn, AuditCosignRequest{{*head, 0, {}}});
        CHECK(at(tn).counters.count("audit.refused.invalid") == 1);
    }
    SECTION("a head that the witness who passes it on has not cosigned") {
        tell(dz, tn, AuditSeen{{{told.head, 0, {}}}});
        CHECK(at(tn).counters.count("audit.refused.untrusted") == 1);
    }
    SECTION("a cosignature of a head that we never signed") {
        const auto cosigned = trust::add_cosignature(story(tn, 9, 1).head, machines[ma].signing,
                                                     id(ma).text, clock.now());
        tell(ma, tn, AuditCosigned{*cosigned});
        CHECK(at(tn).counters.count("audit.refused.invalid") == 1);
    }
    SECTION("an answer to no question") {
        tell(ma, tn, AuditAnswer{9, 12, true, {}});
        CHECK(at(tn).counters.count("audit.refused.invalid") == 1);
    }
    CHECK(at(tn).counters.count("link.parked") == 1);
    CHECK(seen(tn, ma).empty());
    CHECK(alarms(tn).empty());
    CHECK(at(tn).counters.count("audit.cosigned") == 0);
}

TEST_CASE_METHOD(Witnessed, "a witness that cries wolf about a sound log raises no alarm") {
    hour();
    hour();
    const auto heads = own_heads(ma);
    REQUIRE(heads.size() == 2);
    tell(tn, ma, AuditRefused{"inconsistent", heads[0].note, heads[1].note});
    CHECK(alarms(ma).empty());
    CHECK(at(ma).counters.count("audit.refusal_unfounded") == 1);
}

namespace {

/// What somebody does to the database of a node that is down, with all of its keys in hand.
struct Offline : Witnessed {
    trust::Digest leaf_after(std::uint64_t number, const Bytes& content) {
        const auto leaf = trust::leaf_hash(content);
        Bytes key;
        append_big_endian(key, number);
        write("audit.entry", key, content, leaf);
        return leaf;
    }
    void write(const char* table, ByteView key, ByteView plain, ByteView clear = {}) {
        auto opened = store::Records::open_table(*at(ma).store, table).value();
        const auto transaction = at(ma).store->begin().value();
        REQUIRE(at(ma)
                    .records.put(*transaction, opened, key, store::node_key_id, plain, clear)
                    .has_value());
        REQUIRE(transaction->commit().has_value());
    }
    void erase(std::uint64_t number) {
        const auto table = store::Records::open_table(*at(ma).store, "audit.entry").value();
        const auto transaction = at(ma).store->begin().value();
        Bytes key;
        append_big_endian(key, number);
        REQUIRE(transaction->del(table.table, key).has_value());
        REQUIRE(transaction->commit().has_value());
    }
    std::vector<trust::Digest> leaves() {
        const auto snapshot = at(ma).store->snapshot().value();
        return at(ma)
            .audit->leaves(*snapshot, 0, std::uint32_t(at(ma).audit->end().size()))
            .value();
    }
    void end_with(const std::vector<trust::Digest>& all) {
        trust::Frontier frontier;
        for (const auto& leaf : all) frontier.append(leaf);
        write("audit.end", bytes_of("audit"), frontier.encode());
    }
};

}  // namespace

TEST_CASE_METHOD(Offline,
                 "an entry rewritten in the database, hashes and all, is found by the peers") {
    hour();
    auto all = leaves();
    all[1] = leaf_after(1, Bytes(64, 7));
    end_with(all);
    restart(ma);
    CHECK(at(ma).audit->end().size() == all.size());
    hour();
    REQUIRE(alarms(tn).size() == 1);
    CHECK(alarms(tn)[0].kind == "inconsistent");
    check_evidence(alarms(tn)[0], ma);
    CHECK(alarms(dz).size() == 1);
}

TEST_CASE_METHOD(Offline, "a tail cut off in the database is found by the node and by its peers") {
    hour();
    hour();
    auto all = leaves();
    const auto cut = own_heads(ma)[1].size;  // back to what was cosigned an hour ago
    for (std::uint64_t number = cut - 1; number < all.size(); ++number) erase(number);
    all.resize(cut - 1);
    end_with(all);
    restart(ma);
    const auto ran = at(ma).run(
        [&](store::Draft& draft) { return at(ma).witness->on_timer(draft, clock.now()); });
    REQUIRE(ran.has_value());
    settle();
    REQUIRE_FALSE(alarms(ma).empty());
    CHECK(alarms(ma)[0].kind == "smaller");
    REQUIRE(alarms(tn).size() == 1);
    CHECK(alarms(tn)[0].kind == "smaller");
    check_evidence(alarms(tn)[0], ma);
}

TEST_CASE_METHOD(Witnessed, "a peer may say only so much about audit logs in one round") {
    const auto told = story(ma, 9, 1);
    for (std::uint32_t i = 0; i < audit_messages_max; ++i) ask(ma, tn, told);
    CHECK(at(tn).counters.count("link.parked") == 0);
    ask(ma, tn, told);
    CHECK(at(tn).counters.count("link.parked") == 1);
    round(tn);
    ask(ma, tn, told);
    CHECK(at(tn).counters.count("link.parked") == 1);
}

TEST_CASE_METHOD(Witnessed, "the nightly walk is due at its hour, once a night, across restarts") {
    const auto start = [&] {
        REQUIRE(
            at(ma)
                .run([&](store::Draft& draft) { return at(ma).witness->start(draft, clock.now()); })
                .has_value());
    };
    const auto due = [&] {
        return read(ma, [](const auto& book, auto& from) { return book.next_check(from); });
    };
    start();  // at 02:00
    CHECK(due() == parse_time("2026-11-24T03:00:00Z").value());
    restart(ma);
    start();
    CHECK(due() == parse_time("2026-11-24T03:00:00Z").value());
    clock.advance(std::chrono::hours(1));
    REQUIRE(at(ma).run_timers(clock.now()).has_value());
    CHECK(due() == parse_time("2026-11-25T03:00:00Z").value());
}
