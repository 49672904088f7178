#include "tests/unit/federation/two_nodes.h"

#include <catch2/catch.hpp>

#include <array>
#include <map>

namespace sanad::support {
namespace {

using casework::ReferralEventKind;
using casework::ReferralState;
using casework::Urgency;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const NodeId tunisia{"tn.amal"};

/// Morocco asks Tunisia, each with a clock of its own.
struct Clocked : TwoNodes {
    TestClock their_clock;
    Surroundings theirs{their_clock, entropy, log, peers, taxonomies, clocks};

    Clocked() { restart_tn(); }

    void restart_tn() {
        tn.reset();
        tn.emplace(tn_machine, theirs, wire.port(tn_machine.id));
        connect();
    }
    void restart_ma() {
        ma.reset();
        start_ma();
        connect();
    }
    void connect() {
        ma->links->connected(tn_machine.id);
        tn->links->connected(ma_machine.id);
        settle();
    }
    ReferralId ask(Urgency urgency, const char* kind = "referral") {
        auto what = sample_request("CASE-1", tunisia, urgency);
        what.kind = kind;
        const auto id = ma->request(tunisia, std::move(what)).value();
        settle();
        return id;
    }
    void pass(Duration span) {
        clock.advance(span);
        their_clock.advance(span);
    }
    void look() {
        REQUIRE(ma->run_timers(clock.now()));
        REQUIRE(tn->run_timers(their_clock.now()));
        settle();
    }
    /// Both clocks run on, and both nodes look each minute.
    void live(Duration span) {
        for (Duration passed{}; passed < span; passed += minutes(1)) {
            pass(minutes(1));
            look();
        }
    }
    /// How often each alarm stands in the feed of a node, by name and number.
    std::map<std::pair<std::string, std::uint64_t>, int> told(FederationNode& node) {
        std::map<std::pair<std::string, std::uint64_t>, int> times;
        const auto snapshot = node.store->snapshot().value();
        const auto events = node.feed->read(*snapshot, 0, 10'000).value();
        for (const auto& event : events)
            if (event.name.find("clock") != event.name.npos ||
                event.name.find("_over") != event.name.npos ||
                event.name.find("next_peer") != event.name.npos)
                ++times[{event.name, event.number}];
        return times;
    }
    bool each_once(FederationNode& node) {
        const auto times = told(node);
        return std::ranges::all_of(times, [](const auto& each) { return each.second == 1; });
    }
    casework::ReferralView view(FederationNode& node, const ReferralId& id) {
        return casework::view_of(node.referral(id).value());
    }
};

}  // namespace

TEST_CASE_METHOD(Clocked, "every step of an unanswered referral is told once, across restarts") {
    wire.cut = true;
    ask(Urgency::u0);
    for (int minute = 0; minute < 130; ++minute) {
        live(minutes(1));
        if (minute % 7 == 0) restart_ma();
    }
    const auto times = told(*ma);
    for (const std::string step :
         std::array{"referral.clock_half", "referral.clock_full", "referral.clock_twice"})
        for (const std::uint64_t limit : std::array{0U, 1U, 2U}) {
            INFO(step << " " << limit);
            CHECK(times.count({step, limit}) == 1);
        }
    CHECK(each_once(*ma));
}

TEST_CASE_METHOD(Clocked,
                 "a referral that nobody decides is asked back, and the next node offered") {
    const auto id = ask(Urgency::u0);
    live(minutes(29));
    CHECK(state_at(*ma, id) == ReferralState::delivered);
    live(minutes(1));
    CHECK(state_at(*ma, id) == ReferralState::expired);
    CHECK(state_at(*tn, id) == ReferralState::expired);
    CHECK(view(*ma, id).asker_responsible);
    CHECK(told(*ma).count({"referral.next_peer_offered", 2}) == 1);
    // Nobody was asked in its place, so the call list is still rung, once.
    live(minutes(31));
    CHECK(told(*ma).count({"referral.clock_twice", 2}) == 1);
    CHECK(told(*tn).count({"referral.clock_twice", 2}) == 0);
    CHECK(each_once(*ma));
}

TEST_CASE_METHOD(Clocked,
                 "time that runs out while the other side accepts leaves both responsible") {
    const auto id = ask(Urgency::u0);
    live(minutes(29));
    REQUIRE(tn->move(id, ReferralEventKind::accept));
    pass(minutes(1));
    REQUIRE(ma->run_timers(clock.now()));  // before the acceptance arrives
    settle();
    for (auto* node : std::array{&*ma, &*tn}) {
        CHECK(state_at(*node, id) == ReferralState::withdraw_requested);
        CHECK((view(*node, id).asker_responsible && view(*node, id).asked_responsible));
    }
    REQUIRE(tn->move(id, ReferralEventKind::complete, "service_delivered_full"));
    settle();
    CHECK(state_at(*ma, id) == ReferralState::completed);
}

TEST_CASE_METHOD(Clocked, "a referral in the place of one that did not help stops its clock") {
    const auto id = ask(Urgency::u0);
    live(minutes(20));
    ReferralId next;
    REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
        const auto followed =
            ma->referrals->follow(draft, id, tunisia, ConsentId{{2}},
                                  sample_request("CASE-1", tunisia, Urgency::u0), clock.now());
        if (!followed) return std::unexpected(followed.error());
        next = followed->id;
        return {};
    }));
    settle();
    CHECK(state_at(*ma, id) == ReferralState::expired);
    CHECK(ma->referral(id)->next == next);
    CHECK(ma->referral(next)->previous == id);
    CHECK(state_at(*tn, next) == ReferralState::delivered);
    CHECK(view(*ma, next).asker_responsible);
    REQUIRE(tn->move(next, ReferralEventKind::accept));
    settle();
    live(hours(2));
    CHECK(told(*ma).count({"referral.clock_twice", 2}) == 0);
}

TEST_CASE_METHOD(Clocked, "a decline offers the next node at once") {
    const auto id = ask(Urgency::u2);
    REQUIRE(tn->move(id, ReferralEventKind::decline, "no_capacity"));
    settle();
    CHECK(told(*ma).count({"referral.next_peer_offered", 0}) == 1);
    CHECK(view(*ma, id).asker_responsible);
}

TEST_CASE_METHOD(Clocked,
                 "after acceptance the first action and the help have limits of their own") {
    const auto id = ask(Urgency::u0);
    REQUIRE(tn->move(id, ReferralEventKind::accept));
    settle();
    live(minutes(15));
    CHECK(told(*tn).count({"referral.clock_full", 3}) == 1);
    CHECK(told(*ma).count({"referral.clock_full", 3}) == 1);
    REQUIRE(tn->move(id, ReferralEventKind::start));
    REQUIRE(tn->move(id, ReferralEventKind::hold));
    settle();
    live(hours(3));  // on hold: the help's limit stands still
    CHECK(told(*tn).count({"referral.clock_full", 4}) == 0);
    REQUIRE(tn->move(id, ReferralEventKind::resume));
    settle();
    live(minutes(44));
    CHECK(told(*tn).count({"referral.clock_full", 4}) == 0);
    live(minutes(1));
    CHECK(told(*tn).count({"referral.clock_full", 4}) == 1);
    CHECK(each_once(*tn));
}

TEST_CASE_METHOD(Clocked,
                 "a question to the asker stops the limit of the decision until it is answered") {
    const auto id = ask(Urgency::u0);
    live(minutes(10));
    REQUIRE(tn->move(id, ReferralEventKind::ask, {}, "هل لغتها الفرنسية كافية؟"));
    settle();
    live(hours(5));
    CHECK(state_at(*ma, id) == ReferralState::info_requested);
    REQUIRE(ma->move(id, ReferralEventKind::information, {}, "نعم"));
    settle();
    live(minutes(19));
    CHECK(state_at(*ma, id) == ReferralState::under_review);
    live(minutes(1));
    CHECK(state_at(*ma, id) == ReferralState::expired);
}

TEST_CASE_METHOD(Clocked,
                 "a completed referral that nobody confirms closes by itself, at both nodes") {
    const auto id = ask(Urgency::u3);
    REQUIRE(tn->move(id, ReferralEventKind::accept));
    REQUIRE(tn->move(id, ReferralEventKind::complete, "service_delivered_full"));
    settle();
    pass(days(30) - Duration(1));
    look();
    CHECK(state_at(*ma, id) == ReferralState::completed);
    pass(Duration(1));
    look();
    CHECK(state_at(*ma, id) == ReferralState::closed_unconfirmed);
    CHECK(state_at(*tn, id) == ReferralState::closed_unconfirmed);
}

TEST_CASE_METHOD(Clocked,
                 "a referral on hold for too long goes to the supervisor, once for each hold") {
    const auto id = ask(Urgency::u3);
    REQUIRE(tn->move(id, ReferralEventKind::accept));
    REQUIRE(tn->move(id, ReferralEventKind::start));
    for (int hold = 1; hold <= 2; ++hold) {
        REQUIRE(tn->move(id, ReferralEventKind::hold));
        settle();
        pass(days(14));
        look();
        pass(days(14));
        look();
        CHECK(told(*tn)[{"referral.hold_over", 0}] == hold);
        REQUIRE(tn->move(id, ReferralEventKind::resume));
        settle();
    }
}

// ------------------------------------------------------------------ clocks that are wrong

TEST_CASE_METHOD(
    Clocked,
    "own clock a day, two hours or three days back: no limit comes later than its length") {
    for (const Duration back :
         std::array{Duration(hours(2)), Duration(days(1)), Duration(days(3))}) {
        const auto id = ask(Urgency::u0);
        live(minutes(5));
        clock.wall = clock.wall - back;  // the steady clock goes on
        look();
        for (int minute = 0; minute < 30; ++minute) live(minutes(1));
        CHECK(state_at(*ma, id) == ReferralState::expired);
        clock.wall = clock.wall + back;
        look();
    }
}

TEST_CASE_METHOD(Clocked, "own clock set back while the node was off: the same") {
    const auto id = ask(Urgency::u0);
    ma.reset();
    clock.wall = clock.wall - days(3);
    start_ma();
    connect();
    look();
    live(minutes(30));
    CHECK(state_at(*ma, id) == ReferralState::expired);
}

TEST_CASE_METHOD(Clocked,
                 "own clock three days ahead and back: every step is told, and none twice") {
    ask(Urgency::u0);
    const auto second = ask(Urgency::u2);
    clock.wall = clock.wall + days(3);
    look();
    clock.wall = clock.wall - days(3);
    look();
    restart_ma();
    live(minutes(70));
    (void)second;
    const auto times = told(*ma);
    for (const auto& [step, count] : times) {
        INFO(step.first << " " << step.second);
        CHECK(count <= 2);  // two referrals
    }
    CHECK(times.at({"referral.clock_full", 2}) == 2);
}

TEST_CASE_METHOD(Clocked, "peer clock a day behind or ahead: our alarms come by our own clock") {
    for (const Duration error : std::array{Duration(-days(1)), Duration(days(1))}) {
        their_clock.wall = clock.wall + error;
        const auto before = told(*tn);
        const auto id = ask(Urgency::u0);
        look();
        CHECK(told(*tn) == before);  // nothing is due in the first moment
        live(minutes(8));
        CHECK(told(*tn) != before);  // half of `seen`
        REQUIRE(tn->move(id, ReferralEventKind::accept));
        settle();
        const auto accepted = told(*ma);
        live(minutes(8));
        CHECK(told(*ma) != accepted);  // half of `begun`, by our own clock
        REQUIRE(tn->move(id, ReferralEventKind::complete, "service_delivered_full"));
        settle();
        CHECK(view(*ma, id) == view(*tn, id));
    }
}

TEST_CASE_METHOD(Clocked, "a leap second, told twice or skipped, changes no step") {
    const auto id = ask(Urgency::u0);
    live(minutes(29));
    clock.wall = clock.wall - std::chrono::seconds(1);
    look();
    CHECK(state_at(*ma, id) == ReferralState::delivered);
    live(minutes(2));
    CHECK(state_at(*ma, id) == ReferralState::expired);
    CHECK(each_once(*ma));
}

TEST_CASE_METHOD(
    Clocked,
    "of a node that left the directory nothing is asked back, and the next one is offered") {
    const auto id = ask(Urgency::u0);
    peers.replace(directory_of({&ma_machine}));  // the other left the directory
    live(minutes(30));
    CHECK(state_at(*ma, id) == ReferralState::delivered);
    CHECK(told(*ma).count({"referral.next_peer_offered", 2}) == 1);
    const auto next = ma->timers.next(*ma->store->snapshot().value()).value();
    CHECK((!next || *next > clock.now()));
}

}  // namespace sanad::support
