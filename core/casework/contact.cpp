#include "core/casework/contact.h"

#include "core/base/text.h"
#include "core/casework/request.h"

#include <algorithm>

namespace sanad::casework {
namespace {

using Kind = ContactEventKind;
using State = ContactState;

struct Transition {
    State from;
    Kind kind;
    State to;
};

constexpr auto transitions = std::to_array<Transition>({
    {State::none, Kind::arrived, State::waiting},
    {State::waiting, Kind::opened, State::open},
    {State::waiting, Kind::child_message, State::waiting},
    {State::waiting, Kind::urgency, State::waiting},
    {State::waiting, Kind::ended, State::ended},
    {State::waiting, Kind::linked_to_case, State::waiting},
    {State::open, Kind::released, State::waiting},
    {State::open, Kind::child_message, State::open},
    {State::open, Kind::staff_message, State::open},
    {State::open, Kind::urgency, State::open},
    {State::open, Kind::ended, State::ended},
    {State::open, Kind::linked_to_case, State::open},
    {State::open, Kind::joined, State::open},
    {State::waiting, Kind::noticed, State::waiting},
    {State::open, Kind::noticed, State::open},
    {State::ended, Kind::noticed, State::ended},
    {State::ended, Kind::returned, State::waiting},
    {State::ended, Kind::result, State::ended},
    {State::ended, Kind::linked_to_case, State::ended},
});

const Transition* find(State from, Kind kind) {
    const auto row = std::ranges::find_if(transitions, [&](const Transition& each) {
        return each.from == from && each.kind == kind;
    });
    return row == transitions.end() ? nullptr : row;
}

Result<void> check_text(const ContactEvent& event) {
    const bool is_message = event.kind == Kind::child_message || event.kind == Kind::staff_message;
    if (is_message) return check_prose(event.text, message_text_bytes_max);
    if (!event.text.empty()) return fail(Fault::invalid, "text");
    return {};
}

Result<void> check_reason(const ContactEvent& event, const Taxonomies& taxonomies) {
    switch (event.kind) {
        case Kind::ended:
            if (!taxonomies.contains("contact-end", event.reason))
                return fail(Fault::unsupported, "reason");
            return {};
        case Kind::result:
            if (!taxonomies.contains("contact-result", event.reason))
                return fail(Fault::unsupported, "reason");
            return {};
        case Kind::noticed:
            if (!taxonomies.contains("contact-marks", event.reason))
                return fail(Fault::unsupported, "reason");
            return {};
        case Kind::urgency:
            if (event.reason.empty()) return {};
            return check_prose(event.reason, short_text_bytes_max);
        default:
            if (!event.reason.empty()) return fail(Fault::invalid, "reason");
            return {};
    }
}

Result<void> check_marks(const ContactEvent& event, const Taxonomies& taxonomies) {
    if (event.marks.empty()) return {};
    const bool has_them = event.kind == Kind::child_message || event.kind == Kind::arrived ||
                          event.kind == Kind::returned;
    if (!has_them) return fail(Fault::invalid, "marks");
    if (event.marks.size() > contact_marks_max) return fail(Fault::bad_size, "marks");
    const bool known = std::ranges::all_of(
        event.marks, [&](const auto& mark) { return taxonomies.contains("contact-marks", mark); });
    if (!known) return fail(Fault::unsupported, "marks");
    return {};
}

void add_mark(Contact& contact, const std::string& mark) {
    if (contact.marks.size() < contact_marks_max &&
        std::ranges::find(contact.marks, mark) == contact.marks.end())
        contact.marks.push_back(mark);
}

Result<void> check_level(const Contact& contact, const ContactEvent& event) {
    if (event.kind != Kind::urgency) return {};
    const bool is_machine = event.actor == "node" || event.actor == contact.instance;
    return check_urgency_change(contact.urgency, event.urgency,
                                is_machine ? Actor::machine : Actor::person, event.reason);
}

}  // namespace

std::string_view name(ContactState state) {
    switch (state) {
        case State::none:
            return {};
        case State::waiting:
            return "waiting";
        case State::open:
            return "open";
        case State::ended:
            return "ended";
    }
    return {};
}

std::string_view name(ContactEventKind kind) {
    constexpr std::array<std::string_view, 13> names{
        "",        "arrived", "opened",   "released", "child_message",  "staff_message",
        "urgency", "ended",   "returned", "result",   "linked_to_case", "joined",
        "noticed"};
    const auto place = static_cast<std::size_t>(kind);
    return place < names.size() ? names[place] : std::string_view{};
}

Result<void> check_details(const Contact& contact, const Taxonomies& taxonomies) {
    if (!taxonomies.contains("channel", contact.channel))
        return fail(Fault::unsupported, "channel");
    if (const auto checked = check_label(contact.instance, actor_bytes_max); !checked)
        return fail(checked.error().fault, "instance");
    if (contact.languages.size() > list_items_max) return fail(Fault::bad_size, "languages");
    if (!std::ranges::all_of(contact.languages, is_language_tag))
        return fail(Fault::malformed, "languages");
    if (contact.topics.size() > request_reasons_max) return fail(Fault::bad_size, "topics");
    for (const auto& topic : contact.topics)
        if (!taxonomies.contains("chi-reasons", topic) &&
            !taxonomies.contains("online-harm", topic))
            return fail(Fault::unsupported, "topics");
    if (!contact.requester.empty() && !taxonomies.contains("requester", contact.requester))
        return fail(Fault::unsupported, "requester");
    if (!contact.age_band.empty() && !taxonomies.contains("age-band", contact.age_band))
        return fail(Fault::unsupported, "age_band");
    return {};
}

Result<void> check_event(const Contact& contact, const ContactEvent& event,
                         const Taxonomies& taxonomies) {
    if (contact.events >= contact_events_max) return fail(Fault::exhausted, "events");
    if (find(contact.state, event.kind) == nullptr) return fail(Fault::denied, "not_in_this_state");
    if (const auto actor = check_label(event.actor, actor_bytes_max); !actor)
        return fail(actor.error().fault, "actor");
    if (event.kind == Kind::staff_message && !writes_in(contact, event.actor))
        return fail(Fault::denied, "not_yours");
    if (event.kind == Kind::joined) {
        if (writes_in(contact, event.actor)) return fail(Fault::conflict, "joined");
        if (contact.joined.size() >= contact_joined_max) return fail(Fault::exhausted, "joined");
    }
    if (event.kind == Kind::linked_to_case) {
        if (event.case_id.empty()) return fail(Fault::invalid, "case");
        if (!contact.case_id.empty()) return fail(Fault::conflict, "case");
    }
    if (const auto reason = check_reason(event, taxonomies); !reason) return reason;
    if (const auto marks = check_marks(event, taxonomies); !marks) return marks;
    if (const auto level = check_level(contact, event); !level) return level;
    return check_text(event);
}

bool writes_in(const Contact& contact, std::string_view actor) {
    return contact.state == State::open &&
           (actor == contact.opened_by ||
            std::ranges::find(contact.joined, actor) != contact.joined.end());
}

Contact apply(Contact contact, const ContactEvent& event) {
    if (const Transition* row = find(contact.state, event.kind)) contact.state = row->to;
    contact.updated_at = event.at;
    ++contact.events;
    for (const auto& mark : event.marks) add_mark(contact, mark);
    switch (event.kind) {
        case Kind::arrived:
            contact.created_at = contact.waiting_since = event.at;
            break;
        case Kind::noticed:
            add_mark(contact, event.reason);
            break;
        // Somebody looked: it is a contact like any other from here on.
        case Kind::opened:
            contact.opened_by = event.actor;
            contact.set_aside = false;
            contact.joined.clear();
            break;
        case Kind::joined:
            contact.joined.push_back(event.actor);
            break;
        // Who is given back to the queue does not begin to wait again: waiting_since stays.
        case Kind::released:
            contact.opened_by.clear();
            contact.joined.clear();
            break;
        case Kind::urgency:
            contact.urgency = event.urgency;
            break;
        case Kind::ended:
            contact.end_reason = event.reason;
            contact.joined.clear();
            break;
        case Kind::returned:
            contact.waiting_since = event.at;
            contact.opened_by.clear();
            contact.end_reason.clear();
            contact.result.clear();
            break;
        case Kind::result:
            contact.result = event.reason;
            break;
        case Kind::linked_to_case:
            contact.case_id = event.case_id;
            break;
        default:
            break;
    }
    return contact;
}

std::optional<Time> picked_up_at(std::span<const ContactEvent> events) {
    for (const auto& event : events) {
        if (event.kind != ContactEventKind::opened) continue;
        const bool given_back = std::ranges::any_of(events, [&](const auto& other) {
            return other.kind == ContactEventKind::released && other.at == event.at;
        });
        if (!given_back) return event.at;
    }
    return {};
}

Result<Contact> fold(Contact contact, std::span<const ContactEvent> events,
                     const Taxonomies& taxonomies) {
    for (const ContactEvent& event : events) {
        if (const auto checked = check_event(contact, event, taxonomies); !checked)
            return std::unexpected(checked.error());
        contact = apply(std::move(contact), event);
    }
    return contact;
}

}  // namespace sanad::casework
