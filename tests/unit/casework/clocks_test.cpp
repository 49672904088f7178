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
    state.reached.fill(true);
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

namespace {

/// A referral at one side, whose events arrive when they are written.
struct Kept {
    ReferralRecord record;
    explicit Kept(Side side, Time at = start) {
        record.side = side;
        record.kind = "referral";
        record.urgency = Urgency::u0;
        record.created_at = at;
        if (side == Side::asked) record.stored_at = at;
        write(Side::asker, ReferralEventKind::request, at);
    }
    void write(Side writer, ReferralEventKind kind, Time here, std::optional<Time> theirs = {}) {
        const auto& own = writer == Side::asker ? record.asker : record.asked;
        const auto& others = writer == Side::asker ? record.asked : record.asker;
        const auto index = static_cast<std::uint32_t>(own.size());
        const auto seen = static_cast<std::uint32_t>(others.size());
        REQUIRE(append_event(record, writer, index, {kind, seen, theirs.value_or(here)}, here));
    }
    ClockState clock(Time now) const { return clock_of(record, now); }
    std::vector<ClockAct> acts(Time now) {
        const auto work = clock_work(default_clocks(), record, now);
        mark_done(record, work);
        return work.acts;
    }
};

using Reached = std::array<bool, milestone_count>;

}  // namespace

TEST_CASE("a referral's own events reach its milestones") {
    Kept kept(Side::asker);
    CHECK(kept.clock(start).reached == Reached{false, false, false, true, true});
    kept.record.stored_at = start;
    CHECK(kept.clock(start).reached == Reached{true, false, false, true, true});
    kept.write(Side::asked, ReferralEventKind::review, start + minutes(1));
    CHECK(kept.clock(start).reached == Reached{true, true, false, true, true});
    kept.write(Side::asked, ReferralEventKind::ask, start + minutes(2));
    CHECK(kept.clock(start + minutes(5)).is_paused);
    CHECK(kept.clock(start + minutes(5)).paused == minutes(3));
    kept.write(Side::asker, ReferralEventKind::information, start + minutes(9));
    CHECK_FALSE(kept.clock(start + minutes(30)).is_paused);
    CHECK(kept.clock(start + minutes(30)).paused == minutes(7));
    kept.write(Side::asked, ReferralEventKind::accept, start + minutes(31));
    CHECK(kept.clock(start + minutes(40)).reached == Reached{true, true, true, false, false});
    CHECK(kept.clock(start + minutes(40)).accepted_at == start + minutes(31));
    kept.write(Side::asked, ReferralEventKind::start, start + minutes(35));
    CHECK(kept.clock(start + minutes(40)).reached == Reached{true, true, true, true, false});
    kept.write(Side::asked, ReferralEventKind::hold, start + minutes(40));
    CHECK(kept.clock(start + minutes(50)).held == minutes(10));
    CHECK(kept.clock(start + minutes(50)).is_held);
    kept.write(Side::asked, ReferralEventKind::resume, start + minutes(60));
    CHECK(kept.clock(start + minutes(90)).held == minutes(20));
    kept.write(Side::asked, ReferralEventKind::complete, start + minutes(95));
    CHECK(kept.clock(start + minutes(99)).reached == Reached{true, true, true, true, true});
}

TEST_CASE("a referral that is being taken back has no running clock") {
    Kept kept(Side::asker);
    kept.write(Side::asker, ReferralEventKind::withdraw, start);
    CHECK(kept.clock(start).reached == Reached{true, true, true, true, true});
    CHECK_FALSE(next_look(default_clocks(), kept.record, start));
}

TEST_CASE("time that ran out is asked back once, and the call list still waits for its turn") {
    Kept kept(Side::asker);
    CHECK(kept.acts(start + minutes(30) - Duration(1)).empty());
    CHECK(kept.acts(start + minutes(30)) == std::vector{ClockAct::expire});
    CHECK(kept.acts(start + minutes(31)).empty());
    kept.write(Side::asker, ReferralEventKind::expire, start + minutes(31));
    CHECK(next_look(default_clocks(), kept.record, start + minutes(31)) == start + minutes(60));
    kept.record.next = ReferralId{{7}};
    CHECK_FALSE(next_look(default_clocks(), kept.record, start + minutes(31)));
    Kept theirs(Side::asked);
    CHECK(theirs.acts(start + minutes(30)).empty());
}

TEST_CASE("a completed referral is closed unconfirmed after confirm_within, by the asker alone") {
    for (const Side side : {Side::asker, Side::asked}) {
        Kept kept(side);
        kept.write(Side::asked, ReferralEventKind::accept, start);
        CHECK_FALSE(unconfirmed_at(kept.record, default_clocks()));
        kept.write(Side::asked, ReferralEventKind::complete, start + hours(5));
        const auto at = unconfirmed_at(kept.record, default_clocks());
        if (side == Side::asker)
            CHECK(at == start + hours(5) + hours(30 * 24));
        else
            CHECK_FALSE(at);
    }
}

TEST_CASE(
    "a referral on hold goes to the supervisor after hold_at_most, counted from the last hold") {
    Kept kept(Side::asked);
    kept.write(Side::asked, ReferralEventKind::accept, start);
    kept.write(Side::asked, ReferralEventKind::start, start);
    kept.write(Side::asked, ReferralEventKind::hold, start + hours(1));
    kept.write(Side::asked, ReferralEventKind::note, start + hours(2));
    CHECK(hold_over_at(kept.record, default_clocks()) == start + hours(1) + hours(14 * 24));
    CHECK(kept.acts(start + hours(15 * 24)) == std::vector{ClockAct::hold_over});
    CHECK(kept.acts(start + hours(16 * 24)).empty());
    kept.write(Side::asked, ReferralEventKind::resume, start + hours(17 * 24));
    CHECK_FALSE(hold_over_at(kept.record, default_clocks()));
    kept.write(Side::asked, ReferralEventKind::hold, start + hours(18 * 24));
    CHECK(hold_over_at(kept.record, default_clocks()) == start + hours(32 * 24));
    CHECK(kept.acts(start + hours(32 * 24)) == std::vector{ClockAct::hold_over});
}

TEST_CASE("a referral that the asked side erased has ended, whatever it said last") {
    using Kind = ReferralEventKind;
    const std::vector<std::pair<Side, ReferralEventKind>> histories[] = {
        {},
        {{Side::asker, Kind::withdraw}},
        {{Side::asker, Kind::expire}},
        {{Side::asked, Kind::ask}},
        {{Side::asked, Kind::accept}},
        {{Side::asked, Kind::accept}, {Side::asked, Kind::start}, {Side::asked, Kind::hold}},
        {{Side::asked, Kind::accept}, {Side::asker, Kind::withdraw}},
        {{Side::asked, Kind::accept}, {Side::asked, Kind::complete}},
        {{Side::asked, Kind::decline}}};
    for (const auto& history : histories) {
        Kept kept(Side::asker);
        for (const auto& [writer, kind] : history) kept.write(writer, kind, start + minutes(1));
        end_erased(kept.record, start + minutes(2));
        // Also when something is appended later, and after the record was written and read.
        kept.write(Side::asker, Kind::note, start + minutes(3));
        kept.record = read_referral_record(write_record(kept.record)).value();
        const auto view = view_of(kept.record);
        CHECK(view.state == ReferralState::erased);
        CHECK(kept.record.state == ReferralState::erased);
        CHECK((view.asker_responsible && !view.asked_responsible));
        CHECK_FALSE(view.withdraw_pending);
        for (const Duration later : {minutes(3), minutes(60 * 24 * 100)}) {
            CHECK_FALSE(next_look(default_clocks(), kept.record, start + later));
            CHECK(kept.acts(start + later).empty());
            CHECK(clock_work(default_clocks(), kept.record, start + later).steps.empty());
        }
        CHECK_FALSE(automatic_answer(view, Side::asker));
        CHECK_FALSE(check_next(view, Side::asker, Kind::withdraw));
    }
}

TEST_CASE("a consent that waits for its second look goes to the supervisor after a day, once") {
    ReferralRecord record;
    record.side = Side::asker;
    record.state = ReferralState::consent_check;
    record.updated_at = start;
    CHECK(clock_work(default_clocks(), record, start + hours(24) - Duration(1)).acts.empty());
    const auto work = clock_work(default_clocks(), record, start + hours(24));
    CHECK(work.acts == std::vector{ClockAct::consent_check_over});
    mark_done(record, work);
    CHECK(clock_work(default_clocks(), record, start + hours(25)).acts.empty());
    record.heard = {};
    record.state = ReferralState::draft;
    CHECK(clock_work(default_clocks(), record, start + hours(25)).acts.empty());
}

TEST_CASE("a clock that was set back brings every limit back with it, and keeps what was told") {
    Kept kept(Side::asker);
    const Time earlier = start - hours(72);
    CHECK_FALSE(set_back(kept.record.heard, start));
    CHECK(set_back(kept.record.heard, earlier));
    CHECK(next_look(default_clocks(), kept.record, earlier) == earlier + minutes(1));
    CHECK(read_referral_record(write_record(kept.record))->heard == kept.record.heard);
}

TEST_CASE("what the other node's clock says moves no limit here") {
    Kept kept(Side::asked);
    const Time lie = start + hours(24 * 365);
    kept.write(Side::asked, ReferralEventKind::accept, start + minutes(3), lie);
    CHECK(kept.clock(start + minutes(3)).accepted_at == start + minutes(3));
    Kept begun(Side::asked);
    begun.record.asker.front().at = lie;
    CHECK(begun.clock(start).created == start);
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
        Kept kept(Side::asked);
        kept.write(Side::asked, ReferralEventKind::ask, start, at);
        kept.write(Side::asked, ReferralEventKind::accept, start, far);
        CHECK(due_steps(default_clocks().referral, Urgency::u0, kept.clock(start), start).empty());
    }
}

TEST_CASE("an escalation's clock runs from its raising to the partner's acknowledgement and work") {
    Escalation escalation;
    REQUIRE(apply(escalation, EscalationActor::staff, EscalationEventKind::raised, start));
    const auto table = default_clocks().escalation;
    CHECK(next_due(table, Urgency::u1, clock_of(escalation)) == start + std::chrono::seconds(450));
    REQUIRE(apply(escalation, EscalationActor::node, EscalationEventKind::queued, start));
    REQUIRE(apply(escalation, EscalationActor::node, EscalationEventKind::failed, start));
    CHECK(clock_of(escalation).reached == std::array{false, false, false, false, false});
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
    auto late = default_clocks();
    late.referral.limits[1][4] = minutes(10);  // acted before begun
    CHECK_FALSE(check_clocks(late));
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
