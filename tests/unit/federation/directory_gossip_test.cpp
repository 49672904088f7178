#include "core/federation/directory_gossip.h"
#include "core/base/message.h"
#include "core/federation/gossip_message.h"
#include "schemas/wire.capnp.h"
#include "tests/unit/federation/directory_world.h"

#include <deque>

using namespace sanad;
using namespace sanad::federation;
using namespace sanad::test;

namespace {

const NodeId morocco{"ma.example"};
const NodeId tunisia{"tn.example"};
const NodeId algeria{"dz.example"};

/// Three nodes that gossip, each with a book of its own; what they say waits until delivered.
struct Federation {
    struct Letter {
        NodeId from, to;
        Bytes payload;
    };
    struct Member : BookShelf {
        Member(Federation& world, NodeId id)
            : self(std::move(id)),
              gossip({self, *life->store, life->engine, *life->book, peers, clock, log, counters,
                      [this, &world](const NodeId& peer, ByteView payload) -> Result<void> {
                          if (world.cut) return fail(Fault::busy, "cut");
                          world.letters.push_back(
                              {self, peer, Bytes(payload.begin(), payload.end())});
                          return {};
                      }}) {}
        NodeId self;
        Counters counters;
        DirectoryGossip gossip;
    };

    Federation() {
        first.nodes.push_back(node("dz.example", 3));
        first.nodes.back().endpoints = {};
        for (auto* one : all()) REQUIRE(one->install(signed_by(first, {1, 2})) == "followed");
        settle();
    }
    std::array<Member*, 3> all() { return {&ma, &tn, &dz}; }

    void tick() {
        for (auto* one : all()) one->gossip.tick();
    }
    /// Until nobody has anything to say.
    void settle() {
        tick();
        while (!letters.empty()) {
            const auto letter = letters.front();
            letters.pop_front();
            for (auto* one : all())
                if (one->self == letter.to && one->is_active(letter.from.text))
                    one->gossip.received(letter.from, letter.payload);
            for (auto* one : all()) REQUIRE(one->life->engine.run_once().has_value());
            tick();
        }
    }
    void wait(Duration span) {
        for (auto* one : all()) one->let_pass(span);
    }
    Directory next(const Directory& before) const {
        auto later = before;
        ++later.version;
        later.issued = later.issued + std::chrono::minutes(10);
        return later;
    }

    std::deque<Letter> letters;
    bool cut = false;
    Directory first = sample_directory();
    Member ma{*this, morocco}, tn{*this, tunisia}, dz{*this, algeria};
};

}  // namespace

TEST_CASE_METHOD(Federation, "a newer directory reaches every node without a central server") {
    const auto second = next(first);
    REQUIRE(ma.install(signed_by(second, {1, 3})) == "followed");
    settle();
    for (auto* one : all()) CHECK(one->state()->in_force->directory == second);
    CHECK(tn.times_in_audit("directory.follow") == 2);
    CHECK(ma.gossip.all_follow(second.version));
}

TEST_CASE_METHOD(Federation, "who was away follows a change of stewards step by step") {
    cut = true;
    auto second = next(first);
    second.stewards = {steward(1), steward(4), steward(5)};
    REQUIRE(ma.install(signed_by(second, {1, 2, 4})) == "followed");
    auto third = next(second);
    third.stewards = {steward(5), steward(6), steward(4)};
    REQUIRE(ma.install(signed_by(third, {4, 5})) == "followed");
    const auto fourth = next(third);
    REQUIRE(ma.install(signed_by(fourth, {6, 5})) == "followed");
    tick();
    CHECK(tn.state()->version() == first.version);
    cut = false;
    wait(DirectoryGossip::ask_again);
    tn.gossip.greeted(morocco, {.directory_version = fourth.version});
    settle();
    CHECK(tn.state()->in_force->directory == fourth);
    CHECK(dz.state()->in_force->directory == fourth);
}

TEST_CASE_METHOD(Federation, "more directories than one answer holds are asked for again") {
    cut = true;
    auto later = first;
    for (std::uint32_t i = 0; i < 2 * offer_notes_max + 3; ++i) {
        later = next(later);
        later.issued = first.issued;
        REQUIRE(ma.install(signed_by(later, {1, 2})) == "followed");
    }
    tick();
    cut = false;
    for (int round = 0; round < 4; ++round) {
        wait(DirectoryGossip::ask_again);
        tn.gossip.greeted(morocco, {.directory_version = later.version});
        settle();
    }
    CHECK(tn.state()->version() == later.version);
    CHECK(tn.counters.count("gossip.refused") == 0);
}

TEST_CASE_METHOD(Federation, "a peer carries directories, and signs none") {
    // Algeria claims to follow a later one, and offers what no two stewards signed.
    auto forged = next(first);
    forged.nodes[0].status = NodeStatus::revoked;
    capnp::MallocMessageBuilder builder;
    builder.initRoot<schema::DirectoryGossip>().initOffer(1).set(
        0, to_text(signed_by(forged, {1, 9})));
    const auto offer = flatten(builder);
    tn.gossip.received(algeria, offer);
    CHECK(tn.counters.count("gossip.drop.unasked") == 1);
    wait(DirectoryGossip::ask_again);
    tn.gossip.greeted(algeria, {.directory_version = forged.version});
    letters.clear();
    tn.gossip.received(algeria, offer);
    REQUIRE(tn.life->engine.run_once().has_value());
    CHECK(tn.counters.count("gossip.refused") == 1);
    CHECK(tn.state()->in_force->directory == first);
}

TEST_CASE_METHOD(Federation, "a fork that a peer brings is kept as evidence, with who brought it") {
    auto mine = next(first), theirs = next(first);
    theirs.nodes[1].name = "Another name";
    REQUIRE(tn.install(signed_by(mine, {1, 2})) == "followed");
    letters.clear();
    tn.gossip.tick();
    letters.clear();
    capnp::MallocMessageBuilder builder;
    builder.initRoot<schema::DirectoryGossip>().initOffer(1).set(
        0, to_text(signed_by(theirs, {2, 3})));
    wait(DirectoryGossip::ask_again);
    tn.gossip.greeted(algeria, {.directory_version = 99});
    tn.gossip.received(algeria, flatten(builder));
    REQUIRE(tn.life->engine.run_once().has_value());
    CHECK(tn.state()->in_force->directory == mine);
    const auto alarms = tn.life->book->alarms(*tn.life->store->snapshot().value()).value();
    REQUIRE(alarms.size() == 1);
    CHECK(alarms[0].from == "peer dz.example");
}

TEST_CASE_METHOD(Federation, "a revocation spreads at once, and is said again to who missed it") {
    const auto notice =
        sign_revocation(first, tunisia, "key_stolen", steward_key(2), "steward-2", ma.clock.now())
            .value();
    REQUIRE(ma.revoke(notice) == "followed");
    CHECK_FALSE(ma.is_active("tn.example"));
    cut = true;
    tick();
    cut = false;
    CHECK(dz.is_active("tn.example"));
    ma.gossip.greeted(algeria, {.directory_version = first.version});
    settle();
    CHECK_FALSE(dz.is_active("tn.example"));
    CHECK(dz.times_in_audit("directory.revoke") == 1);
    // Tunisia itself is not heard any more, and is not told by those who do not hear it.
    CHECK(tn.is_active("ma.example"));
}

TEST_CASE_METHOD(Federation,
                 "a peer that floods with bad notices costs a bounded number of checks") {
    capnp::MallocMessageBuilder builder;
    builder.initRoot<schema::DirectoryGossip>().setNotice("nonsense");
    const auto flood = flatten(builder);
    for (int i = 0; i < 1'000; ++i) tn.gossip.received(algeria, flood);
    CHECK(tn.counters.count("gossip.drop.malformed") == DirectoryGossip::notices_each_second);
    CHECK(tn.counters.count("gossip.drop.rate") == 1'000 - DirectoryGossip::notices_each_second);
}

TEST_CASE_METHOD(Federation, "a peer that asks without end is answered once a second") {
    REQUIRE(ma.install(signed_by(next(first), {1, 2})) == "followed");
    capnp::MallocMessageBuilder builder;
    builder.initRoot<schema::DirectoryGossip>().setWant(0);
    const auto want = flatten(builder);
    for (int i = 0; i < 100; ++i) ma.gossip.received(algeria, want);
    CHECK(letters.size() == 1);
    wait(DirectoryGossip::answer_again);
    ma.gossip.received(algeria, want);
    CHECK(letters.size() == 2);
}

TEST_CASE_METHOD(Federation, "gossip that is damaged anywhere changes nothing") {
    const auto second = next(first);
    capnp::MallocMessageBuilder builder;
    builder.initRoot<schema::DirectoryGossip>().initOffer(1).set(
        0, to_text(signed_by(second, {1, 2})));
    const auto good = flatten(builder);
    for (std::size_t byte = 0; byte < good.size(); byte += 3) {
        wait(DirectoryGossip::ask_again);
        tn.gossip.greeted(algeria, {.directory_version = second.version});
        auto bad = good;
        bad[byte] = static_cast<std::uint8_t>(bad[byte] ^ (1 << byte % 8));
        tn.gossip.received(algeria, bad);
        tn.gossip.received(algeria, ByteView(good).first(byte / 8 * 8));
        REQUIRE(tn.life->engine.run_once().has_value());
    }
    // A bit of a signature that nobody counts may be another: the text is what was signed.
    if (tn.state()->version() != first.version) CHECK(tn.state()->in_force->directory == second);
}
