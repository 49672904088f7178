#include "core/api/contact_reply.h"

namespace sanad::api {

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
    out.setWaitingSince(text(time_or_nothing(contact.waiting_since)));
    out.setEndReason(text(contact.end_reason));
    fill_texts(out.initJoined(static_cast<unsigned>(contact.joined.size())), contact.joined);
    fill_texts(out.initMarks(static_cast<unsigned>(contact.marks.size())), contact.marks);
    out.setSetAside(contact.set_aside);
    if (!contact.earlier.empty()) out.setEarlier(text(format(contact.earlier)));
}

void fill_done(schema::api::Done::Builder out, const casework::Contact& contact) {
    out.setId(text(format(contact.id)));
    out.setState(text(std::string(casework::name(contact.state))));
}

}  // namespace sanad::api
