// The part of Service that a desk needs beside the rest: the queue, what was written lately,
// changes of contacts, and colleagues.
#include "core/api/contact_reply.h"
#include "core/api/service.h"

#include <algorithm>

namespace sanad::api {

using casework::Contact;
using casework::ContactState;

namespace {

std::uint64_t milliseconds(Duration duration) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
}

void fill_entry(schema::api::ContactView::Builder out, const Board::Entry& entry,
                const casework::Lexicon& lexicon) {
    fill_contact(out, entry.contact);
    fill_noticed(out, entry.suggested, entry.hints, lexicon);
}

void fill_place(schema::api::QueueView::Place::Builder out, const Board::Place& place,
                const casework::Lexicon& lexicon) {
    fill_entry(out.initContact(), *place.entry, lexicon);
    out.setReason(text(std::string(casework::name(place.reason))));
    out.setWaitedMs(milliseconds(place.waited));
    out.setTargetMs(milliseconds(place.target));
}

}  // namespace

Result<void> Service::queue_show(Context& context, In, Out reply) {
    const auto view = parts_.board.view(0, Board::watched_max, context.now);
    if (!view) return std::unexpected(view.error());
    auto out = reply.initQueue();
    out.setNow(text(format_time(context.now)));
    auto waiting = out.initWaiting(static_cast<unsigned>(view->places.size()));
    for (unsigned i = 0; i < waiting.size(); ++i)
        fill_place(waiting[i], view->places[i], parts_.hints.lexicon());
    auto open = out.initOpen(static_cast<unsigned>(view->open.size()));
    for (unsigned i = 0; i < open.size(); ++i)
        fill_entry(open[i], *view->open[i].first, parts_.hints.lexicon());
    return {};
}

Result<void> Service::queue_watch(Context& context, In request, Out reply) {
    const auto in = request.getQueueWatch();
    if (in.getLimit() == 0 || in.getLimit() > Board::watched_max)
        return fail(Fault::bad_size, "limit");
    const auto view = parts_.board.view(in.getKnown(), in.getLimit(), context.now);
    if (!view) return std::unexpected(view.error());
    auto out = reply.initQueueChange();
    out.setNow(text(format_time(context.now)));
    out.setVersion(view->version);
    out.setWhole(view->whole);
    out.setWaiting(view->waiting);
    std::vector<const Board::Place*> places;
    auto order = out.initOrder(static_cast<unsigned>(view->places.size()));
    for (unsigned i = 0; i < order.size(); ++i) {
        const auto& place = view->places[i];
        order.set(i, text(format(place.entry->contact.id)));
        if (place.changed) places.push_back(&place);
    }
    auto changed = out.initPlaces(static_cast<unsigned>(places.size()));
    for (unsigned i = 0; i < changed.size(); ++i)
        fill_place(changed[i], *places[i], parts_.hints.lexicon());
    std::vector<const Board::Entry*> open;
    auto talking = out.initTalking(static_cast<unsigned>(view->open.size()));
    for (unsigned i = 0; i < talking.size(); ++i) {
        const auto& [entry, is_changed] = view->open[i];
        talking.set(i, text(format(entry->contact.id)));
        if (is_changed) open.push_back(entry.get());
    }
    auto others = out.initOpen(static_cast<unsigned>(open.size()));
    for (unsigned i = 0; i < others.size(); ++i)
        fill_entry(others[i], *open[i], parts_.hints.lexicon());
    auto levels = out.initLevels(static_cast<unsigned>(view->levels.size()));
    for (unsigned i = 0; i < levels.size(); ++i) {
        levels[i].setUrgency(text(std::string(casework::name(view->levels[i].urgency))));
        levels[i].setWaiting(view->levels[i].waiting);
        levels[i].setOver(view->levels[i].over);
    }
    out.setLongestMs(milliseconds(view->longest));
    return {};
}

Result<void> Service::contact_read(Context& context, In request, Out reply) {
    const auto in = request.getContactRead();
    const auto id = parse_id<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    return show_contact(context, *id, in.getAfter(), reply);
}

Result<void> Service::show_contact(Context& context, const ContactId& id, std::uint64_t after,
                                   Out reply) {
    context.subject = id.bytes;
    const auto contact = parts_.contacts.find(context.from, id);
    if (!contact) return std::unexpected(contact.error());
    if (const auto may = check_contact(context, *contact); !may) return may;
    const auto first =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(after == 0 ? 0 : after + 1, UINT32_MAX));
    auto events = parts_.contacts.events(context.from, id, first, UINT32_MAX);
    if (!events) return std::unexpected(events.error());
    const auto seen = parts_.contacts.seen(context.from, id);
    if (!seen) return std::unexpected(seen.error());
    const auto draft = parts_.contacts.draft_of(context.from, id, context.actor.name);
    if (!draft) return std::unexpected(draft.error());
    const auto left = parts_.contacts.how_left(context.from, id);
    if (!left) return std::unexpected(left.error());
    const auto notes = parts_.contacts.notes(context.from, id);
    if (!notes) return std::unexpected(notes.error());
    std::erase_if(*events, [](const auto& event) {
        return event.text.empty() && event.kind != casework::ContactEventKind::noticed;
    });
    if (events->size() > list_items_max)
        events->erase(events->begin(), events->end() - list_items_max);
    auto out = reply.initContact();
    fill_contact(out, *contact);
    if (const auto hinted =
            fill_hints(out, parts_.hints, parts_.contacts, context.from, id, HintWords::with);
        !hinted)
        return hinted;
    out.setDraft(text(*draft));
    out.setPresence(text(*left));
    auto among_staff = out.initNotes(static_cast<unsigned>(notes->size()));
    for (unsigned i = 0; i < among_staff.size(); ++i) {
        const auto& note = (*notes)[i];
        among_staff[i].setAt(text(format_time(note.at)));
        among_staff[i].setFrom(text(note.from));
        among_staff[i].setTo(text(note.to));
        among_staff[i].setText(text(note.text));
    }
    if (const auto filled = fill_files(context.from, id, out); !filled) return filled;
    auto messages = out.initMessages(static_cast<unsigned>(events->size()));
    for (unsigned i = 0; i < messages.size(); ++i) {
        const auto& event = (*events)[i];
        const bool from_person = event.kind == casework::ContactEventKind::child_message;
        messages[i].setSeq(event.index);
        messages[i].setAt(text(format_time(event.at)));
        const bool noticed = event.kind == casework::ContactEventKind::noticed;
        messages[i].setFrom(text(from_person ? "person" : noticed ? "channel" : event.actor));
        messages[i].setText(text(event.text));
        messages[i].setSeen(!from_person && event.index <= *seen);
        fill_texts(messages[i].initMarks(noticed ? 1U : static_cast<unsigned>(event.marks.size())),
                   noticed ? std::vector{event.reason} : event.marks);
    }
    return {};
}

Result<Contact> Service::own_contact(Context& context, const std::string& name) {
    const auto id = context.about<ContactId>(name);
    if (!id) return std::unexpected(id.error());
    auto contact = parts_.contacts.find(context.from, *id);
    if (!contact) return contact;
    const bool somebody_elses =
        contact->state == ContactState::open && contact->opened_by != context.actor.name;
    if (somebody_elses && !is_supervisor(context.actor)) return fail(Fault::denied, "not_yours");
    return contact;
}

Result<void> Service::contact_release(Context& context, In request, Out reply) {
    const auto own = own_contact(context, from_text(request.getContactRelease()));
    if (!own) return std::unexpected(own.error());
    const auto contact =
        parts_.contacts.release(*context.draft, own->id, context.actor.name, context.now);
    if (!contact) return std::unexpected(contact.error());
    fill_done(reply.initDone(), *contact);
    return {};
}

Result<void> Service::contact_urgency(Context& context, In request, Out reply) {
    const auto in = request.getContactUrgency();
    const auto id = context.about<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    const auto level = casework::urgency_from(from_text(in.getUrgency()));
    if (!level) return std::unexpected(level.error());
    const auto contact = parts_.contacts.set_urgency(
        *context.draft, *id, context.actor.name, *level, from_text(in.getReason()), context.now);
    if (!contact) return std::unexpected(contact.error());
    fill_done(reply.initDone(), *contact);
    return {};
}

Result<void> Service::contact_draft(Context& context, In request, Out reply) {
    const auto in = request.getContactDraft();
    const auto id = context.about<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    const auto kept = parts_.contacts.keep_draft(*context.draft, *id, context.actor.name,
                                                 from_text(in.getText()));
    if (!kept) return kept;
    reply.initDone().setId(text(format(*id)));
    return {};
}

Result<void> Service::contact_note(Context& context, In request, Out reply) {
    const auto in = request.getContactNote();
    const auto id = context.about<ContactId>(from_text(in.getContact()));
    if (!id) return std::unexpected(id.error());
    const std::string to = from_text(in.getTo());
    if (!to.empty())
        if (const auto colleague = staff_member(to); !colleague)
            return std::unexpected(colleague.error());
    const auto noted = parts_.contacts.note(
        *context.draft, *id, {context.now, context.actor.name, to, from_text(in.getText())});
    if (!noted) return noted;
    reply.initDone().setId(text(format(*id)));
    return {};
}

// Beside the one who has it: the child goes on with whom they know.
Result<void> Service::contact_join(Context& context, In request, Out reply) {
    const auto id = context.about<ContactId>(from_text(request.getContactJoin()));
    if (!id) return std::unexpected(id.error());
    const auto contact = parts_.contacts.join(*context.draft, *id, context.actor.name, context.now);
    if (!contact) return std::unexpected(contact.error());
    fill_done(reply.initDone(), *contact);
    return {};
}

Result<void> Service::contact_transfer(Context& context, In request, Out reply) {
    const auto in = request.getContactTransfer();
    const auto own = own_contact(context, from_text(in.getContact()));
    if (!own) return std::unexpected(own.error());
    const std::string to = from_text(in.getTo());
    const auto colleague = staff_member(to);
    if (!colleague) return std::unexpected(colleague.error());
    if (const auto may = check_role(*colleague, {Role::volunteer}); !may)
        return fail(Fault::denied, "role_missing");
    if (own->opened_by != to)
        if (const auto may_have = may_be_given(context, *own, to); !may_have) return may_have;
    const auto contact = parts_.contacts.transfer(*context.draft, own->id, to, context.now);
    if (!contact) return std::unexpected(contact.error());
    fill_done(reply.initDone(), *contact);
    return {};
}

Result<void> Service::taxonomy_show(Context&, In request, Out reply) {
    const std::string name = from_text(request.getTaxonomyShow());
    const auto* taxonomy = parts_.taxonomies.find(name);
    if (taxonomy == nullptr) return fail(Fault::not_found, "taxonomy");
    auto out = reply.initTaxonomy();
    out.setName(text(name));
    const auto terms = taxonomy->terms();
    auto list = out.initTerms(static_cast<unsigned>(terms.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
        list[i].setId(text(terms[i].id));
        list[i].setParent(text(terms[i].parent));
        list[i].setEn(text(terms[i].english));
        list[i].setFr(text(terms[i].french));
        list[i].setAr(text(terms[i].arabic));
        fill_texts(list[i].initFlags(static_cast<unsigned>(terms[i].flags.size())), terms[i].flags);
    }
    return {};
}

Result<Actor> Service::staff_member(const std::string& name) const {
    auto actor = parts_.accounts.actor(name);
    if (!actor) return fail(Fault::not_found, "staff");
    return std::move(*actor);
}

Result<void> Service::staff_list(Context& context, In, Out reply) {
    const auto open = parts_.board.open_counts();
    if (!open) return std::unexpected(open.error());
    auto accounts = parts_.accounts.list(context.from);
    if (!accounts) return std::unexpected(accounts.error());
    std::erase_if(*accounts, [](const Account& account) {
        return !account.active || !check_role({account.name, account.roles}, {Role::volunteer});
    });
    auto out = reply.initStaff(static_cast<unsigned>(accounts->size()));
    for (unsigned i = 0; i < out.size(); ++i) {
        const Account& account = (*accounts)[i];
        std::vector<std::string> roles;
        for (const Role role : account.roles) roles.emplace_back(api::name(role));
        out[i].setName(text(account.name));
        out[i].setDisplayName(text(account.display_name));
        fill_texts(out[i].initRoles(static_cast<unsigned>(roles.size())), roles);
        out[i].setAtDesk(parts_.sessions.has(account.name, context.now));
        const auto has = open->find(account.name);
        out[i].setOpen(has == open->end() ? 0 : has->second);
    }
    return {};
}

}  // namespace sanad::api
