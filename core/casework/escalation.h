#pragma once

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/casework/clocks.h"
#include "core/casework/taxonomy.h"
#include "core/casework/urgency.h"

#include <span>
#include <string>
#include <vector>

namespace sanad::casework {

inline constexpr std::size_t escalation_events_max = 500;
inline constexpr std::size_t escalation_summary_bytes_max = 16 << 10;

/// Same numbers as schema::EscalationState. The order is the order of knowledge: what is further
/// on is never undone by what is not.
enum class EscalationState : std::uint8_t {
    none,
    raised,
    queued,
    sent,
    failed,
    acknowledged,
    in_progress,
    completed,
    declined,
};

/// Same numbers as schema::EscalationEventKind.
enum class EscalationEventKind : std::uint8_t {
    none,
    raised,
    queued,
    sent,
    failed,
    retried,
    acknowledged,
    in_progress,
    completed,
    declined,
    note,
};
std::string_view name(EscalationState state);
std::string_view name(EscalationEventKind kind);
/// errors  unsupported
Result<EscalationEventKind> escalation_event_kind_from(std::string_view name);

enum class EscalationActor : std::uint8_t { staff, node, partner };

struct EscalationMark {
    EscalationEventKind kind = EscalationEventKind::none;
    Time at;
    bool operator==(const EscalationMark&) const = default;
};

struct Escalation {
    EscalationId id;
    CaseId case_id;
    ConsentId consent_id;
    std::string partner;  // the partner's id
    Urgency urgency = Urgency::none;
    EscalationState state = EscalationState::none;
    std::vector<EscalationMark> events;
    std::uint32_t steps_done = 0;  // clocks.h
    Time created_at, updated_at;
    Time clock_from;                // created_at, unless this machine's clock was set back since
    Time timer_at;                  // the timer that is set for it; 0: none
    std::string summary;            // what the partner is told, as it was cut and confirmed
    std::string partner_reference;  // the partner's own number for it
    bool operator==(const Escalation&) const = default;
};

enum class EscalationEffect : std::uint8_t {
    moved,  // a new state
    noted,  // recorded, the state stays
    known,  // late or repeated: what it says is known already; nothing needs recording
};

/// What an event by `actor` would do. A partner's status that comes late or twice never moves
/// anything back: it is `known`. An acknowledgement moves even what was thought failed.
///
/// errors   denied, detail "wrong_actor", "not_in_this_state" or "already_ended" (completed after
///          declined, or the reverse)
/// threads  any
Result<EscalationEffect> effect_of(const Escalation& escalation, EscalationActor actor,
                                   EscalationEventKind kind);

/// The escalation after an event that effect_of() allowed; `known` changes nothing.
/// errors   those of effect_of(), exhausted
Result<EscalationEffect> apply(Escalation& escalation, EscalationActor actor,
                               EscalationEventKind kind, Time now);

/// Whether the reason and text of such an event are in order.
/// errors   unsupported, invalid, bad_size, malformed; detail names the field
Result<void> check_event_text(EscalationEventKind kind, std::string_view reason,
                              std::string_view text, const Taxonomies& taxonomies);

/// Its clock for due_steps(clocks.escalation, ...): stored = sent, seen = acknowledged, accepted
/// = begun.
ClockState clock_of(const Escalation& escalation);

/// One event in full, for the timeline.
struct EscalationEvent {
    std::uint32_t index = 0;
    Time at;
    EscalationEventKind kind = EscalationEventKind::none;
    std::string actor, reason, text;
    bool operator==(const EscalationEvent&) const = default;
};

Bytes write_record(const Escalation& escalation);
Result<Escalation> read_escalation(ByteView bytes);
Bytes write_event(const EscalationEvent& event);
Result<EscalationEvent> read_escalation_event(ByteView bytes);

}  // namespace sanad::casework
