#include "core/api/contact_keys.h"

#include "core/base/text.h"
#include "core/casework/request.h"

#include <algorithm>

// What channels bring: messages, people who only arrive, and notices.
namespace sanad::api {

using casework::Contact;
using casework::ContactEvent;
using casework::ContactEventKind;
using casework::ContactState;

namespace {

Result<void> check_key(ByteView key) {
    if (key.size() < Contacts::message_key_bytes_min ||
        key.size() > Contacts::message_key_bytes_max)
        return fail(Fault::bad_size, "message key");
    return {};
}

}  // namespace

Result<Contacts::Submitted> Contacts::submit(store::Draft& draft, const Source& source,
                                             const Message& message, Time now) {
    if (const auto checked = check_key(message.key); !checked)
        return std::unexpected(checked.error());
    const auto known = find_conversation(draft, source.instance, message.conversation);
    if (!known) return std::unexpected(known.error());
    auto contact = *known ? find(draft, **known)
                          : make(draft, source, message.conversation, {&message.language, 1},
                                 message.set_aside, {}, now);
    if (!contact) return std::unexpected(contact.error());
    const auto before = kept_at(draft, contact->id, message.key);
    if (!before) return std::unexpected(before.error());
    if (*before) return Submitted{contact->id, **before, true};

    if (contact->state == ContactState::ended) {  // somebody who comes back waits again
        if (const auto back =
                say(draft, *contact, event_of(ContactEventKind::returned, source.instance), now);
            !back)
            return std::unexpected(back.error());
    }
    if (const auto here = draft.del(left_.table, contact->id); !here)
        return std::unexpected(here.error());
    ContactEvent event = event_of(ContactEventKind::child_message, source.instance);
    event.text = message.text;
    event.message_key = digest_of(message.key);
    event.marks = known_marks(message.marks);
    const std::uint64_t seq = contact->events;
    if (const auto said = say(draft, *contact, std::move(event), now); !said)
        return std::unexpected(said.error());
    if (const auto kept = keep_key(draft, contact->id, message.key, seq); !kept)
        return std::unexpected(kept.error());
    if (const auto kept = keep_address(draft, contact->id, message.return_address); !kept)
        return std::unexpected(kept.error());
    return Submitted{contact->id, seq, false};
}

Result<Contacts::Arrived> Contacts::arrive(store::Draft& draft, const Source& source,
                                           const Coming& coming, Time now) {
    if (const auto checked = check_key(coming.key); !checked)
        return std::unexpected(checked.error());
    const auto known = find_conversation(draft, source.instance, coming.conversation);
    if (!known) return std::unexpected(known.error());
    auto marks = known_marks(coming.marks);
    auto contact =
        *known ? find(draft, **known)
               : make(draft, source, coming.conversation, coming.languages, false, marks, now);
    if (!contact) return std::unexpected(contact.error());
    const auto before = kept_at(draft, contact->id, coming.key);
    if (!before) return std::unexpected(before.error());
    if (*before) return Arrived{std::move(*contact), true};

    const std::uint64_t seq = contact->events;
    if (!coming.earlier_contact.empty() && coming.earlier_contact != contact->id) {
        contact->earlier = coming.earlier_contact;
        ContactEvent event = event_of(ContactEventKind::noticed, source.instance);
        event.reason = "came_back_by_code";
        if (const auto said = say(draft, *contact, std::move(event), now); !said)
            return std::unexpected(said.error());
    }
    if (contact->state == ContactState::ended) {
        ContactEvent event = event_of(ContactEventKind::returned, source.instance);
        event.marks = std::move(marks);
        if (const auto back = say(draft, *contact, std::move(event), now); !back)
            return std::unexpected(back.error());
    } else if (*known) {
        for (const auto& mark : marks) {
            ContactEvent event = event_of(ContactEventKind::noticed, source.instance);
            event.reason = mark;
            if (const auto said = say(draft, *contact, std::move(event), now); !said)
                return std::unexpected(said.error());
        }
    }
    if (const auto here = draft.del(left_.table, contact->id); !here)
        return std::unexpected(here.error());
    const auto level_now =
        contact->urgency == casework::Urgency::none ? casework::Urgency::u4 : contact->urgency;
    if (coming.urgency != casework::Urgency::none && coming.urgency < level_now) {
        ContactEvent event = event_of(ContactEventKind::urgency, source.instance);
        event.urgency = coming.urgency;
        if (const auto raised = say(draft, *contact, std::move(event), now); !raised)
            return std::unexpected(raised.error());
    }
    if (const auto kept = keep_key(draft, contact->id, coming.key, seq); !kept)
        return std::unexpected(kept.error());
    if (const auto kept = keep_address(draft, contact->id, coming.return_address); !kept)
        return std::unexpected(kept.error());
    return Arrived{std::move(*contact), false};
}

Result<void> Contacts::notice(store::Draft& draft, const std::string& instance,
                              ByteView conversation, ByteView key, const std::string& mark,
                              Time now) {
    if (const auto checked = check_key(key); !checked) return checked;
    const auto id = find_conversation(draft, instance, conversation);
    if (!id) return std::unexpected(id.error());
    if (!*id) return fail(Fault::not_found, "conversation");
    const auto before = kept_at(draft, **id, key);
    if (!before) return std::unexpected(before.error());
    if (*before) return {};
    const auto contact = find(draft, **id);
    if (!contact) return std::unexpected(contact.error());
    if (const auto said = note_mark(draft, **id, instance, mark, now); !said) return said;
    return keep_key(draft, **id, key, contact->events);
}

Result<void> Contacts::note_mark(store::Draft& draft, const ContactId& id, const std::string& actor,
                                 const std::string& mark, Time now) {
    auto contact = find(draft, id);
    if (!contact) return std::unexpected(contact.error());
    ContactEvent event = event_of(ContactEventKind::noticed, actor);
    event.reason = mark;
    return say(draft, *contact, std::move(event), now);
}

Result<Contact> Contacts::make(store::Draft& draft, const Source& source, ByteView conversation,
                               std::span<const std::string> languages, bool set_aside,
                               std::vector<std::string> marks, Time now) {
    Contact contact;
    contact.id = make_id<ContactId>(now, parts_.entropy);
    contact.channel = source.channel;
    contact.instance = source.instance;
    contact.set_aside = set_aside;
    for (const auto& language : languages)
        if (contact.languages.size() < casework::list_items_max &&
            parts_.taxonomies.contains("language", language))
            contact.languages.push_back(language);
    contact.created_at = now;
    const auto owner = key_of(contact.id);
    if (const auto made = parts_.records.keyring().create(draft, owner, parts_.entropy); !made)
        return std::unexpected(made.error());
    const auto indexed =
        parts_.records.put(draft, conversations_, token(source.instance, conversation),
                           store::node_key_id, contact.id.bytes);
    if (!indexed) return std::unexpected(indexed.error());
    if (const auto kept = parts_.records.put(draft, addresses_, contact.id, owner, conversation);
        !kept)
        return std::unexpected(kept.error());
    ContactEvent event = event_of(ContactEventKind::arrived, source.instance);
    event.marks = std::move(marks);
    if (const auto said = say(draft, contact, std::move(event), now); !said)
        return std::unexpected(said.error());
    return contact;
}

Result<std::optional<std::uint64_t>> Contacts::kept_at(store::Snapshot& from, const ContactId& id,
                                                       ByteView key) {
    const auto kept = parts_.records.get(from, keys_, key_place(id, digest_of(key)));
    if (!kept) return std::unexpected(kept.error());
    if (!*kept) return std::optional<std::uint64_t>{};
    return read_big_endian<std::uint64_t>(**kept);
}

Result<void> Contacts::keep_key(store::Draft& draft, const ContactId& id, ByteView key,
                                std::uint64_t seq) {
    Bytes seq_and_key = number(seq);
    append(seq_and_key, key);
    return parts_.records.put(draft, keys_, key_place(id, digest_of(key)), key_of(id), seq_and_key);
}

Result<void> Contacts::keep_address(store::Draft& draft, const ContactId& id, ByteView address) {
    if (address.size() > return_address_bytes_max) return fail(Fault::bad_size, "return address");
    if (address.empty()) return {};
    return parts_.records.put(draft, return_address_, id, key_of(id), address);
}

std::vector<std::string> Contacts::known_marks(std::span<const std::string> marks) const {
    std::vector<std::string> known;
    for (const auto& mark : marks)
        if (known.size() < message_marks_max && parts_.taxonomies.contains("contact-marks", mark))
            known.push_back(mark);
    return known;
}

}  // namespace sanad::api
