#pragma once

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/casework/referral.h"
#include "core/casework/urgency.h"

#include <string>
#include <vector>

namespace sanad::casework {

/// When this node learnt of what the clocks of a referral need, by its own clock: another node's
/// may be wrong, or set to deceive. Zero: not yet, or not now.
struct HeardTimes {
    Time requested, accepted, ended;
    Time paused_since, held_since;
    Duration paused{}, held{};    // in all, before that
    bool hold_over_told = false;  // for the present hold
    bool consent_check_over_told = false;
    bool operator==(const HeardTimes&) const = default;
};

/// Brings times that lie in the future back to `now`: this machine's clock was set back, and a
/// limit may not stand still until the clock is there again. returns  whether anything changed
bool set_back(HeardTimes& times, Time now);

/// A referral as one side keeps it. The events are marks; their full bytes are kept beside it.
struct ReferralRecord {
    ReferralId id;
    NodeId peer;
    Side side = Side::none;       // ours
    CaseId case_id;               // at the asked side: empty until a case of its own is opened
    ConsentId consent_id;         // asker's side only
    std::string case_code, kind;  // as in the request
    Urgency urgency = Urgency::none;
    std::vector<ReferralEvent> asker, asked;
    Time stored_at;  // 0: the asked side's receipt for the request is not here
    ReferralState state = ReferralState::draft;  // before `request`: prepare()'s; after: the fold's
    std::uint32_t steps_done = 0;                // clocks.h
    Time created_at, updated_at;
    HeardTimes heard;
    ReferralId next, previous;  // asker's side: what follows this one, what it follows
    Time timer_at;              // the timer that is set for it; 0: none
    bool operator==(const ReferralRecord&) const = default;
};

/// Folds what the record holds; with nothing sent, the state is the record's own (the
/// preparation's), and after end_erased() it is `erased`.
ReferralView view_of(const ReferralRecord& record);

/// The other side has certified that it destroyed what it held. What it said last may have reached
/// us as hashes alone, so the fold would wait for it for ever: from here on the state is `erased`,
/// no clock runs, and the asker alone is responsible, whatever else is appended.
void end_erased(ReferralRecord& record, Time now);

/// What appending an event did.
enum class Appended : std::uint8_t {
    applied,   // the event stands, and has its effect
    refused,   // it stands in its list and has none: the view says by which rule
    repeated,  // that index is there already with the same mark: nothing changed
};

/// Appends the event of `writer` at `index`, whoever is on this end, and renews `state` and what
/// was heard when.
///
/// The marks compared for a repeat hold no text: who needs that compares the bytes kept beside
/// them.
///
/// errors   conflict (another event stands at that index), exhausted, invalid: "gap" before it,
///          or an "impossible_count" (it claims to be based on events that are not there, or
///          forgets some)
Result<Appended> append_event(ReferralRecord& record, Side writer, std::uint32_t index,
                              const ReferralEvent& event, Time now);

/// Appends an event of our own side, which its peer had stored before: it may be based on events of
/// the other side that are not here yet, and has no effect before they are.
///
/// errors   conflict, exhausted, invalid: "gap"
Result<Appended> restore_event(ReferralRecord& record, std::uint32_t index,
                               const ReferralEvent& event, Time now);

Bytes write_record(const ReferralRecord& record);
/// errors   malformed, bad_size, unsupported
Result<ReferralRecord> read_referral_record(ByteView bytes);

}  // namespace sanad::casework
