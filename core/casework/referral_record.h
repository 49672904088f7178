#pragma once

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/casework/referral.h"
#include "core/casework/urgency.h"

#include <string>
#include <vector>

namespace sanad::casework {

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
    bool operator==(const ReferralRecord&) const = default;
};

/// Folds what the record holds; with nothing sent, the state is the record's own (the
/// preparation's).
ReferralView view_of(const ReferralRecord& record);

/// What appending an event did.
enum class Appended : std::uint8_t {
    applied,   // the event stands, and has its effect
    refused,   // it stands in its list and has none: the view says by which rule
    repeated,  // that index is there already with the same mark: nothing changed
};

/// Appends the event of `writer` at `index`, whoever is on this end, and renews `state`.
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
