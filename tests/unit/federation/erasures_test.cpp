// What is said just before an erasure has no bytes any more when it reaches the peer.
#include "tests/unit/federation/two_nodes.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace sanad;
using namespace sanad::federation;
using casework::ErasureState;
using casework::ReferralEventKind;
using casework::ReferralState;
using casework::Urgency;
using support::FederationNode;
using support::sample_request;
using support::TwoNodes;

namespace {

const NodeId morocco{"ma.cmrpi"};
const NodeId tunisia{"tn.amal"};

/// Morocco asked Tunisia for help with a child.
struct Asked : TwoNodes {
    Asked() {
        id = ma->request(tunisia, sample_request("CASE-1", tunisia, Urgency::u2)).value();
        settle();
    }

    /// As the door does it when a consent is taken back.
    void recall() {
        REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
            const auto moved = ma->referrals->move(draft, id, ReferralEventKind::withdraw,
                                                   "resolved", "", clock.now());
            if (!moved && moved.error().fault != Fault::denied)
                return std::unexpected(moved.error());
            const auto asked = ma->erasures->request(draft, id, "resolved", clock.now());
            return asked ? Result<void>{} : std::unexpected(asked.error());
        }));
    }
    /// Tunisia says that and erases, in one command.
    void say_and_erase(ReferralEventKind kind, const char* reason = "") {
        REQUIRE(tn->run([&](store::Draft& draft) -> Result<void> {
            const auto said = tn->referrals->move(draft, id, kind, reason, "", clock.now());
            if (!said) return std::unexpected(said.error());
            const auto erased = tn->erasures->erase(draft, id, clock.now());
            return erased ? Result<void>{} : std::unexpected(erased.error());
        }));
    }
    void cut() { wire.cut = true; }
    void heal() {
        wire.cut = false;
        ma->links->connected(tunisia);
        tn->links->connected(morocco);
        settle();
    }

    /// The timers that any part of a node has set for the referral.
    std::size_t timers_of(FederationNode& node) {
        const auto all = node.timers.later(*node.store->snapshot().value(), {}, 10'000).value();
        return static_cast<std::size_t>(std::ranges::count(all, id.bytes, &store::Timer::subject));
    }
    std::set<std::string> told(FederationNode& node) {
        std::set<std::string> names;
        const auto events = node.feed->read(*node.store->snapshot().value(), 0, 10'000).value();
        for (const auto& event : events) names.insert(event.name);
        return names;
    }
    ErasureState erasure_at(FederationNode& node) {
        return node.erasures->find(*node.store->snapshot().value(), id)->state;
    }
    /// Both show it as over, no clock runs at either, and none rings in the months that follow.
    void check_over() {
        CHECK(erasure_at(*ma) == ErasureState::erased);
        CHECK(erasure_at(*tn) == ErasureState::erased);
        CHECK(tn->referral(id).error().fault == Fault::not_found);
        CHECK(ma->counters.count("link.erased_entries") > 0);
        for (const bool restarted : {false, true}) {
            if (restarted) {
                ma.reset();
                start_ma();
            }
            CHECK(ma->referral(id)->state == ReferralState::erased);
            const auto view = casework::view_of(*ma->referral(id));
            CHECK(view.state == ReferralState::erased);
            CHECK((view.asker_responsible && !view.asked_responsible));
            CHECK(timers_of(*ma) == 0);
            CHECK(timers_of(*tn) == 0);
        }
        const auto before = std::pair(told(*ma), told(*tn));
        for (int day = 0; day < 100; ++day) {
            clock.advance(std::chrono::days(1));
            REQUIRE(ma->run_timers(clock.now()));
            REQUIRE(tn->run_timers(clock.now()));
        }
        CHECK(std::pair(told(*ma), told(*tn)) == before);
        CHECK(ma->move(id, ReferralEventKind::note, "", "A note.").error().detail ==
              "already_ended");
    }

    ReferralId id;
};

}  // namespace

TEST_CASE_METHOD(Asked, "withdrawn and erased behind a partition: no clock runs at either node") {
    tn->erasures->answer_by([] { return true; });
    REQUIRE(tn->move(id, ReferralEventKind::review));
    settle();
    SECTION("the answer of the node itself") {
        cut();
        recall();
        heal();
    }
    SECTION("the time had run out first, and nobody else was asked yet") {
        clock.advance(std::chrono::days(3));
        REQUIRE(ma->run_timers(clock.now()));
        CHECK(timers_of(*ma) == 1);  // the call list is still to come
        cut();
        recall();
        heal();
    }
    check_over();
}

TEST_CASE_METHOD(Asked, "what the asked side says and erases in one breath ends at the asker too") {
    using enum ReferralEventKind;
    REQUIRE(tn->move(id, accept));
    REQUIRE(tn->move(id, start));
    REQUIRE(tn->move(id, hold));
    settle();
    CHECK(timers_of(*ma) == 1);
    SECTION("it gives the child back") {
        recall();
        settle();
        cut();
        say_and_erase(withdraw_ok);
    }
    SECTION("it ends its work, and the withdrawal crosses that") {
        REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
            const auto asked = ma->erasures->request(draft, id, "resolved", clock.now());
            return asked ? Result<void>{} : std::unexpected(asked.error());
        }));
        settle();
        cut();
        REQUIRE(ma->move(id, withdraw, "resolved"));
        say_and_erase(not_complete, "child_unreachable");
    }
    heal();
    CHECK(ma->referral(id)->asked.size() == 3);  // the last word came as a hash
    check_over();
}

TEST_CASE_METHOD(Asked, "a certificate ends nothing where nobody asked for it") {
    casework::ErasureMessage certificate;
    certificate.kind = casework::ErasureKind::certificate;
    certificate.referral = id;
    certificate.at = clock.now();
    certificate.key_hash = key_hash_of(id);
    REQUIRE(tn->run([&](store::Draft& draft) -> Result<void> {
        draft.then([&](store::Transaction& transaction) -> Result<void> {
            const auto said = tn->logs->append(
                transaction, morocco, Lane::normal, store::node_key_id,
                {BodyKind::erasure, id.bytes, casework::write_erasure(certificate)}, clock.now());
            return said ? Result<void>{} : std::unexpected(said.error());
        });
        return {};
    }));
    settle();
    CHECK(ma->counters.count("link.parked") == 1);
    CHECK(state_at(*ma, id) == ReferralState::delivered);
    CHECK(timers_of(*ma) == 1);
}

TEST_CASE_METHOD(Asked, "an entry that was parked goes with the referral it is about") {
    constexpr std::uint64_t parked = 2;  // behind a key entry and the request
    REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
        draft.then([&](store::Transaction& transaction) -> Result<void> {
            const auto said =
                ma->logs->append(transaction, tunisia, Lane::normal, store::node_key_id,
                                 {BodyKind::referral, id.bytes, {1, 2, 3}}, clock.now());
            return said && *said == parked ? Result<void>{} : fail(Fault::invalid, "place");
        });
        return {};
    }));
    settle();
    CHECK(tn->counters.count("link.parked") == 1);
    const auto body = [&] {
        return tn->logs->body(*tn->store->snapshot().value(),
                              {morocco, Direction::in, Lane::normal}, parked);
    };
    CHECK(body()->payload == Bytes{1, 2, 3});
    recall();
    settle();
    if (erasure_at(*tn) != ErasureState::erased)
        REQUIRE(tn->run([&](store::Draft& draft) -> Result<void> {
            const auto erased = tn->erasures->erase(draft, id, clock.now());
            return erased ? Result<void>{} : std::unexpected(erased.error());
        }));
    CHECK(body().error().fault == Fault::not_found);
}
