#include "core/casework/clocks.h"

#include <algorithm>

namespace sanad::casework {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array<Step, 3> steps{Step::half, Step::full, Step::twice};

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

/// Every step that is neither done nor stopped, in the order of its due time.
std::vector<DueStep> open_steps(const ClockTable& table, Urgency urgency, const ClockState& state) {
    std::vector<DueStep> open;
    if (urgency == Urgency::none || urgency > Urgency::u4) return open;
    const Limits& limits = table.limits[static_cast<std::size_t>(urgency) - 1];
    for (std::size_t i = 0; i < milestone_count; ++i) {
        const auto milestone = static_cast<Milestone>(i);
        const bool stands_still = milestone == Milestone::accepted && state.is_paused;
        if (limits[i] == Duration{} || state.reached[i] || stands_still) continue;
        const auto start =
            milestone == Milestone::accepted ? state.created + state.paused : state.created;
        for (const Step step : steps)
            if ((state.steps_done & bit_of(milestone, step)) == 0)
                open.push_back({milestone, step, action_of(step), start + share(limits[i], step)});
    }
    std::ranges::stable_sort(open, {}, &DueStep::due);
    return open;
}

bool is_sound(const ClockTable& table) {
    for (std::size_t level = 0; level < table.limits.size(); ++level) {
        Duration before{};
        for (std::size_t i = 0; i < milestone_count; ++i) {
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

}  // namespace

Clocks default_clocks() {
    Clocks clocks;
    clocks.referral.limits = {
        Limits{minutes(2), minutes(15), minutes(30)}, Limits{minutes(15), hours(4), hours(8)},
        Limits{hours(12), hours(24), hours(72)}, Limits{hours(24), days(2), days(14)}, Limits{}};
    clocks.escalation.limits = {
        Limits{minutes(2), minutes(5), minutes(30)}, Limits{minutes(15), hours(1), hours(24)},
        Limits{hours(4), hours(8), hours(72)}, Limits{hours(24), days(2), days(14)}, Limits{}};
    return clocks;
}

Result<void> check_clocks(const Clocks& clocks) {
    if (!is_sound(clocks.referral)) return fail(Fault::invalid, "clocks: referral");
    if (!is_sound(clocks.escalation)) return fail(Fault::invalid, "clocks: escalation");
    if (clocks.confirm_within <= Duration{} || clocks.hold_at_most <= Duration{})
        return fail(Fault::invalid, "clocks: confirm_within or hold_at_most");
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

ClockState clock_of(const ReferralView& view, Stored stored, std::uint32_t steps_done, Time now) {
    ClockState state;
    if (view.requested_at) state.created = *view.requested_at;
    const bool over = !view.requested_at || view.withdraw_pending || is_ended(view.state);
    const bool decided = over || view.accepted_at.has_value();
    const bool seen = decided || view.seen_at.has_value();
    state.reached = {over || stored == Stored::yes || seen, seen, decided};
    state.paused = view.paused;
    state.is_paused = view.paused_since.has_value();
    if (state.is_paused) state.paused += std::max(Duration{}, now - *view.paused_since);
    state.steps_done = steps_done;
    return state;
}

std::optional<Time> unconfirmed_at(const ReferralView& view, const Clocks& clocks) {
    if (view.state != ReferralState::completed || !view.ended_at) return std::nullopt;
    return *view.ended_at + clocks.confirm_within;
}

std::optional<Time> hold_over_at(const ReferralView& view, const Clocks& clocks) {
    if (!view.on_hold_since) return std::nullopt;
    return *view.on_hold_since + clocks.hold_at_most;
}

}  // namespace sanad::casework
