#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/casework/referral_record.h"
#include "core/casework/urgency.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sanad::casework {

/// What must have happened, and how long after the beginning. For a referral: the peer's node has
/// stored it, a person there has seen it, it was decided. For an escalation: the partner's system
/// has taken it, a person there acknowledged it, work on it has begun. The last two run from
/// acceptance, and only for referrals: the first action was taken, the help was given.
enum class Milestone : std::uint8_t { stored, seen, accepted, begun, acted };
inline constexpr std::size_t milestone_count = 5;
/// Such as "accepted": as config/clocks.toml names it.
std::string_view name(Milestone milestone);

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
    Duration consent_check_within = std::chrono::hours(24);
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
/// Such as "half".
std::string_view name(Step step);

struct DueStep {
    Milestone milestone{};
    Step step{};
    StepAction action{};
    Time due;
    bool operator==(const DueStep&) const = default;
};

/// What a clock has to know. `steps_done` holds one bit a step, so that each is done once, across
/// restarts; a milestone that is reached stops its steps. All times by this node's own clock.
struct ClockState {
    Time created;
    std::array<bool, milestone_count> reached{};
    Duration paused{};  // time that does not count towards `accepted`
    bool is_paused = false;
    std::optional<Time> accepted_at{};  // `begun` and `acted` run from here; none: they do not run
    Duration held{};                    // time that does not count towards `acted`
    bool is_held = false;
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

/// One limit that still runs, for people.
struct Deadline {
    Milestone milestone{};
    Time due;                     // the whole of the limit
    std::optional<DueStep> next;  // none: every step of it was told
    std::vector<Step> told{};
    bool stands_still = false;  // paused: `due` moves on while it lasts
};

/// The limits that are neither reached nor without a clock, the earliest due first.
std::vector<Deadline> deadlines(const ClockTable& table, Urgency urgency, const ClockState& state);

// ------------------------------------------------------------------ of referrals

/// The clock of a referral that was asked, by what this node has heard and when: another node's
/// clock may be wrong. A referral whose time ran out keeps its limit for `accepted` at the asker
/// until another referral follows it (`record.next`), so that the last step is not lost with it.
ClockState clock_of(const ReferralRecord& record, Time now);

/// What a clock brings about beside its steps.
enum class ClockAct : std::uint8_t {
    expire,              // nobody decided in time: the asker asks for it back
    close_unconfirmed,   // the child's own word did not come: the asker closes it
    hold_over,           // on hold for too long: the supervisor is told
    consent_check_over,  // a consent waits for its second look for too long: the same
};

struct ClockWork {
    std::vector<DueStep> steps;
    std::vector<ClockAct> acts;
};

/// Everything that is due for a referral at `now` and was not done, each once.
/// threads  any
ClockWork clock_work(const Clocks& clocks, const ReferralRecord& record, Time now);

/// Remembers in the record that all of it was done, so that none is done again.
void mark_done(ReferralRecord& record, const ClockWork& work);

/// When clock_work() will next have something if nothing else happens; none: never.
std::optional<Time> next_look(const Clocks& clocks, const ReferralRecord& record, Time now);

/// When the asker's node closes a completed referral unconfirmed; none: not waiting for that.
std::optional<Time> unconfirmed_at(const ReferralRecord& record, const Clocks& clocks);

/// When a referral on hold goes to the supervisor; none: not on hold.
std::optional<Time> hold_over_at(const ReferralRecord& record, const Clocks& clocks);

/// When a consent that waits for its second look goes to the supervisor; none: it does not wait.
std::optional<Time> consent_check_over_at(const ReferralRecord& record, const Clocks& clocks);

}  // namespace sanad::casework
