#pragma once

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/casework/contact.h"
#include "core/casework/taxonomy.h"
#include "core/casework/urgency.h"

#include <string>
#include <vector>

namespace sanad::casework {

inline constexpr std::size_t note_bytes_max = 16 << 10;
inline constexpr std::size_t case_events_max = 20000;
inline constexpr std::size_t case_links_max =
    500;  // contacts, consents, referrals, escalations: each
inline constexpr std::size_t case_code_bytes_max = 40;
inline constexpr std::size_t case_colleagues_max = 20;

/// Same numbers as schema::CaseStatus.
enum class CaseStatus : std::uint8_t {
    none,
    open,
    in_progress,
    waiting_child,
    waiting_partner,
    supervisor_review,
    closed,
    reopened,
};

/// Same numbers as schema::CaseEventKind.
enum class CaseEventKind : std::uint8_t {
    none,
    opened,
    status,
    urgency,
    note,
    assigned,
    contact_added,
    consent,
    referral,
    escalation,
    details,
    safety_plan,
    closed,
    reopened,
    action,
    shared,
    unshared,
};
/// The id in config/taxonomy/case-status.tsv.
std::string_view name(CaseStatus status);
std::string_view name(CaseEventKind kind);
/// errors  unsupported
Result<CaseStatus> case_status_from(std::string_view id);

struct CaseEvent {
    std::uint32_t index = 0;
    Time at;
    CaseEventKind kind = CaseEventKind::none;
    std::string actor;
    std::string
        text;  // note, safety_plan: internal, for staff only; assigned, shared, unshared: who
    std::string reason;  // closed: case-close; action: contact-action; urgency, reopened: in words
    CaseStatus status = CaseStatus::none;
    Urgency urgency = Urgency::none;
    std::array<std::uint8_t, 16> subject{};  // contact, consent, referral or escalation
    bool operator==(const CaseEvent&) const = default;
};

/// The helpline's file on one person's situation. (`Case` would be the word, but it is nearly
/// C++'s.)
struct CaseFile {
    CaseId id;
    std::string code;  // what people call it; says nothing about the child
    CaseStatus status = CaseStatus::none;
    Urgency urgency = Urgency::none;
    Time created_at, updated_at;
    std::string assigned_to;
    std::vector<std::string> shared_with;  // colleagues who may open it too
    std::vector<std::string> languages;
    std::string age_band, gender;
    std::vector<std::string> reasons;  // chi-reasons, the main one first
    std::vector<ContactId> contacts;
    std::vector<ConsentId> consents;
    std::vector<ReferralId> referrals;
    std::vector<EscalationId> escalations;
    bool has_safety_plan = false;
    std::string close_reason;
    std::uint32_t events = 0;
    bool operator==(const CaseFile&) const = default;
};

/// A new file about the person of `contact`: its languages, age band, urgency; the contact is its
/// first.
///
/// code     1..case_code_bytes_max bytes, one line
/// actor    who opens it
/// errors   bad_size, malformed, conflict (the contact belongs to a case already)
Result<CaseFile> open_case(const Contact& contact, CaseId id, std::string code,
                           std::string_view actor, Time now);

/// Whether `event` may happen to the case now, and is in order by itself. U0 and U1 close only
/// with a safety plan; a level is lowered only with a reason.
///
/// errors   denied (detail: "not_in_this_state", "safety_plan_missing", "reason_missing"),
///          invalid, exhausted, unsupported, and those of check_prose
/// threads  any
Result<void> check_event(const CaseFile& file, const CaseEvent& event,
                         const Taxonomies& taxonomies);

/// The case after `event`; the caller has checked it.
CaseFile apply(CaseFile file, const CaseEvent& event);

/// Whether the case is `who`'s work: they have it, or it is shared with them. One that nobody has
/// is everybody's.
bool works_on(const CaseFile& file, std::string_view who);

/// The details a counsellor fills in: reasons, age band, gender, languages.
/// errors   unsupported, bad_size, malformed; detail names the field
Result<void> check_details(const CaseFile& file, const Taxonomies& taxonomies);

Bytes write_record(const CaseFile& file);
Result<CaseFile> read_case(ByteView bytes);
Bytes write_event(const CaseEvent& event);
Result<CaseEvent> read_case_event(ByteView bytes);

}  // namespace sanad::casework
