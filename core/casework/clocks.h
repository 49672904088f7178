#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/casework/referral.h"
#include "core/casework/urgency.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace sanad::casework {

/// What must have happened, and how long after the beginning. For a referral: the peer's node has
/// stored it, a person there has seen it, it was decided. For an escalation: the partner's system
/// has taken it, a person there acknowledged it, work on it has begun.
enum class Milestone : std::uint8_t { stored, seen, accepted };
inline constexpr std::size_t milestone_count = 3;

/// Limits for one urgency; zero: no limit.
using Limits = std::array<Duration, milestone_count>;

/// The `[referral.Ux]` and `[escalation.Ux]` tables of config/clocks.toml, by urgency u0..u4.
struct ClockTable {
    std::array<Limits, 5> limits{};
};

struct Clocks {
    ClockTable referral, escalation;
    Duration confirm_within = std::chrono::days(30);  // completed, then closed_unconfirmed
    Duration hold_at_most = std::chrono::days(14);
};

/// The values of config/clocks.toml, for programs without the file; a test holds the two
/// together.
Clocks default_clocks();

/// errors  invalid: a negative time, or milestones that do not rise, or a more urgent level that
///         is slower
Result<void> check_clocks(const Clocks& clocks);

/// At 50 %, 100 % and 200 % of a limit (FEDERATION section 5).
enum class Step : std::uint8_t { half, full, twice };
enum class StepAction : std::uint8_t { remind, alert_supervisor_and_fallback, call_list };

struct DueStep {
    Milestone milestone{};
    Step step{};
    StepAction action{};
    Time due;
    bool operator==(const DueStep&) const = default;
};

/// What a clock has to know. `steps_done` holds one bit a step, so that each is done once, across
/// restarts; a milestone that is reached stops its steps.
struct ClockState {
    Time created;
    std::array<bool, milestone_count> reached{};
    Duration paused{};  // time that does not count towards `accepted`
    bool is_paused = false;
    std::uint32_t steps_done = 0;
};

/// The steps due at `now` and not done, in the order of their due times.
///
/// table    limits of referrals or of escalations
/// urgency  none: nothing is ever due
/// threads  any
std::vector<DueStep> due_steps(const ClockTable& table, Urgency urgency, const ClockState& state,
                               Time now);

/// When the next step will be due if nothing else happens; none: never.
std::optional<Time> next_due(const ClockTable& table, Urgency urgency, const ClockState& state);

/// `steps_done` with this step.
std::uint32_t with_step(std::uint32_t steps_done, const DueStep& step);

/// The clock of a referral that was asked: reached milestones and pauses from its view. `stored`
/// is known to the asker's node alone, from the receipt.
ClockState clock_of(const ReferralView& view, Stored stored, std::uint32_t steps_done, Time now);

/// When the asker's node closes a completed referral unconfirmed; none: not waiting for that.
std::optional<Time> unconfirmed_at(const ReferralView& view, const Clocks& clocks);

/// When a referral on hold goes to the supervisor; none: not on hold.
std::optional<Time> hold_over_at(const ReferralView& view, const Clocks& clocks);

}  // namespace sanad::casework
