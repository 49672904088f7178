#include "core/casework/case.h"
#include "core/casework/record_fields.h"
#include "core/casework/request.h"

#include <algorithm>

namespace sanad::casework {
namespace {

static_assert(static_cast<int>(CaseStatus::reopened) ==
              static_cast<int>(schema::CaseStatus::REOPENED));
static_assert(static_cast<int>(CaseEventKind::unshared) ==
              static_cast<int>(schema::CaseEventKind::UNSHARED));

Result<void> read_links(schema::CaseRecord::Reader from, CaseFile& to) {
    auto contacts = read_ids<ContactId>(from.getContacts(), case_links_max);
    auto consents = read_ids<ConsentId>(from.getConsents(), case_links_max);
    auto referrals = read_ids<ReferralId>(from.getReferrals(), case_links_max);
    auto escalations = read_ids<EscalationId>(from.getEscalations(), case_links_max);
    if (!contacts || !consents || !referrals || !escalations)
        return fail(Fault::bad_size, "case: links");
    to.contacts = std::move(*contacts);
    to.consents = std::move(*consents);
    to.referrals = std::move(*referrals);
    to.escalations = std::move(*escalations);
    return {};
}

Result<CaseFile> read(schema::CaseRecord::Reader from) {
    CaseFile to;
    const auto id = id_from<CaseId>(from_data(from.getId()));
    if (!id) return std::unexpected(id.error());
    const auto status = read_enum<CaseStatus>(from.getStatus(), CaseStatus::reopened);
    const auto urgency = read_enum<Urgency>(from.getUrgency(), Urgency::u4);
    if (!status || !urgency) return fail(Fault::unsupported, "case: status or urgency");
    auto languages = read_texts(from.getLanguages(), list_items_max);
    auto reasons = read_texts(from.getReasons(), reasons_max);
    auto colleagues = read_texts(from.getSharedWith(), case_colleagues_max);
    if (!languages || !reasons || !colleagues) return fail(Fault::bad_size, "case: a list");
    if (const auto links = read_links(from, to); !links) return std::unexpected(links.error());
    to.id = *id;
    to.code = from_text(from.getCode());
    to.status = *status;
    to.urgency = *urgency;
    to.created_at = {from.getCreatedAtMs()};
    to.updated_at = {from.getUpdatedAtMs()};
    to.assigned_to = from_text(from.getAssignedTo());
    to.shared_with = std::move(*colleagues);
    to.languages = std::move(*languages);
    to.age_band = from_text(from.getAgeBand());
    to.gender = from_text(from.getGender());
    to.reasons = std::move(*reasons);
    to.has_safety_plan = from.getHasSafetyPlan();
    to.close_reason = from_text(from.getCloseReason());
    to.events = from.getEvents();
    return to;
}

Result<CaseEvent> read_event(schema::CaseEvent::Reader from) {
    CaseEvent to;
    const auto kind = read_enum<CaseEventKind>(from.getKind(), CaseEventKind::unshared);
    const auto status = read_optional_enum<CaseStatus>(from.getStatus(), CaseStatus::reopened);
    const auto urgency = read_optional_enum<Urgency>(from.getUrgency(), Urgency::u4);
    if (!kind || !status || !urgency) return fail(Fault::unsupported, "case event: an enum");
    const auto subject = from.getSubject();
    if (subject.size() != 0 && subject.size() != to.subject.size())
        return fail(Fault::bad_size, "case event: subject");
    to.index = from.getIndex();
    to.at = {from.getAtMs()};
    to.kind = *kind;
    to.actor = from_text(from.getActor());
    to.text = from_text(from.getText());
    to.reason = from_text(from.getReason());
    to.status = *status;
    to.urgency = *urgency;
    std::ranges::copy(subject, to.subject.begin());
    return to;
}

}  // namespace

Bytes write_record(const CaseFile& file) {
    capnp::MallocMessageBuilder builder;
    auto to = builder.initRoot<schema::CaseRecord>();
    to.setId(to_data(file.id));
    to.setCode(to_text(file.code));
    to.setStatus(to_schema<schema::CaseStatus>(file.status));
    to.setUrgency(to_schema<schema::Urgency>(file.urgency));
    to.setCreatedAtMs(file.created_at.ms);
    to.setUpdatedAtMs(file.updated_at.ms);
    to.setAssignedTo(to_text(file.assigned_to));
    write_texts(to.initLanguages(list_size(file.languages.size())), file.languages);
    to.setAgeBand(to_text(file.age_band));
    to.setGender(to_text(file.gender));
    write_texts(to.initReasons(list_size(file.reasons.size())), file.reasons);
    write_ids(to.initContacts(list_size(file.contacts.size())), file.contacts);
    write_ids(to.initConsents(list_size(file.consents.size())), file.consents);
    write_ids(to.initReferrals(list_size(file.referrals.size())), file.referrals);
    write_ids(to.initEscalations(list_size(file.escalations.size())), file.escalations);
    to.setHasSafetyPlan(file.has_safety_plan);
    to.setCloseReason(to_text(file.close_reason));
    to.setEvents(file.events);
    write_texts(to.initSharedWith(list_size(file.shared_with.size())), file.shared_with);
    return flatten(builder);
}

Result<CaseFile> read_case(ByteView bytes) {
    return read_message<schema::CaseRecord>(bytes, read, record_bytes_max);
}

Bytes write_event(const CaseEvent& event) {
    capnp::MallocMessageBuilder builder;
    auto to = builder.initRoot<schema::CaseEvent>();
    to.setIndex(event.index);
    to.setAtMs(event.at.ms);
    to.setKind(to_schema<schema::CaseEventKind>(event.kind));
    to.setActor(to_text(event.actor));
    if (!event.text.empty()) to.setText(to_text(event.text));
    if (!event.reason.empty()) to.setReason(to_text(event.reason));
    to.setStatus(to_schema<schema::CaseStatus>(event.status));
    to.setUrgency(to_schema<schema::Urgency>(event.urgency));
    if (event.subject != decltype(event.subject){}) to.setSubject(to_data(event.subject));
    return flatten(builder);
}

Result<CaseEvent> read_case_event(ByteView bytes) {
    return read_message<schema::CaseEvent>(bytes, read_event, record_bytes_max);
}

}  // namespace sanad::casework
