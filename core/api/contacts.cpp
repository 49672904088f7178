#include "core/api/contact_keys.h"

#include "core/base/message.h"
#include "core/base/text.h"
#include "core/store/search_index.h"
#include "core/trust/hash.h"
#include "schemas/records.capnp.h"

#include <algorithm>

namespace sanad::api {

using casework::Contact;
using casework::ContactEvent;
using casework::ContactEventKind;
using casework::ContactState;

Result<std::unique_ptr<Contacts>> Contacts::open(store::Store& store, Parts parts) {
    auto contacts = std::make_unique<Contacts>(parts);
    const std::pair<store::SealedTable*, const char*> tables[] = {
        {&contacts->contacts_, "contact"},
        {&contacts->events_, "contact.event"},
        {&contacts->conversations_, "contact.conversation"},
        {&contacts->addresses_, "contact.address"},
        {&contacts->keys_, "contact.key"},
        {&contacts->seen_, "contact.seen"},
        {&contacts->live_, "contact.live"},
        {&contacts->drafts_, "contact.draft"},
        {&contacts->left_, "contact.left"},
        {&contacts->return_address_, "contact.return_address"},
        {&contacts->notes_, "contact.note"}};
    for (const auto& [table, name] : tables) {
        auto opened = store::Records::open_table(store, name);
        if (!opened) return std::unexpected(opened.error());
        *table = std::move(*opened);
    }
    return contacts;
}

Result<void> Contacts::shown(store::Draft& draft, const std::string& instance,
                             ByteView conversation, std::uint64_t seq, Time now) {
    const auto id = find_conversation(draft, instance, conversation);
    if (!id) return std::unexpected(id.error());
    if (!*id) return fail(Fault::not_found, "conversation");
    const auto contact = find(draft, **id);
    if (!contact) return std::unexpected(contact.error());
    const auto before = seen(draft, contact->id);
    if (!before) return std::unexpected(before.error());
    if (seq >= contact->events) return fail(Fault::invalid, "seq");
    if (seq <= *before) return {};
    parts_.feed.emit(
        draft, {.at = now, .name = "contact.seen", .subject = contact->id.bytes, .number = seq});
    return parts_.records.put(draft, seen_, contact->id, key_of(contact->id), number(seq));
}

Result<void> Contacts::erase(store::Draft& draft, const ContactId& id, Time now) {
    const auto contact = find(draft, id);
    if (!contact) return std::unexpected(contact.error());
    const auto conversation = parts_.records.get(draft, addresses_, id);
    if (!conversation) return std::unexpected(conversation.error());
    if (*conversation)
        if (const auto gone =
                draft.del(conversations_.table, token(contact->instance, **conversation));
            !gone)
            return gone;
    if (erasing_)
        if (const auto gone = erasing_(draft, id.bytes); !gone) return gone;
    if (const auto gone = draft.del(live_.table, id); !gone) return gone;
    parts_.feed.emit(draft, {.at = now, .name = "contact.erased", .subject = id.bytes});
    return parts_.records.keyring().destroy(draft, key_of(id));
}

Result<void> Contacts::left(store::Draft& draft, const std::string& instance, ByteView conversation,
                            const std::string& how, Time now) {
    const auto id = find_conversation(draft, instance, conversation);
    if (!id) return std::unexpected(id.error());
    if (!*id) return fail(Fault::not_found, "conversation");
    parts_.feed.emit(draft, {.at = now, .name = "contact.left_" + how, .subject = (*id)->bytes});
    if (const auto kept = parts_.records.put(draft, left_, **id, key_of(**id), bytes_of(how));
        !kept || how != "abandoned")
        return kept;
    auto contact = find(draft, **id);
    if (!contact) return std::unexpected(contact.error());
    if (contact->state != ContactState::waiting) return {};
    ContactEvent event = event_of(ContactEventKind::ended, instance);
    event.reason = "abandoned_in_queue";
    return say(draft, *contact, std::move(event), now);
}

Result<void> Contacts::say(store::Draft& draft, Contact& contact, ContactEvent event, Time now) {
    event.index = contact.events;
    event.at = now;
    if (const auto allowed = casework::check_event(contact, event, parts_.taxonomies); !allowed)
        return allowed;
    const bool was_live = is_live(contact.state);
    contact = casework::apply(std::move(contact), event);
    const auto owner = key_of(contact.id);
    const auto written = parts_.records.put(draft, events_, event_key(contact.id, event.index),
                                            owner, casework::write_event(event));
    if (!written) return written;
    if (is_live(contact.state) != was_live) {
        const auto listed = was_live ? draft.del(live_.table, contact.id)
                                     : parts_.records.put(draft, live_, contact.id, owner, {});
        if (!listed) return listed;
    }
    parts_.feed.emit(draft,
                     {.at = now,
                      .name = std::string("contact.") + std::string(casework::name(event.kind)),
                      .subject = contact.id.bytes,
                      .peer = contact.instance,
                      .number = event.index});
    const auto kept =
        parts_.records.put(draft, contacts_, contact.id, owner, casework::write_record(contact));
    if (!kept) return kept;
    for (const auto& changed : changed_)
        if (const auto followed = changed(draft, contact, event, now); !followed) return followed;
    return {};
}

Result<void> Contacts::deliver(store::Draft& draft, const Contact& contact,
                               const ChatMessage& message, Time now) {
    const auto where = reach(draft, contact.id);
    if (!where) return std::unexpected(where.error());
    return parts_.outward.deliver(draft, contact, *where, message, now);
}

Result<Reach> Contacts::reach(store::Snapshot& from, const ContactId& id) {
    auto conversation = parts_.records.get(from, addresses_, id);
    if (!conversation) return std::unexpected(conversation.error());
    if (!*conversation) return fail(Fault::not_found, "conversation of contact");
    auto address = parts_.records.get(from, return_address_, id);
    if (!address) return std::unexpected(address.error());
    return Reach{std::move(**conversation), std::move(*address).value_or(Bytes())};
}

Result<Contact> Contacts::find(store::Snapshot& from, const ContactId& id) {
    const auto bytes = parts_.records.get(from, contacts_, id);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return fail(Fault::not_found, "contact");
    return casework::read_contact(**bytes);
}

Result<std::vector<Contact>> Contacts::list(store::Snapshot& from, std::uint32_t limit) {
    return parts_.records.collect(from, contacts_, {}, {}, store::Order::descending, limit,
                                  casework::read_contact);
}

Result<std::vector<ContactEvent>> Contacts::events(store::Snapshot& from, const ContactId& id,
                                                   std::uint32_t first, std::uint32_t limit) {
    return parts_.records.collect(from, events_, event_key(id, first), store::after_prefix(id),
                                  store::Order::ascending, limit, casework::read_contact_event);
}

Result<std::vector<Contact>> Contacts::live(store::Snapshot& from, std::uint32_t limit) {
    std::vector<ContactId> ids;
    Result<void> read;
    const auto scanned = parts_.records.scan(from, live_, {}, {}, store::Order::ascending, limit,
                                             [&](ByteView key, const Bytes&, ByteView) {
                                                 const auto id = id_from<ContactId>(key);
                                                 if (!id)
                                                     read = std::unexpected(id.error());
                                                 else
                                                     ids.push_back(*id);
                                                 return read.has_value();
                                             });
    if (!scanned) return std::unexpected(scanned.error());
    if (!read) return std::unexpected(read.error());
    std::vector<Contact> contacts;
    for (const ContactId& id : ids) {
        auto contact = find(from, id);
        if (!contact) return std::unexpected(contact.error());
        contacts.push_back(std::move(*contact));
    }
    return contacts;
}

Result<std::string> Contacts::text_in(store::Snapshot& from, const store::SealedTable& table,
                                      ByteView key) {
    const auto bytes = parts_.records.get(from, table, key);
    if (!bytes) return std::unexpected(bytes.error());
    return *bytes ? std::string((*bytes)->begin(), (*bytes)->end()) : std::string();
}

Result<std::string> Contacts::draft_of(store::Snapshot& from, const ContactId& id,
                                       const std::string& actor) {
    return text_in(from, drafts_, draft_key(id, actor));
}

Result<std::string> Contacts::how_left(store::Snapshot& from, const ContactId& id) {
    return text_in(from, left_, id);
}

Result<std::vector<std::array<std::uint8_t, 16>>> Contacts::ids(
    store::Snapshot& from, const std::array<std::uint8_t, 16>& after, std::uint32_t limit) {
    return store::ids_behind(from, contacts_.table, after, limit);
}

Result<std::uint64_t> Contacts::seen(store::Snapshot& from, const ContactId& id) {
    const auto bytes = parts_.records.get(from, seen_, id);
    if (!bytes) return std::unexpected(bytes.error());
    return *bytes ? read_big_endian<std::uint64_t>(**bytes) : 0;
}

Result<Contacts::Replay> Contacts::replay(store::Snapshot& from, const std::string& instance,
                                          ByteView conversation, std::uint64_t after,
                                          std::uint32_t limit) {
    limit = std::clamp<std::uint32_t>(limit, 1, replay_messages_max);
    const auto id = find_conversation(from, instance, conversation);
    if (!id) return std::unexpected(id.error());
    if (!*id) return Replay{};
    const auto contact = find(from, **id);
    if (!contact) return std::unexpected(contact.error());
    Replay replay{.messages = {}, .more = false, .state = contact->state, .contact = **id};
    const auto read = read_up_to(from, **id);
    if (!read) return std::unexpected(read.error());
    replay.read = *read;
    auto address = parts_.records.get(from, return_address_, **id);
    if (!address) return std::unexpected(address.error());
    if (*address) replay.return_address = std::move(**address);
    if (after >= contact->events) return replay;
    auto found = events(from, contact->id, static_cast<std::uint32_t>(after + 1), UINT32_MAX);
    if (!found) return std::unexpected(found.error());
    for (auto& event : *found) {
        if (!is_message(event)) continue;
        if (replay.messages.size() == limit) {
            replay.more = true;
            break;
        }
        ChatMessage message{event.index,
                            event.at,
                            event.kind == ContactEventKind::child_message,
                            {},
                            std::move(event.text)};
        if (message.from_person) {
            const auto stored =
                parts_.records.get(from, keys_, key_place(contact->id, event.message_key));
            if (!stored) return std::unexpected(stored.error());
            if (*stored) message.key.assign((*stored)->begin() + 8, (*stored)->end());
        }
        replay.messages.push_back(std::move(message));
    }
    return replay;
}

// Who opens a contact or answers in it has what was written before on the screen. What is opened
// and given back in one moment was a message of the node's own (announce), and nobody read.
Result<std::uint64_t> Contacts::read_up_to(store::Snapshot& from, const ContactId& id) {
    constexpr std::uint32_t looked_at_max = 200;
    const auto newest =
        parts_.records.collect(from, events_, id, store::after_prefix(id), store::Order::descending,
                               looked_at_max, casework::read_contact_event);
    if (!newest) return std::unexpected(newest.error());
    std::optional<Time> given_back;
    for (const ContactEvent& event : *newest) {
        if (event.kind == ContactEventKind::released) given_back = event.at;
        const bool by_staff =
            event.kind == ContactEventKind::opened || event.kind == ContactEventKind::staff_message;
        if (by_staff && event.at != given_back) return event.index;
    }
    return 0;
}

Bytes Contacts::token(const std::string& instance, ByteView conversation) const {
    Bytes name(instance.begin(), instance.end());
    name.push_back(0);
    append(name, conversation);
    const auto token = trust::keyed_token(parts_.index_key, name);
    return {token.begin(), token.end()};
}

Result<std::optional<ContactId>> Contacts::find_conversation(store::Snapshot& from,
                                                             const std::string& instance,
                                                             ByteView conversation) {
    if (conversation.size() < conversation_bytes_min ||
        conversation.size() > conversation_bytes_max)
        return fail(Fault::bad_size, "conversation");
    const auto bytes = parts_.records.get(from, conversations_, token(instance, conversation));
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::nullopt;
    const auto id = id_from<ContactId>(**bytes);
    if (!id) return std::unexpected(id.error());
    return *id;
}

}  // namespace sanad::api
