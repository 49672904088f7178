// The part of Service that is about contacts.
#include "core/api/contact_reply.h"
#include "core/api/service.h"

#include <algorithm>

namespace sanad::api {

Result<void> Service::contact_list(Context& context, In request, Out reply) {
    // Who waits is there however many have ended since.
    const bool all = request.getContactList().getAll();
    auto contacts = all ? parts_.contacts.list(context.from, list_items_max)
                        : parts_.contacts.live(context.from, list_items_max);
    if (!contacts) return std::unexpected(contacts.error());
    if (!all) std::ranges::reverse(*contacts);  // the newest first, as in the whole list
    auto out = reply.initContacts(static_cast<unsigned>(contacts->size()));
    for (unsigned i = 0; i < out.size(); ++i) {
        fill_contact(out[i], (*contacts)[i]);
        const auto hinted = fill_hints(out[i], parts_.hints, parts_.contacts, context.from,
                                       (*contacts)[i].id, HintWords::without);
        if (!hinted) return hinted;
    }
    return {};
}

Result<void> Service::contact_show(Context& context, In request, Out reply) {
    const auto id = context.about<ContactId>(from_text(request.getContactShow()));
    if (!id) return std::unexpected(id.error());
    return show_contact(context, *id, 0, reply);
}

Result<void> Service::contact_open(Context& context, In request, Out reply) {
    const auto id = context.about<ContactId>(from_text(request.getContactOpen()));
    if (!id) return std::unexpected(id.error());
    const auto before = parts_.contacts.find(context.from, *id);
    if (!before) return std::unexpected(before.error());
    if (before->state == casework::ContactState::waiting)
        if (const auto may = may_be_given(context, *before, context.actor.name); !may) return may;
    const auto contact = parts_.contacts.open(*context.draft, *id, context.actor.name, context.now);
    if (!contact) return std::unexpected(contact.error());
    fill_done(reply.initDone(), *contact);
    return {};
}

Result<void> Service::contact_reply(Context& context, In request, Out reply) {
    const auto in = request.getContactReply();
    const auto id = context.about<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    const auto contact =
        parts_.contacts.reply(*context.draft, *id, context.actor.name, from_text(in.getText()),
                              context.now, from_text(in.getKey()));
    if (!contact) return std::unexpected(contact.error());
    fill_done(reply.initDone(), *contact);
    return {};
}

Result<void> Service::contact_end(Context& context, In request, Out reply) {
    const auto in = request.getContactEnd();
    const auto own = own_contact(context, from_text(in.getContact()));
    if (!own) return std::unexpected(own.error());
    context.reason = from_text(in.getReason());
    const auto contact =
        parts_.contacts.end(*context.draft, own->id, context.actor.name, context.reason,
                            from_text(in.getResult()), context.now);
    if (!contact) return std::unexpected(contact.error());
    fill_done(reply.initDone(), *contact);
    return {};
}

}  // namespace sanad::api
