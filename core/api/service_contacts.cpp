// The part of Service that is about contacts.
#include "core/api/reply_text.h"
#include "core/api/service.h"

namespace sanad::api {
namespace {

void fill_contact(schema::api::ContactView::Builder out, const casework::Contact& contact) {
    out.setId(text(format(contact.id)));
    out.setState(text(std::string(casework::name(contact.state))));
    out.setChannel(text(contact.channel));
    out.setUrgency(text(std::string(casework::name(contact.urgency))));
    fill_texts(out.initLanguages(static_cast<unsigned>(contact.languages.size())),
               contact.languages);
    out.setCreatedAt(text(format_time(contact.created_at)));
    out.setOpenedBy(text(contact.opened_by));
    if (!contact.case_id.empty()) out.setCase(text(format(contact.case_id)));
    out.setMessageCount(contact.events);
    out.setEndReason(text(contact.end_reason));
}

void fill_done(schema::api::Done::Builder out, const casework::Contact& contact) {
    out.setId(text(format(contact.id)));
    out.setState(text(std::string(casework::name(contact.state))));
}

}  // namespace

Result<void> Service::contact_list(Context& context, In request, Out reply) {
    auto contacts = parts_.contacts.list(context.from, list_items_max);
    if (!contacts) return std::unexpected(contacts.error());
    if (!request.getContactList().getAll())
        std::erase_if(*contacts, [](const auto& contact) {
            return contact.state == casework::ContactState::ended;
        });
    auto out = reply.initContacts(static_cast<unsigned>(contacts->size()));
    for (unsigned i = 0; i < out.size(); ++i) fill_contact(out[i], (*contacts)[i]);
    return {};
}

Result<void> Service::contact_show(Context& context, In request, Out reply) {
    const auto id = parse_id<ContactId>(from_text(request.getContactShow()));
    if (!id) return std::unexpected(id.error());
    context.subject = id->bytes;
    const auto contact = parts_.contacts.find(context.from, *id);
    if (!contact) return std::unexpected(contact.error());
    auto events = parts_.contacts.events(context.from, *id, 0, UINT32_MAX);
    if (!events) return std::unexpected(events.error());
    const auto seen = parts_.contacts.seen(context.from, *id);
    if (!seen) return std::unexpected(seen.error());
    std::erase_if(*events, [](const auto& event) { return event.text.empty(); });
    if (events->size() > list_items_max)
        events->erase(events->begin(), events->end() - list_items_max);
    auto out = reply.initContact();
    fill_contact(out, *contact);
    auto messages = out.initMessages(static_cast<unsigned>(events->size()));
    for (unsigned i = 0; i < messages.size(); ++i) {
        const auto& event = (*events)[i];
        const bool from_person = event.kind == casework::ContactEventKind::child_message;
        messages[i].setSeq(event.index);
        messages[i].setAt(text(format_time(event.at)));
        messages[i].setFrom(text(from_person ? "person" : event.actor));
        messages[i].setText(text(event.text));
        messages[i].setSeen(!from_person && event.index <= *seen);
    }
    return {};
}

Result<void> Service::contact_open(Context& context, In request, Out reply) {
    const auto id = parse_id<ContactId>(from_text(request.getContactOpen()));
    if (!id) return std::unexpected(id.error());
    context.subject = id->bytes;
    const auto contact = parts_.contacts.open(*context.draft, *id, context.actor.name, context.now);
    if (!contact) return std::unexpected(contact.error());
    fill_done(reply.initDone(), *contact);
    return {};
}

Result<void> Service::contact_reply(Context& context, In request, Out reply) {
    const auto in = request.getContactReply();
    const auto id = parse_id<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    context.subject = id->bytes;
    const auto contact = parts_.contacts.reply(*context.draft, *id, context.actor.name,
                                               from_text(in.getText()), context.now);
    if (!contact) return std::unexpected(contact.error());
    fill_done(reply.initDone(), *contact);
    return {};
}

Result<void> Service::contact_end(Context& context, In request, Out reply) {
    const auto in = request.getContactEnd();
    const auto id = parse_id<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    context.subject = id->bytes;
    context.reason = from_text(in.getReason());
    const auto contact =
        parts_.contacts.end(*context.draft, *id, context.actor.name, context.reason,
                            from_text(in.getResult()), context.now);
    if (!contact) return std::unexpected(contact.error());
    fill_done(reply.initDone(), *contact);
    return {};
}

}  // namespace sanad::api
