#include "core/casework/escalation.h"
#include "core/casework/record_fields.h"

namespace sanad::casework {
namespace {

using Kind = EscalationEventKind;

static_assert(static_cast<int>(EscalationState::declined) ==
              static_cast<int>(schema::EscalationState::DECLINED));
static_assert(static_cast<int>(Kind::note) == static_cast<int>(schema::EscalationEventKind::NOTE));

Result<Escalation> read(schema::EscalationRecord::Reader from) {
    Escalation to;
    const auto id = id_from<EscalationId>(from_data(from.getId()));
    const auto case_id = read_id<CaseId>(from.getCaseId());
    const auto consent_id = read_id<ConsentId>(from.getConsentId());
    if (!id || !case_id || !consent_id) return fail(Fault::bad_size, "escalation: id");
    const auto urgency = read_enum<Urgency>(from.getUrgency(), Urgency::u4);
    const auto state = read_enum<EscalationState>(from.getState(), EscalationState::declined);
    if (!urgency || !state) return fail(Fault::unsupported, "escalation: urgency or state");
    const auto events = from.getEvents();
    if (events.size() > escalation_events_max) return fail(Fault::bad_size, "escalation: events");
    for (const auto event : events) {
        const auto kind = read_enum<Kind>(event.getKind(), Kind::note);
        if (!kind) return std::unexpected(kind.error());
        to.events.push_back({*kind, {event.getAtMs()}});
    }
    to.id = *id;
    to.case_id = *case_id;
    to.consent_id = *consent_id;
    to.partner = from_text(from.getPartner());
    to.urgency = *urgency;
    to.state = *state;
    to.steps_done = from.getStepsDone();
    to.created_at = {from.getCreatedAtMs()};
    to.updated_at = {from.getUpdatedAtMs()};
    to.clock_from = {from.getClockFromMs()};
    if (to.clock_from.ms == 0) to.clock_from = to.created_at;
    to.timer_at = {from.getTimerMs()};
    to.summary = from_text(from.getSummary());
    to.partner_reference = from_text(from.getPartnerReference());
    return to;
}

Result<EscalationEvent> read_event(schema::EscalationEvent::Reader from) {
    const auto kind = read_enum<Kind>(from.getKind(), Kind::note);
    if (!kind) return std::unexpected(kind.error());
    return EscalationEvent{.index = from.getIndex(),
                           .at = {from.getAtMs()},
                           .kind = *kind,
                           .actor = from_text(from.getActor()),
                           .reason = from_text(from.getReason()),
                           .text = from_text(from.getText())};
}

}  // namespace

Bytes write_record(const Escalation& escalation) {
    capnp::MallocMessageBuilder builder;
    auto to = builder.initRoot<schema::EscalationRecord>();
    to.setId(to_data(escalation.id));
    to.setCaseId(id_data(escalation.case_id));
    to.setPartner(to_text(escalation.partner));
    to.setUrgency(to_schema<schema::Urgency>(escalation.urgency));
    to.setState(to_schema<schema::EscalationState>(escalation.state));
    auto events = to.initEvents(list_size(escalation.events.size()));
    for (unsigned i = 0; i < escalation.events.size(); ++i) {
        events[i].setKind(to_schema<schema::EscalationEventKind>(escalation.events[i].kind));
        events[i].setAtMs(escalation.events[i].at.ms);
    }
    to.setStepsDone(escalation.steps_done);
    to.setCreatedAtMs(escalation.created_at.ms);
    to.setUpdatedAtMs(escalation.updated_at.ms);
    to.setClockFromMs(escalation.clock_from.ms);
    to.setTimerMs(escalation.timer_at.ms);
    to.setConsentId(id_data(escalation.consent_id));
    to.setSummary(to_text(escalation.summary));
    to.setPartnerReference(to_text(escalation.partner_reference));
    return flatten(builder);
}

Result<Escalation> read_escalation(ByteView bytes) {
    return read_message<schema::EscalationRecord>(bytes, read, record_bytes_max);
}

Bytes write_event(const EscalationEvent& event) {
    capnp::MallocMessageBuilder builder;
    auto to = builder.initRoot<schema::EscalationEvent>();
    to.setIndex(event.index);
    to.setAtMs(event.at.ms);
    to.setKind(to_schema<schema::EscalationEventKind>(event.kind));
    to.setActor(to_text(event.actor));
    if (!event.reason.empty()) to.setReason(to_text(event.reason));
    if (!event.text.empty()) to.setText(to_text(event.text));
    return flatten(builder);
}

Result<EscalationEvent> read_escalation_event(ByteView bytes) {
    return read_message<schema::EscalationEvent>(bytes, read_event, record_bytes_max);
}

}  // namespace sanad::casework
