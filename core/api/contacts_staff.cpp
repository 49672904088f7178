// The part of Contacts that staff use.
#include "core/api/contact_keys.h"
#include "core/base/message.h"
#include "schemas/records.capnp.h"

namespace sanad::api {

using casework::Contact;
using casework::ContactEvent;
using casework::ContactEventKind;

Result<Contact> Contacts::open(store::Draft& draft, const ContactId& id, const std::string& actor,
                               Time now) {
    auto contact = find(draft, id);
    if (!contact) return contact;
    if (const auto said = say(draft, *contact, event_of(ContactEventKind::opened, actor), now);
        !said)
        return std::unexpected(said.error());
    if (const auto told = deliver(draft, *contact, {}, now); !told)
        return std::unexpected(told.error());
    return contact;
}

Result<Contact> Contacts::reply(store::Draft& draft, const ContactId& id, const std::string& actor,
                                const std::string& text, Time now, const std::string& key) {
    auto contact = find(draft, id);
    if (!contact) return contact;
    if (!key.empty()) {
        if (key.size() < message_key_bytes_min || key.size() > message_key_bytes_max)
            return fail(Fault::bad_size, "message key");
        Bytes place(id.bytes.begin(), id.bytes.end());
        append(place, digest_of(bytes_of("reply " + actor + " " + key)));
        const auto before = parts_.records.get(draft, keys_, place);
        if (!before) return std::unexpected(before.error());
        if (*before) return contact;
        if (const auto kept =
                parts_.records.put(draft, keys_, place, key_of(id), number(contact->events));
            !kept)
            return std::unexpected(kept.error());
    }
    ContactEvent event = event_of(ContactEventKind::staff_message, actor);
    event.text = text;
    ChatMessage message;
    message.seq = contact->events;
    message.at = now;
    message.text = text;
    if (const auto said = say(draft, *contact, std::move(event), now); !said)
        return std::unexpected(said.error());
    if (const auto told = deliver(draft, *contact, message, now); !told)
        return std::unexpected(told.error());
    return contact;
}

Result<Contact> Contacts::release(store::Draft& draft, const ContactId& id,
                                  const std::string& actor, Time now) {
    auto contact = find(draft, id);
    if (!contact) return contact;
    if (const auto said = say(draft, *contact, event_of(ContactEventKind::released, actor), now);
        !said)
        return std::unexpected(said.error());
    if (const auto told = deliver(draft, *contact, {}, now); !told)
        return std::unexpected(told.error());
    return contact;
}

Result<Contact> Contacts::announce(store::Draft& draft, const ContactId& id,
                                   const std::string& actor, const std::string& text, Time now) {
    if (const auto opened = open(draft, id, actor, now); !opened) return opened;
    if (const auto said = reply(draft, id, actor, text, now); !said) return said;
    return release(draft, id, actor, now);
}

Result<Contact> Contacts::end(store::Draft& draft, const ContactId& id, const std::string& actor,
                              const std::string& reason, const std::string& result, Time now) {
    auto contact = find(draft, id);
    if (!contact) return contact;
    ContactEvent event = event_of(ContactEventKind::ended, actor);
    event.reason = reason;
    if (const auto said = say(draft, *contact, std::move(event), now); !said)
        return std::unexpected(said.error());
    if (!result.empty()) {
        ContactEvent outcome = event_of(ContactEventKind::result, actor);
        outcome.reason = result;
        if (const auto said = say(draft, *contact, std::move(outcome), now); !said)
            return std::unexpected(said.error());
    }
    if (const auto told = deliver(draft, *contact, {}, now); !told)
        return std::unexpected(told.error());
    return contact;
}

Result<Contact> Contacts::set_urgency(store::Draft& draft, const ContactId& id,
                                      const std::string& actor, casework::Urgency level,
                                      const std::string& reason, Time now) {
    auto contact = find(draft, id);
    if (!contact) return contact;
    ContactEvent event = event_of(ContactEventKind::urgency, actor);
    event.urgency = level;
    event.reason = reason;
    if (const auto said = say(draft, *contact, std::move(event), now); !said)
        return std::unexpected(said.error());
    return contact;
}

Result<Contact> Contacts::transfer(store::Draft& draft, const ContactId& id, const std::string& to,
                                   Time now) {
    auto contact = find(draft, id);
    if (!contact) return contact;
    const auto from = contact->opened_by.empty() ? to : contact->opened_by;
    if (const auto said = say(draft, *contact, event_of(ContactEventKind::released, from), now);
        !said)
        return std::unexpected(said.error());
    if (const auto said = say(draft, *contact, event_of(ContactEventKind::opened, to), now); !said)
        return std::unexpected(said.error());
    return contact;
}

Result<Contact> Contacts::join(store::Draft& draft, const ContactId& id, const std::string& actor,
                               Time now) {
    auto contact = find(draft, id);
    if (!contact) return contact;
    if (std::ranges::find(contact->joined, actor) != contact->joined.end()) return contact;
    if (const auto said = say(draft, *contact, event_of(ContactEventKind::joined, actor), now);
        !said)
        return std::unexpected(said.error());
    return contact;
}

Result<void> Contacts::keep_draft(store::Draft& draft, const ContactId& id,
                                  const std::string& actor, const std::string& text) {
    const auto contact = find(draft, id);
    if (!contact) return std::unexpected(contact.error());
    if (text.empty()) return draft.del(drafts_.table, draft_key(id, actor));
    if (text.size() > casework::message_text_bytes_max) return fail(Fault::bad_size, "text");
    if (const auto sound = check_prose(text, casework::message_text_bytes_max); !sound)
        return sound;
    return parts_.records.put(draft, drafts_, draft_key(id, actor), key_of(id), bytes_of(text));
}

Result<void> Contacts::note(store::Draft& draft, const ContactId& id, Note note) {
    const auto contact = find(draft, id);
    if (!contact) return std::unexpected(contact.error());
    if (const auto sound = check_prose(note.text, note_bytes_max); !sound) return sound;
    const auto before = notes(draft, id);
    if (!before) return std::unexpected(before.error());
    if (before->size() >= notes_max) return fail(Fault::exhausted, "notes");
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::ContactNote>();
    out.setAtMs(note.at.ms);
    out.setFrom(to_text(note.from));
    out.setTo(to_text(note.to));
    out.setText(to_text(note.text));
    const auto number = static_cast<std::uint32_t>(before->size());
    parts_.feed.emit(draft, {.at = note.at,
                             .name = "contact.note",
                             .subject = id.bytes,
                             .number = number,
                             .who = note.to});
    return parts_.records.put(draft, notes_, event_key(id, number), key_of(id), flatten(builder));
}

Result<std::vector<Contacts::Note>> Contacts::notes(store::Snapshot& from, const ContactId& id) {
    return parts_.records.collect(from, notes_, event_key(id, 0), store::after_prefix(id),
                                  store::Order::ascending, notes_max, [](ByteView bytes) {
                                      return read_message<schema::ContactNote>(
                                          bytes, [](auto in) -> Result<Note> {
                                              return Note{{in.getAtMs()},
                                                          from_text(in.getFrom()),
                                                          from_text(in.getTo()),
                                                          from_text(in.getText())};
                                          });
                                  });
}

Result<Contact> Contacts::link(store::Draft& draft, const ContactId& id, const std::string& actor,
                               const CaseId& case_id, Time now) {
    auto contact = find(draft, id);
    if (!contact) return contact;
    ContactEvent event = event_of(ContactEventKind::linked_to_case, actor);
    event.case_id = case_id;
    if (const auto said = say(draft, *contact, std::move(event), now); !said)
        return std::unexpected(said.error());
    return contact;
}

}  // namespace sanad::api
