#include "core/casework/clocks.h"

#include <algorithm>

namespace sanad::casework {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array<Step, 3> steps{Step::half, Step::full, Step::twice};
constexpr std::array<std::string_view, milestone_count> milestone_names{
    "stored", "seen", "accepted", "begun", "acted"};
constexpr std::array<std::string_view, 3> step_names{"half", "full", "twice"};

StepAction action_of(Step step) {
    switch (step) {
        case Step::half:
            return StepAction::remind;
        case Step::full:
            return StepAction::alert_supervisor_and_fallback;
        case Step::twice:
            break;
    }
    return StepAction::call_list;
}

Duration share(Duration limit, Step step) {
    switch (step) {
        case Step::half:
            return limit / 2;
        case Step::full:
            return limit;
        case Step::twice:
            break;
    }
    return limit * 2;
}

std::uint32_t bit_of(Milestone milestone, Step step) {
    return 1U << (static_cast<unsigned>(milestone) * steps.size() + static_cast<unsigned>(step));
}

struct Run {
    Time start;
    bool stands_still = false;
};

/// From when a milestone's limit counts; none: it has not begun to.
std::optional<Run> run_of(const ClockState& state, Milestone milestone) {
    switch (milestone) {
        case Milestone::stored:
        case Milestone::seen:
            return Run{state.created};
        case Milestone::accepted:
            return Run{state.created + state.paused, state.is_paused};
        case Milestone::begun:
            if (!state.accepted_at) return std::nullopt;
            return Run{*state.accepted_at};
        case Milestone::acted:
            if (!state.accepted_at) return std::nullopt;
            return Run{*state.accepted_at + state.held, state.is_held};
    }
    return std::nullopt;
}

/// Every step that is neither done nor stopped, in the order of its due time.
std::vector<DueStep> open_steps(const ClockTable& table, Urgency urgency, const ClockState& state) {
    std::vector<DueStep> open;
    for (const Deadline& deadline : deadlines(table, urgency, state)) {
        if (deadline.stands_still || !deadline.next) continue;
        const Duration limit = table.limits[static_cast<std::size_t>(urgency) - 1]
                                           [static_cast<std::size_t>(deadline.milestone)];
        for (const Step step : steps)
            if ((state.steps_done & bit_of(deadline.milestone, step)) == 0)
                open.push_back({deadline.milestone, step, action_of(step),
                                deadline.due - limit + share(limit, step)});
    }
    std::ranges::stable_sort(open, {}, &DueStep::due);
    return open;
}

bool is_sound(const ClockTable& table) {
    for (std::size_t level = 0; level < table.limits.size(); ++level) {
        Duration before{};
        for (std::size_t i = 0; i < milestone_count; ++i) {
            // `begun` counts from acceptance: a new beginning.
            if (static_cast<Milestone>(i) == Milestone::begun) before = {};
            const Duration limit = table.limits[level][i];
            if (limit < Duration{}) return false;
            if (limit == Duration{}) continue;
            if (limit < before) return false;
            before = limit;
            // No limit at a more urgent level is the slowest of all.
            if (level > 0 &&
                (table.limits[level - 1][i] == Duration{} || table.limits[level - 1][i] > limit))
                return false;
        }
    }
    return true;
}

bool is_working(ReferralState state) {
    return state == ReferralState::accepted || state == ReferralState::in_progress ||
           state == ReferralState::on_hold;
}

Stored stored_of(const ReferralRecord& record) {
    const bool stored = record.side == Side::asked || record.stored_at.ms != 0;
    return stored ? Stored::yes : Stored::not_yet;
}

/// Nobody there decided in time, and no other referral has followed yet.
bool waits_for_next(const ReferralRecord& record, const ReferralView& view) {
    if (record.side != Side::asker || !record.next.empty() || is_working(view.underlying))
        return false;
    return view.taken_back_by == ReferralEventKind::expire &&
           (view.withdraw_pending || view.state == ReferralState::expired);
}

void keep_earlier(std::optional<Time>& earliest, std::optional<Time> other) {
    if (other && (!earliest || *other < *earliest)) earliest = other;
}

}  // namespace

std::string_view name(Milestone milestone) {
    const auto place = static_cast<std::size_t>(milestone);
    return place < milestone_names.size() ? milestone_names[place] : std::string_view{};
}

std::string_view name(Step step) {
    const auto place = static_cast<std::size_t>(step);
    return place < step_names.size() ? step_names[place] : std::string_view{};
}

Clocks default_clocks() {
    Clocks clocks;
    clocks.referral.limits = {Limits{minutes(2), minutes(15), minutes(30), minutes(15), hours(1)},
                              Limits{minutes(15), hours(4), hours(8), hours(4), hours(24)},
                              Limits{hours(12), hours(24), hours(72), hours(24), hours(72)},
                              Limits{hours(24), days(2), days(14), days(2), days(14)}, Limits{}};
    clocks.escalation.limits = {
        Limits{minutes(2), minutes(5), minutes(30)}, Limits{minutes(15), hours(1), hours(24)},
        Limits{hours(4), hours(8), hours(72)}, Limits{hours(24), days(2), days(14)}, Limits{}};
    return clocks;
}

Result<void> check_clocks(const Clocks& clocks) {
    if (!is_sound(clocks.referral)) return fail(Fault::invalid, "clocks: referral");
    if (!is_sound(clocks.escalation)) return fail(Fault::invalid, "clocks: escalation");
    if (clocks.confirm_within <= Duration{} || clocks.hold_at_most <= Duration{} ||
        clocks.consent_check_within <= Duration{})
        return fail(Fault::invalid, "clocks: afterwards");
    return {};
}

std::vector<DueStep> due_steps(const ClockTable& table, Urgency urgency, const ClockState& state,
                               Time now) {
    auto due = open_steps(table, urgency, state);
    std::erase_if(due, [&](const DueStep& step) { return step.due > now; });
    return due;
}

std::optional<Time> next_due(const ClockTable& table, Urgency urgency, const ClockState& state) {
    const auto open = open_steps(table, urgency, state);
    if (open.empty()) return std::nullopt;
    return open.front().due;
}

std::uint32_t with_step(std::uint32_t steps_done, const DueStep& step) {
    return steps_done | bit_of(step.milestone, step.step);
}

std::vector<Deadline> deadlines(const ClockTable& table, Urgency urgency, const ClockState& state) {
    std::vector<Deadline> running;
    if (urgency == Urgency::none || urgency > Urgency::u4) return running;
    const Limits& limits = table.limits[static_cast<std::size_t>(urgency) - 1];
    for (std::size_t i = 0; i < milestone_count; ++i) {
        const auto milestone = static_cast<Milestone>(i);
        const auto run = run_of(state, milestone);
        if (limits[i] == Duration{} || state.reached[i] || !run) continue;
        Deadline deadline{.milestone = milestone,
                          .due = run->start + limits[i],
                          .next = {},
                          .stands_still = run->stands_still};
        for (const Step step : steps) {
            if ((state.steps_done & bit_of(milestone, step)) != 0)
                deadline.told.push_back(step);
            else if (!deadline.next)
                deadline.next = {milestone, step, action_of(step),
                                 run->start + share(limits[i], step)};
        }
        running.push_back(std::move(deadline));
    }
    std::ranges::stable_sort(running, {}, &Deadline::due);
    return running;
}

ClockState clock_of(const ReferralRecord& record, Time now) {
    const auto view = view_of(record);
    const HeardTimes& heard = record.heard;
    ClockState state;
    state.created = heard.requested;
    const bool over = !view.requested_at || view.withdraw_pending || is_ended(view.state);
    const bool decided = (over && !waits_for_next(record, view)) || view.accepted_at.has_value();
    const bool seen = over || decided || view.seen_at.has_value();
    const bool works = !over && is_working(view.underlying);
    state.reached = {over || stored_of(record) == Stored::yes || seen, seen, decided,
                     over || view.underlying != ReferralState::accepted, over || !works};
    state.paused = heard.paused;
    state.is_paused = heard.paused_since.ms != 0 && !over;
    if (state.is_paused) state.paused += std::max(Duration{}, now - heard.paused_since);
    if (works) state.accepted_at = heard.accepted;
    state.held = heard.held;
    state.is_held = heard.held_since.ms != 0;
    if (state.is_held) state.held += std::max(Duration{}, now - heard.held_since);
    state.steps_done = record.steps_done;
    return state;
}

ClockWork clock_work(const Clocks& clocks, const ReferralRecord& record, Time now) {
    ClockWork work;
    const auto view = view_of(record);
    work.steps = due_steps(clocks.referral, record.urgency, clock_of(record, now), now);
    for (const DueStep& step : work.steps) {
        const bool runs_out = step.milestone == Milestone::accepted && step.step == Step::full;
        if (runs_out && record.side == Side::asker &&
            check_next(view, Side::asker, ReferralEventKind::expire))
            work.acts.push_back(ClockAct::expire);
    }
    const auto add = [&](std::optional<Time> at, bool told, ClockAct act) {
        if (at && *at <= now && !told) work.acts.push_back(act);
    };
    add(hold_over_at(record, clocks), record.heard.hold_over_told, ClockAct::hold_over);
    add(consent_check_over_at(record, clocks), record.heard.consent_check_over_told,
        ClockAct::consent_check_over);
    add(unconfirmed_at(record, clocks), false, ClockAct::close_unconfirmed);
    return work;
}

void mark_done(ReferralRecord& record, const ClockWork& work) {
    for (const DueStep& step : work.steps) record.steps_done = with_step(record.steps_done, step);
    for (const ClockAct act : work.acts) {
        if (act == ClockAct::hold_over) record.heard.hold_over_told = true;
        if (act == ClockAct::consent_check_over) record.heard.consent_check_over_told = true;
    }
}

std::optional<Time> next_look(const Clocks& clocks, const ReferralRecord& record, Time now) {
    auto next = next_due(clocks.referral, record.urgency, clock_of(record, now));
    if (!record.heard.hold_over_told) keep_earlier(next, hold_over_at(record, clocks));
    if (!record.heard.consent_check_over_told)
        keep_earlier(next, consent_check_over_at(record, clocks));
    keep_earlier(next, unconfirmed_at(record, clocks));
    return next;
}

std::optional<Time> unconfirmed_at(const ReferralRecord& record, const Clocks& clocks) {
    if (record.side != Side::asker || record.heard.ended.ms == 0 ||
        view_of(record).state != ReferralState::completed)
        return std::nullopt;
    return record.heard.ended + clocks.confirm_within;
}

std::optional<Time> hold_over_at(const ReferralRecord& record, const Clocks& clocks) {
    if (record.heard.held_since.ms == 0) return std::nullopt;
    return record.heard.held_since + clocks.hold_at_most;
}

std::optional<Time> consent_check_over_at(const ReferralRecord& record, const Clocks& clocks) {
    if (!record.asker.empty() || record.state != ReferralState::consent_check) return std::nullopt;
    return record.updated_at + clocks.consent_check_within;
}

}  // namespace sanad::casework
