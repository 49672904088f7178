#include "core/casework/clocks.h"

#include "core/casework/escalation.h"

#include <catch2/catch.hpp>

namespace sanad::casework {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Time start{1'000'000'000};

ClockState running() { return {.created = start}; }

std::vector<DueStep> due_after(Urgency urgency, Duration later,
                               const ClockState& state = running()) {
    return due_steps(default_clocks().referral, urgency, state, start + later);
}

}  // namespace

TEST_CASE("a referral's clocks remind at half, alert at the limit, and call at twice the limit") {
    CHECK(due_after(Urgency::u0, minutes(1) - Duration(1)).empty());
    const auto half = due_after(Urgency::u0, minutes(1));
    REQUIRE(half.size() == 1);
    CHECK(half[0] ==
          DueStep{Milestone::stored, Step::half, StepAction::remind, start + minutes(1)});
    const auto full = due_after(Urgency::u0, minutes(2));
    REQUIRE(full.size() == 2);
    CHECK(full[1].action == StepAction::alert_supervisor_and_fallback);
    const auto twice = due_after(Urgency::u0, minutes(4));
    REQUIRE(twice.size() == 3);
    CHECK(twice[2].action == StepAction::call_list);
}

TEST_CASE("every limit of the design stands to the millisecond, for every urgency") {
    struct Row {
        Urgency urgency;
        Duration stored, seen, accepted;
    };
    const std::array rows{Row{Urgency::u0, minutes(2), minutes(15), minutes(30)},
                          Row{Urgency::u1, minutes(15), hours(4), hours(8)},
                          Row{Urgency::u2, hours(12), hours(24), hours(72)},
                          Row{Urgency::u3, hours(24), hours(48), hours(14 * 24)}};
    for (const Row& row : rows) {
        const std::array limits{row.stored, row.seen, row.accepted};
        for (std::size_t i = 0; i < limits.size(); ++i) {
            const DueStep alert{static_cast<Milestone>(i), Step::full,
                                StepAction::alert_supervisor_and_fallback, start + limits[i]};
            const auto before = due_after(row.urgency, limits[i] - Duration(1));
            const auto after = due_after(row.urgency, limits[i]);
            CHECK(std::ranges::find(before, alert) == before.end());
            CHECK(std::ranges::find(after, alert) != after.end());
        }
    }
    CHECK(due_after(Urgency::u4, hours(24 * 365)).empty());
    CHECK(due_after(Urgency::none, hours(24 * 365)).empty());
}

TEST_CASE("each step is done once, also after a restart") {
    auto state = running();
    const auto table = default_clocks().referral;
    int done = 0;
    // A restart keeps nothing but steps_done; the clock jumps over several steps at once.
    for (Duration later{}; later <= minutes(63); later += minutes(7))
        for (const auto& step : due_steps(table, Urgency::u0, state, start + later)) {
            state.steps_done = with_step(state.steps_done, step);
            ++done;
        }
    CHECK(done == 9);
    CHECK_FALSE(next_due(table, Urgency::u0, state));
}

TEST_CASE("a milestone that is reached stops its own steps and no others") {
    auto state = running();
    state.reached = {true, false, false};
    const auto due = due_after(Urgency::u0, hours(2), state);
    REQUIRE(due.size() == 6);
    for (const auto& step : due) CHECK(step.milestone != Milestone::stored);
    state.reached = {true, true, true};
    CHECK(due_after(Urgency::u0, hours(2), state).empty());
}

TEST_CASE("time spent waiting for the asker's information does not count towards the decision") {
    auto state = running();
    state.reached = {true, true, false};
    state.paused = minutes(10);
    CHECK(due_after(Urgency::u0, minutes(24), state).empty());
    CHECK(due_after(Urgency::u0, minutes(25), state).size() == 1);
    state.is_paused = true;
    CHECK(due_after(Urgency::u0, hours(24), state).empty());
    CHECK_FALSE(next_due(default_clocks().referral, Urgency::u0, state));
}

TEST_CASE("the next step is known in advance, and is due exactly then") {
    auto state = running();
    const auto table = default_clocks().referral;
    int steps = 0;
    while (const auto next = next_due(table, Urgency::u1, state)) {
        CHECK(due_steps(table, Urgency::u1, state, *next - Duration(1)).empty());
        const auto due = due_steps(table, Urgency::u1, state, *next);
        REQUIRE_FALSE(due.empty());
        for (const auto& step : due) state.steps_done = with_step(state.steps_done, step);
        steps += static_cast<int>(due.size());
    }
    CHECK(steps == 9);
}

TEST_CASE("a referral's own events reach its milestones") {
    std::vector<ReferralEvent> asker{{ReferralEventKind::request, 0, start}}, asked;
    const auto clock = [&](Stored stored, Time now) {
        return clock_of(fold(asker, asked, stored, Handover::help), stored, 0, now);
    };
    CHECK(clock(Stored::not_yet, start).reached == std::array{false, false, false});
    CHECK(clock(Stored::yes, start).reached == std::array{true, false, false});
    asked.push_back({ReferralEventKind::review, 1, start + minutes(1)});
    CHECK(clock(Stored::yes, start).reached == std::array{true, true, false});
    asked.push_back({ReferralEventKind::ask, 1, start + minutes(2)});
    CHECK(clock(Stored::yes, start + minutes(5)).is_paused);
    CHECK(clock(Stored::yes, start + minutes(5)).paused == minutes(3));
    asker.push_back({ReferralEventKind::information, 2, start + minutes(9)});
    CHECK_FALSE(clock(Stored::yes, start + minutes(30)).is_paused);
    CHECK(clock(Stored::yes, start + minutes(30)).paused == minutes(7));
    asked.push_back({ReferralEventKind::accept, 2, start + minutes(31)});
    CHECK(clock(Stored::yes, start + minutes(40)).reached == std::array{true, true, true});
}

TEST_CASE("a referral that is being taken back has no running clock") {
    const std::vector<ReferralEvent> asker{{ReferralEventKind::request, 0, start},
                                           {ReferralEventKind::withdraw, 0, start}};
    const auto view = fold(asker, {}, Stored::not_yet, Handover::help);
    CHECK(clock_of(view, Stored::not_yet, 0, start).reached == std::array{true, true, true});
}

TEST_CASE("a completed referral is closed unconfirmed after confirm_within") {
    const std::vector<ReferralEvent> asker{{ReferralEventKind::request, 0, start}};
    const std::vector<ReferralEvent> asked{{ReferralEventKind::accept, 1, start},
                                           {ReferralEventKind::complete, 1, start + hours(5)}};
    const auto view = fold(asker, asked, Stored::yes, Handover::help);
    CHECK(unconfirmed_at(view, default_clocks()) == start + hours(5) + hours(30 * 24));
    CHECK_FALSE(unconfirmed_at(fold(asker, {}, Stored::yes, Handover::help), default_clocks()));
}

TEST_CASE(
    "a referral on hold goes to the supervisor after hold_at_most, counted from the last hold") {
    const std::vector<ReferralEvent> asker{{ReferralEventKind::request, 0, start},
                                           {ReferralEventKind::information, 0, start + hours(1)}};
    std::vector<ReferralEvent> asked{{ReferralEventKind::accept, 1, start},
                                     {ReferralEventKind::start, 1, start},
                                     {ReferralEventKind::hold, 1, start + hours(1)},
                                     {ReferralEventKind::note, 2, start + hours(2)}};
    const auto over = [&] {
        return hold_over_at(fold(asker, asked, Stored::yes, Handover::help), default_clocks());
    };
    CHECK(over() == start + hours(1) + hours(14 * 24));
    asked.push_back({ReferralEventKind::resume, 2, start + hours(3)});
    CHECK_FALSE(over());
    asked.push_back({ReferralEventKind::hold, 2, start + hours(4)});
    CHECK(over() == start + hours(4) + hours(14 * 24));
}

TEST_CASE("times that a peer invents cannot overflow a clock") {
    const Time far{std::numeric_limits<std::int64_t>::max()};
    const Time before{std::numeric_limits<std::int64_t>::min()};
    for (const Time at : {far, before}) {
        const std::vector<ReferralEvent> asker{{ReferralEventKind::request, 0, before}};
        const std::vector<ReferralEvent> asked{{ReferralEventKind::ask, 1, at},
                                               {ReferralEventKind::accept, 1, far}};
        const auto view = fold(asker, asked, Stored::yes, Handover::help);
        CHECK(view.paused >= Duration{});
        CHECK(view.requested_at == Time{0});
        const auto clock = clock_of(view, Stored::yes, 0, start);
        CHECK(due_steps(default_clocks().referral, Urgency::u0, clock, start).empty());
    }
}

TEST_CASE("an escalation's clock runs from its raising to the partner's acknowledgement and work") {
    Escalation escalation;
    REQUIRE(apply(escalation, EscalationActor::staff, EscalationEventKind::raised, start));
    const auto table = default_clocks().escalation;
    CHECK(next_due(table, Urgency::u1, clock_of(escalation)) == start + std::chrono::seconds(450));
    REQUIRE(apply(escalation, EscalationActor::node, EscalationEventKind::queued, start));
    REQUIRE(apply(escalation, EscalationActor::node, EscalationEventKind::failed, start));
    CHECK(clock_of(escalation).reached == std::array{false, false, false});
    REQUIRE(apply(escalation, EscalationActor::node, EscalationEventKind::sent, start));
    CHECK(next_due(table, Urgency::u1, clock_of(escalation)) == start + minutes(30));
    REQUIRE(apply(escalation, EscalationActor::partner, EscalationEventKind::acknowledged, start));
    CHECK(next_due(table, Urgency::u1, clock_of(escalation)) == start + hours(12));
    REQUIRE(apply(escalation, EscalationActor::partner, EscalationEventKind::in_progress, start));
    CHECK_FALSE(next_due(table, Urgency::u1, clock_of(escalation)));
}

TEST_CASE("clocks that cannot be kept are refused when they are configured") {
    CHECK(check_clocks(default_clocks()));
    auto falling = default_clocks();
    falling.referral.limits[1][1] = minutes(10);  // seen before stored
    CHECK(check_clocks(falling).error().fault == Fault::invalid);
    auto negative = default_clocks();
    negative.escalation.limits[0][0] = -minutes(1);
    CHECK(check_clocks(negative).error().detail == "clocks: escalation");
    auto reversed = default_clocks();
    reversed.referral.limits[0] =
        reversed.referral.limits[3];  // imminent danger slower than urgent
    CHECK_FALSE(check_clocks(reversed));
    auto missing = default_clocks();
    missing.referral.limits[0] = {};  // imminent danger without a limit
    CHECK_FALSE(check_clocks(missing));
    auto never = default_clocks();
    never.confirm_within = {};
    CHECK_FALSE(check_clocks(never));
}

}  // namespace sanad::casework
