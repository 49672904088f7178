#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Whom to ring for somebody who waits on the telephone.
namespace sanad::casework {

struct CallRules {
    Duration ring = std::chrono::seconds(45);         // a place is kept for so long
    Duration passed_over = std::chrono::seconds(60);  // who did not answer is not rung again before
    std::uint32_t missed_max = 2;                     // in a row: then they are paused
    Duration wrap_up = std::chrono::minutes(5);  // after a call, unless its contact ends before
    Duration any_language =
        std::chrono::seconds(60);  // after so long of waiting any language will do
};

/// A call of a member of staff, or one that rings at theirs.
struct PhoneCall {
    ContactId contact;
    std::string device;
    Time since;
    Time over_at;              // hung up, and to be wrapped up; the beginning of time: it goes on
    bool handed_over = false;  // of ringing: a colleague wants to hand the call over
    bool operator==(const PhoneCall&) const = default;
};

/// A member of staff with a telephone. Who has said nothing yet takes no calls.
struct PhoneAgent {
    std::string name;
    bool ready = false;
    std::string reason;  // phone-pause
    Time since;          // of ready, or of the pause
    std::uint32_t missed_in_row = 0;
    ContactId passed_over;  // for whom they were rung last, and did not answer
    Time passed_over_at;
    Time idle_since;
    std::optional<PhoneCall> ringing, talking;
    bool operator==(const PhoneAgent&) const = default;
};

enum class PhoneState : std::uint8_t { ready, ringing, talking, after_call, paused };
/// "ready", ..., "after_call", "paused"
std::string_view name(PhoneState state);
/// What they do at `now`: a ring that was never told the end of, and a wrap-up, end by themselves.
PhoneState state_of(const PhoneAgent& agent, const CallRules& rules, Time now);
/// When that state began; the beginning of time: not known.
Time since(const PhoneAgent& agent, PhoneState state);

/// Whether one of the two lists' languages is the same, whatever its script; the spoken kinds of
/// Arabic count as one. A list with nothing in it speaks all.
bool shares_language(std::span<const std::string> staff, std::span<const std::string> caller);

/// Takes part in what follows: somebody on the line, in the order of the queue.
struct LineCaller {
    ContactId contact;
    std::vector<std::string> languages;
    Duration waited{};
};
struct PhoneCandidate {
    PhoneAgent agent;
    std::vector<std::string> languages;
    std::string device;  // that can be rung
};
using MayOpen = std::function<bool(const LineCaller&, const PhoneCandidate&)>;

/// Which of `candidates` is to be rung for `wanted`: each caller in turn, whoever is next in the
/// queue first, gets the one who fits and has been idle longest, and nobody is given twice. So
/// whoever waits behind is rung for only when those before them have somebody, or nobody fits them.
///
/// may_open  what else speaks against a pair, such as a day's exposure
/// returns   its place in `candidates`; nothing: nobody now
/// threads   any
std::optional<std::size_t> whom_to_ring(std::span<const LineCaller> in_order,
                                        const ContactId& wanted,
                                        std::span<const PhoneCandidate> candidates,
                                        const MayOpen& may_open, const CallRules& rules, Time now);

/// What becomes of an agent. Each returns them as they are then.
PhoneAgent rung(PhoneAgent agent, PhoneCall call);
PhoneAgent answered(PhoneAgent agent, PhoneCall call);
/// They did not answer for that contact. `missed`: it rang to its end; missed_max in a row pause.
PhoneAgent passed_over(PhoneAgent agent, const ContactId& contact, bool missed,
                       const CallRules& rules, Time now);
/// They, or the other side, hung up: what is left is to wrap it up.
PhoneAgent hung_up(PhoneAgent agent, Time now);
/// Nothing is left of the contact: they are idle.
PhoneAgent wrapped_up(PhoneAgent agent, Time now);
PhoneAgent made_ready(PhoneAgent agent, Time now);
PhoneAgent paused(PhoneAgent agent, std::string reason, Time now);

Bytes write_record(const PhoneAgent& agent);
Result<PhoneAgent> read_phone_agent(ByteView bytes);

}  // namespace sanad::casework
