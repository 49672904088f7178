// The part of Service that is about cases and consents.
#include "core/api/case_reply.h"
#include "core/api/service.h"
#include "core/trust/hash.h"

namespace sanad::api {

using casework::CaseEvent;
using casework::CaseEventKind;
using casework::CaseFile;

namespace {

void fill_case(schema::api::CaseView::Builder out, const CaseFile& file) {
    fill_case_head(out, file);
    out.setCloseReason(text(file.close_reason));
    out.setAgeBand(text(file.age_band));
    out.setGender(text(file.gender));
    out.setHasSafetyPlan(file.has_safety_plan);
    fill_texts(out.initReasons(static_cast<unsigned>(file.reasons.size())), file.reasons);
    fill_texts(out.initLanguages(static_cast<unsigned>(file.languages.size())), file.languages);
    const auto list = [](const auto& ids) { return static_cast<unsigned>(ids.size()); };
    fill_texts(out.initContacts(list(file.contacts)), texts_of(file.contacts));
    fill_texts(out.initReferrals(list(file.referrals)), texts_of(file.referrals));
    fill_texts(out.initEscalations(list(file.escalations)), texts_of(file.escalations));
    fill_texts(out.initConsents(list(file.consents)), texts_of(file.consents));
    fill_texts(out.initSharedWith(list(file.shared_with)), file.shared_with);
    out.setMine(true);
}

void fill_done(schema::api::Done::Builder out, const CaseFile& file) {
    out.setId(text(format(file.id)));
    out.setState(text(std::string(casework::name(file.status))));
    out.setCode(text(file.code));
}

CaseEvent event_of(CaseEventKind kind, const std::string& actor) {
    CaseEvent event;
    event.kind = kind;
    event.actor = actor;
    return event;
}

// What both an opened and a changed case have; the level is another matter.
template <typename In>
Result<Cases::Details> read_details(In in) {
    Cases::Details details;
    auto reasons = texts_from(in.getReasons(), casework::reasons_max);
    auto languages = texts_from(in.getLanguages());
    if (!reasons) return std::unexpected(reasons.error());
    if (!languages) return std::unexpected(languages.error());
    details.reasons = std::move(*reasons);
    details.languages = std::move(*languages);
    details.age_band = from_text(in.getAgeBand());
    details.gender = from_text(in.getGender());
    return details;
}

}  // namespace

Result<void> Service::case_list(Context& context, In, Out reply) {
    const auto files = parts_.cases.list(context.from, list_items_max);
    if (!files) return std::unexpected(files.error());
    auto out = reply.initCases(static_cast<unsigned>(files->size()));
    for (unsigned i = 0; i < out.size(); ++i) {
        const auto mine = may_open(context, (*files)[i]);
        if (!mine) return std::unexpected(mine.error());
        *mine ? fill_case(out[i], (*files)[i]) : fill_case_head(out[i], (*files)[i]);
    }
    return {};
}

Result<void> Service::case_show(Context& context, In request, Out reply) {
    const auto id = context.about<CaseId>(from_text(request.getCaseShow()));
    if (!id) return std::unexpected(id.error());
    const auto file = own_case(context, *id);
    if (!file) return std::unexpected(file.error());
    auto events = parts_.cases.events(context.from, *id);
    if (!events) return std::unexpected(events.error());
    if (events->size() > list_items_max)
        events->erase(events->begin(), events->end() - list_items_max);
    const auto answers = parts_.cases.answers(context.from, *id);
    if (!answers) return std::unexpected(answers.error());
    const auto glasses = parts_.break_glass.of(context.from, *id);
    if (!glasses) return std::unexpected(glasses.error());
    auto out = reply.initCase();
    fill_case(out, *file);
    fill_glasses(out.initGlasses(static_cast<unsigned>(glasses->size())), *glasses, context.from);
    auto answered = out.initAnswers(static_cast<unsigned>(answers->size()));
    for (unsigned i = 0; i < answered.size(); ++i) {
        answered[i].setField(text((*answers)[i].field));
        const auto& values = (*answers)[i].values;
        fill_texts(answered[i].initValues(static_cast<unsigned>(values.size())), values);
    }
    auto timeline = out.initTimeline(static_cast<unsigned>(events->size()));
    for (unsigned i = 0; i < timeline.size(); ++i) fill_line(timeline[i], (*events)[i]);
    return {};
}

Result<void> Service::case_open(Context& context, In request, Out reply) {
    const auto in = request.getCaseOpen();
    const auto contact = parse_id<ContactId>(from_text(in.getContact()));
    if (!contact) return std::unexpected(contact.error());
    auto level = casework::Urgency::none;
    if (const auto wanted = from_text(in.getUrgency()); !wanted.empty()) {
        const auto urgency = casework::urgency_from(wanted);
        if (!urgency) return std::unexpected(urgency.error());
        level = *urgency;
    }
    auto details = read_details(in);
    if (!details) return std::unexpected(details.error());
    details->urgency = level;
    const auto about = parts_.contacts.find(context.from, *contact);
    if (!about) return std::unexpected(about.error());
    if (const auto may = check_contact(context, *about); !may) return may;
    const auto file = parts_.cases.open_from(*context.draft, *contact, std::move(*details),
                                             context.actor.name, context.now);
    if (!file) return std::unexpected(file.error());
    context.subject = file->id.bytes;
    fill_done(reply.initDone(), *file);
    return {};
}

Result<void> Service::case_note(Context& context, In request, Out reply) {
    const auto in = request.getCaseNote();
    const auto id = context.about<CaseId>(from_text(in.getCase()));
    if (!id) return std::unexpected(id.error());
    if (const auto own = own_case(context, *id); !own) return std::unexpected(own.error());
    auto event = event_of(CaseEventKind::note, context.actor.name);
    event.text = from_text(in.getText());
    const auto file = parts_.cases.say(*context.draft, *id, std::move(event), context.now);
    if (!file) return std::unexpected(file.error());
    fill_done(reply.initDone(), *file);
    return {};
}

// Each part of the change is an event of its own in the case's timeline, all in one transaction.
Result<void> Service::case_change(Context& context, In request, Out reply) {
    const auto in = request.getCaseChange();
    const auto id = context.about<CaseId>(from_text(in.getCase()));
    if (!id) return std::unexpected(id.error());
    auto file = own_case(context, *id);
    if (!file) return std::unexpected(file.error());
    const auto say = [&](CaseEvent event) -> Result<void> {
        auto said = parts_.cases.say(*context.draft, *id, std::move(event), context.now);
        if (!said) return std::unexpected(said.error());
        file = std::move(said);
        return {};
    };
    const std::string reason = from_text(in.getReason());
    if (const auto wanted = from_text(in.getUrgency()); !wanted.empty()) {
        const auto level = casework::urgency_from(wanted);
        if (!level) return std::unexpected(level.error());
        auto event = event_of(CaseEventKind::urgency, context.actor.name);
        event.urgency = *level;
        event.reason = reason;
        if (const auto said = say(std::move(event)); !said) return said;
    }
    if (const auto wanted = from_text(in.getStatus()); !wanted.empty()) {
        const auto status = casework::case_status_from(wanted);
        if (!status) return std::unexpected(status.error());
        auto event = event_of(*status == casework::CaseStatus::reopened ? CaseEventKind::reopened
                                                                        : CaseEventKind::status,
                              context.actor.name);
        event.status = *status;
        if (event.kind == CaseEventKind::reopened) event.reason = reason;
        if (const auto said = say(std::move(event)); !said) return said;
    }
    if (const auto to = from_text(in.getAssignTo()); !to.empty()) {
        const auto colleague = staff_member(to);
        if (!colleague) return std::unexpected(colleague.error());
        if (const auto may = check_role(*colleague, {Role::counsellor}); !may)
            return fail(Fault::denied, "role_missing");
        auto event = event_of(CaseEventKind::assigned, context.actor.name);
        event.text = to;
        if (const auto said = say(std::move(event)); !said) return said;
    }
    if (auto plan = from_text(in.getSafetyPlan()); !plan.empty()) {
        auto event = event_of(CaseEventKind::safety_plan, context.actor.name);
        event.text = std::move(plan);
        if (const auto said = say(std::move(event)); !said) return said;
    }
    if (auto action = from_text(in.getAction()); !action.empty()) {
        auto event = event_of(CaseEventKind::action, context.actor.name);
        event.reason = std::move(action);
        if (const auto said = say(std::move(event)); !said) return said;
    }
    auto details = read_details(in);
    if (!details) return std::unexpected(details.error());
    if (!details->reasons.empty() || !details->languages.empty() || !details->age_band.empty() ||
        !details->gender.empty()) {
        auto changed = parts_.cases.change(*context.draft, *id, std::move(*details),
                                           context.actor.name, context.now);
        if (!changed) return std::unexpected(changed.error());
        file = std::move(changed);
    }
    fill_done(reply.initDone(), *file);
    return {};
}

Result<void> Service::case_close(Context& context, In request, Out reply) {
    const auto in = request.getCaseClose();
    const auto id = context.about<CaseId>(from_text(in.getCase()));
    if (!id) return std::unexpected(id.error());
    context.reason = from_text(in.getReason());
    if (const auto own = own_case(context, *id); !own) return std::unexpected(own.error());
    const auto answers = parts_.cases.answers(context.from, *id);
    if (!answers) return std::unexpected(answers.error());
    if (casework::missing(*parts_.node.form(), *answers) != nullptr)
        return fail(Fault::denied, "answer_missing");
    auto event = event_of(CaseEventKind::closed, context.actor.name);
    event.reason = context.reason;
    const auto file = parts_.cases.say(*context.draft, *id, std::move(event), context.now);
    if (!file) return std::unexpected(file.error());
    fill_done(reply.initDone(), *file);
    return {};
}

Result<void> Service::consent_record(Context& context, In request, Out reply) {
    const auto in = request.getConsentRecord();
    casework::Consent consent;
    const auto id = context.about<CaseId>(from_text(in.getCase()));
    if (!id) return std::unexpected(id.error());
    consent.case_id = *id;
    if (const auto own = own_case(context, *id); !own) return std::unexpected(own.error());
    const auto by = casework::consent_by_from(from_text(in.getBy()));
    if (!by) return std::unexpected(by.error());
    // Sharing without consent needs two people, and a door of its own.
    if (*by == casework::ConsentBy::none_best_interest)
        return fail(Fault::denied, "consent_missing");
    consent.terms.by = *by;
    const auto items = texts_from(in.getItems());
    if (!items) return std::unexpected(items.error());
    for (const auto& name : *items) {
        const auto item = casework::item_from(name);
        if (!item) return std::unexpected(item.error());
        consent.terms.items.insert(*item);
    }
    auto recipients = texts_from(in.getRecipients());
    if (!recipients) return std::unexpected(recipients.error());
    consent.terms.recipients = std::move(*recipients);
    const auto words = from_text(in.getWords());
    if (words.empty()) return fail(Fault::invalid, "words");
    consent.terms.text_hash = trust::sha256(bytes_of(words));
    if (const auto until = from_text(in.getExpires()); !until.empty()) {
        const auto expires = parse_time(until);
        if (!expires) return std::unexpected(expires.error());
        consent.terms.expires = *expires;
    }
    consent.language = from_text(in.getLanguage());
    consent.recorded_by = context.actor.name;
    const auto recorded =
        parts_.cases.record_consent(*context.draft, std::move(consent), context.now);
    if (!recorded) return std::unexpected(recorded.error());
    reply.initDone().setId(text(format(recorded->id)));
    return {};
}

Result<casework::Consent> Service::consent_for(store::Snapshot& from, const CaseFile& file,
                                               const std::string& id) {
    if (id.empty() && file.consents.empty()) return fail(Fault::denied, "consent_missing");
    auto wanted = id.empty() ? Result<ConsentId>(file.consents.back()) : parse_id<ConsentId>(id);
    if (!wanted) return std::unexpected(wanted.error());
    return parts_.cases.consent(from, file.id, *wanted);
}

}  // namespace sanad::api
