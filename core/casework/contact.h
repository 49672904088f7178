#pragma once

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/casework/taxonomy.h"
#include "core/casework/urgency.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sanad::casework {

inline constexpr std::size_t message_text_bytes_max = 16'000;  // 4,000 characters of any script
inline constexpr std::size_t contact_events_max =
    20000;  // an endless conversation begins a new contact
inline constexpr std::size_t actor_bytes_max = 64;
inline constexpr std::size_t contact_joined_max = 4;  // beside the one who has it
inline constexpr std::size_t contact_marks_max = 16;

/// Same numbers as schema::ContactState.
enum class ContactState : std::uint8_t { none, waiting, open, ended };

/// Same numbers as schema::ContactEventKind.
enum class ContactEventKind : std::uint8_t {
    none,
    arrived,         // the person came: waiting
    opened,          // a counsellor took the conversation
    released,        // and gave it back to the queue
    child_message,   // waiting or open
    staff_message,   // open
    urgency,         // a level was set
    ended,           // reason: contact-end
    returned,        // the person came back with the return code: waiting again
    result,          // reason: contact-result, after the end
    linked_to_case,  // at any time
    joined,          // a supervisor writes beside the one who has it, until it is given on or ends
    noticed,         // the channel says something of it: reason contact-marks
};
std::string_view name(ContactState state);
std::string_view name(ContactEventKind kind);

struct ContactEvent {
    std::uint32_t index = 0;
    Time at;
    ContactEventKind kind = ContactEventKind::none;
    std::string actor;  // a member of staff, or the channel's plugin instance
    std::string text;   // the two messages only: an internal note is a CaseEvent, never this
    std::string reason;
    Urgency urgency = Urgency::none;
    std::array<std::uint8_t, 16> message_key{};  // chosen by the page, so that a repeat is known
    CaseId case_id;
    std::vector<std::string> marks;  // child_message, arrived, returned: contact-marks
    bool operator==(const ContactEvent&) const = default;
};

/// One conversation with one person through one channel, as the events made it.
struct Contact {
    ContactId id;
    std::string channel, instance;  // taxonomy `channel`; the plugin instance
    std::vector<std::string> languages, topics;
    std::string requester, age_band;
    Urgency urgency = Urgency::none;
    ContactState state = ContactState::none;
    Time created_at, waiting_since, updated_at;
    std::string opened_by, end_reason, result;
    std::vector<std::string> joined;  // who writes beside opened_by
    CaseId case_id;
    std::uint32_t events = 0;        // the next index
    std::vector<std::string> marks;  // what its channel said of it, each once
    bool set_aside = false;          // perhaps nobody in need: waits behind all others
    ContactId earlier;               // whose return code this person has; empty: none
    bool operator==(const Contact&) const = default;
};

/// The words around the conversation: channel, languages, topics, requester, age band.
///
/// errors   unsupported, bad_size, malformed; detail names the field
Result<void> check_details(const Contact& contact, const Taxonomies& taxonomies);

/// Whether `event` may happen to `contact` now, and is in order by itself.
///
/// errors   denied (detail: "not_in_this_state", "not_yours" when another counsellor has it),
///          conflict (who joins is there already), invalid, exhausted, unsupported (reason or level
///          in no list), and those of check_prose
/// threads  any
Result<void> check_event(const Contact& contact, const ContactEvent& event,
                         const Taxonomies& taxonomies);

/// Whether somebody of the staff may write to the person now: who has the contact, and who joined.
bool writes_in(const Contact& contact, std::string_view actor);

/// The contact after `event`; the caller has checked it. The index becomes contact.events.
Contact apply(Contact contact, const ContactEvent& event);

/// When a counsellor took the conversation for the first time, by its first events; none: nobody
/// has. What was opened and given back in the same moment was a message of the node's own.
std::optional<Time> picked_up_at(std::span<const ContactEvent> events);

/// All of `events`, each checked; for rebuilding and for tests.
/// errors   those of check_event
Result<Contact> fold(Contact contact, std::span<const ContactEvent> events,
                     const Taxonomies& taxonomies);

Bytes write_record(const Contact& contact);
Result<Contact> read_contact(ByteView bytes);
Bytes write_event(const ContactEvent& event);
Result<ContactEvent> read_contact_event(ByteView bytes);

}  // namespace sanad::casework
