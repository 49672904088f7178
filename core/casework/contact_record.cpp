#include "core/casework/contact.h"
#include "core/casework/record_fields.h"
#include "core/casework/request.h"

#include <algorithm>

namespace sanad::casework {
namespace {

static_assert(static_cast<int>(ContactState::ended) ==
              static_cast<int>(schema::ContactState::ENDED));
static_assert(static_cast<int>(ContactEventKind::noticed) ==
              static_cast<int>(schema::ContactEventKind::NOTICED));

Result<Contact> read(schema::ContactRecord::Reader from) {
    Contact to;
    const auto id = id_from<ContactId>(from_data(from.getId()));
    const auto case_id = read_id<CaseId>(from.getCaseId());
    if (!id || !case_id) return fail(Fault::bad_size, "contact: id");
    const auto urgency = read_optional_enum<Urgency>(from.getUrgency(), Urgency::u4);
    const auto state = read_enum<ContactState>(from.getState(), ContactState::ended);
    if (!urgency || !state) return fail(Fault::unsupported, "contact: urgency or state");
    auto languages = read_texts(from.getLanguages(), list_items_max);
    auto topics = read_texts(from.getTopics(), list_items_max);
    auto joined = read_texts(from.getJoined(), list_items_max);
    auto marks = read_texts(from.getMarks(), list_items_max);
    if (!languages || !topics || !joined || !marks) return fail(Fault::bad_size, "contact: a list");
    to.id = *id;
    to.channel = from_text(from.getChannel());
    to.instance = from_text(from.getInstance());
    to.languages = std::move(*languages);
    to.topics = std::move(*topics);
    to.joined = std::move(*joined);
    to.marks = std::move(*marks);
    to.set_aside = from.getSetAside();
    const auto earlier = read_id<ContactId>(from.getEarlier());
    if (!earlier) return fail(Fault::bad_size, "contact: earlier");
    to.earlier = *earlier;
    to.requester = from_text(from.getRequester());
    to.age_band = from_text(from.getAgeBand());
    to.urgency = *urgency;
    to.state = *state;
    to.created_at = {from.getCreatedAtMs()};
    to.waiting_since = {from.getWaitingSinceMs()};
    to.updated_at = {from.getUpdatedAtMs()};
    to.opened_by = from_text(from.getOpenedBy());
    to.end_reason = from_text(from.getEndReason());
    to.result = from_text(from.getResult());
    to.case_id = *case_id;
    to.events = from.getEvents();
    return to;
}

Result<ContactEvent> read_event(schema::ContactEvent::Reader from) {
    ContactEvent to;
    const auto kind = read_enum<ContactEventKind>(from.getKind(), ContactEventKind::noticed);
    const auto urgency = read_optional_enum<Urgency>(from.getUrgency(), Urgency::u4);
    if (!kind || !urgency) return fail(Fault::unsupported, "contact event: kind or urgency");
    const auto case_id = read_id<CaseId>(from.getCaseId());
    const auto key = from.getMessageKey();
    if (!case_id || (key.size() != 0 && key.size() != to.message_key.size()))
        return fail(Fault::bad_size, "contact event: id");
    to.index = from.getIndex();
    to.at = {from.getAtMs()};
    to.kind = *kind;
    to.actor = from_text(from.getActor());
    to.text = from_text(from.getText());
    to.reason = from_text(from.getReason());
    to.urgency = *urgency;
    std::ranges::copy(key, to.message_key.begin());
    to.case_id = *case_id;
    auto marks = read_texts(from.getMarks(), list_items_max);
    if (!marks) return fail(Fault::bad_size, "contact event: marks");
    to.marks = std::move(*marks);
    return to;
}

}  // namespace

Bytes write_record(const Contact& contact) {
    capnp::MallocMessageBuilder builder;
    auto to = builder.initRoot<schema::ContactRecord>();
    to.setId(to_data(contact.id));
    to.setChannel(to_text(contact.channel));
    to.setInstance(to_text(contact.instance));
    write_texts(to.initLanguages(list_size(contact.languages.size())), contact.languages);
    to.setRequester(to_text(contact.requester));
    to.setUrgency(to_schema<schema::Urgency>(contact.urgency));
    to.setState(to_schema<schema::ContactState>(contact.state));
    to.setCreatedAtMs(contact.created_at.ms);
    to.setWaitingSinceMs(contact.waiting_since.ms);
    to.setUpdatedAtMs(contact.updated_at.ms);
    to.setOpenedBy(to_text(contact.opened_by));
    to.setEndReason(to_text(contact.end_reason));
    to.setResult(to_text(contact.result));
    to.setCaseId(id_data(contact.case_id));
    to.setEvents(contact.events);
    write_texts(to.initTopics(list_size(contact.topics.size())), contact.topics);
    to.setAgeBand(to_text(contact.age_band));
    if (!contact.joined.empty())
        write_texts(to.initJoined(list_size(contact.joined.size())), contact.joined);
    if (!contact.marks.empty())
        write_texts(to.initMarks(list_size(contact.marks.size())), contact.marks);
    to.setSetAside(contact.set_aside);
    to.setEarlier(id_data(contact.earlier));
    return flatten(builder);
}

Result<Contact> read_contact(ByteView bytes) {
    return read_message<schema::ContactRecord>(bytes, read, record_bytes_max);
}

Bytes write_event(const ContactEvent& event) {
    capnp::MallocMessageBuilder builder;
    auto to = builder.initRoot<schema::ContactEvent>();
    to.setIndex(event.index);
    to.setAtMs(event.at.ms);
    to.setKind(to_schema<schema::ContactEventKind>(event.kind));
    to.setActor(to_text(event.actor));
    if (!event.text.empty()) to.setText(to_text(event.text));
    if (!event.reason.empty()) to.setReason(to_text(event.reason));
    to.setUrgency(to_schema<schema::Urgency>(event.urgency));
    if (event.message_key != decltype(event.message_key){})
        to.setMessageKey(to_data(event.message_key));
    to.setCaseId(id_data(event.case_id));
    if (!event.marks.empty()) write_texts(to.initMarks(list_size(event.marks.size())), event.marks);
    return flatten(builder);
}

Result<ContactEvent> read_contact_event(ByteView bytes) {
    return read_message<schema::ContactEvent>(bytes, read_event, record_bytes_max);
}

}  // namespace sanad::casework
