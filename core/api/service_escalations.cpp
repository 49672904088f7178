// The part of Service that is about escalations to partners.
#include "core/api/clock_views.h"
#include "core/api/json_object.h"
#include "core/api/reply_text.h"
#include "core/api/service.h"

#include <algorithm>

namespace sanad::api {

using casework::Escalation;
using casework::Item;

namespace {

void fill_escalation(schema::api::EscalationView::Builder out, const Escalation& escalation,
                     const casework::Clocks& clocks) {
    out.setId(text(format(escalation.id)));
    out.setCase(text(format(escalation.case_id)));
    out.setPartner(text(escalation.partner));
    out.setState(text(std::string(casework::name(escalation.state))));
    out.setUrgency(text(std::string(casework::name(escalation.urgency))));
    out.setCreatedAt(text(format_time(escalation.created_at)));
    out.setPartnerReference(text(escalation.partner_reference));
    const auto due =
        casework::next_due(clocks.escalation, escalation.urgency, casework::clock_of(escalation));
    if (due) out.setDueAt(text(format_time(*due)));
    const auto deadlines =
        casework::deadlines(clocks.escalation, escalation.urgency, casework::clock_of(escalation));
    auto list = out.initClocks(static_cast<unsigned>(deadlines.size()));
    for (unsigned i = 0; i < list.size(); ++i) fill_deadline(list[i], deadlines[i]);
}

// What disclosed() may put into the view; nothing else of a case ever reaches a partner.
bool is_told_to_partners(Item item) {
    return item == Item::age_band || item == Item::gender || item == Item::languages ||
           item == Item::reasons || item == Item::location || item == Item::narrative;
}

// The JSON object a partner gets: each field is one that was ticked.
std::string disclosed(const casework::CaseFile& file, const casework::Consent& consent,
                      const Escalation& escalation, const std::string& country) {
    std::vector<std::pair<std::string, std::string>> fields{
        {"case_code", file.code},
        {"urgency", std::string(casework::name(escalation.urgency))},
        {"summary", escalation.summary}};
    const auto add = [&](Item item, const char* name, const std::string& value) {
        if (consent.terms.items.contains(item) && !value.empty()) fields.emplace_back(name, value);
    };
    add(Item::age_band, "age_band", file.age_band);
    add(Item::gender, "gender", file.gender);
    add(Item::languages, "language",
        file.languages.empty() ? std::string() : file.languages.front());
    add(Item::reasons, "reason", file.reasons.empty() ? std::string() : file.reasons.front());
    add(Item::location, "country", country);
    return json_object(fields);
}

}  // namespace

Result<void> Service::escalation_list(Context& context, In, Out reply) {
    const auto escalations = parts_.escalations.list(context.from, list_items_max);
    if (!escalations) return std::unexpected(escalations.error());
    auto out = reply.initEscalations(static_cast<unsigned>(escalations->size()));
    for (unsigned i = 0; i < out.size(); ++i)
        fill_escalation(out[i], (*escalations)[i], parts_.clocks);
    return {};
}

Result<void> Service::escalation_show(Context& context, In request, Out reply) {
    const auto id = context.about<EscalationId>(from_text(request.getEscalationShow()));
    if (!id) return std::unexpected(id.error());
    const auto escalation = parts_.escalations.find(context.from, *id);
    if (!escalation) return std::unexpected(escalation.error());
    if (const auto may = check_case(context, escalation->case_id); !may) return may;
    const auto events = parts_.escalations.events(context.from, *id);
    if (!events) return std::unexpected(events.error());
    auto out = reply.initEscalation();
    fill_escalation(out, *escalation, parts_.clocks);
    auto timeline = out.initTimeline(static_cast<unsigned>(events->size()));
    for (unsigned i = 0; i < timeline.size(); ++i) fill_line(timeline[i], (*events)[i]);
    return {};
}

Result<void> Service::escalate(Context& context, In request, Out reply) {
    const auto in = request.getEscalate();
    const auto case_id = parse_id<CaseId>(from_text(in.getCase()));
    if (!case_id) return std::unexpected(case_id.error());
    const auto partner =
        std::ranges::find(parts_.partners, from_text(in.getPartner()), &Partner::id);
    if (partner == parts_.partners.end()) return fail(Fault::denied, "partner_unknown");
    const auto file = own_case(context, *case_id);
    if (!file) return std::unexpected(file.error());
    const auto consent = consent_for(context.from, *file, from_text(in.getConsent()));
    if (!consent) return std::unexpected(consent.error());
    if (!in.getRedactionConfirmed()) return fail(Fault::denied, "redaction_unconfirmed");
    // The summary is the narrative, cut down: the same item of the consent covers it.
    if (const auto covered =
            casework::covers(*consent, {Item::narrative}, partner->id, context.now);
        !covered)
        return covered;

    Escalation escalation;
    escalation.case_id = *case_id;
    escalation.consent_id = consent->id;
    escalation.partner = partner->id;
    escalation.urgency = file->urgency;
    escalation.summary = from_text(in.getSummary());
    if (escalation.summary.empty() ||
        escalation.summary.size() > casework::escalation_summary_bytes_max)
        return fail(Fault::bad_size, "summary");
    if (const auto wanted = from_text(in.getUrgency()); !wanted.empty()) {
        const auto urgency = casework::urgency_from(wanted);
        if (!urgency) return std::unexpected(urgency.error());
        escalation.urgency = *urgency;
    }
    auto items = consent->terms.items;
    std::erase_if(items, [](Item item) { return !is_told_to_partners(item); });
    items.insert(Item::narrative);
    std::string basis = from_text(in.getTransferBasis());
    if (basis.empty()) basis = "same_jurisdiction";
    const auto verdict =
        parts_.policies.current()->check({.from = federation::country_of(parts_.self),
                                          .to = federation::country_of(parts_.self),
                                          .recipient = casework::Recipient::partner,
                                          .basis = basis,
                                          .purpose = "escalation",
                                          .items = std::move(items)});
    if (const auto allowed = verdict.as_result(); !allowed) return allowed;
    context.reason = "policy " + verdict.in_words();
    const auto view = disclosed(*file, *consent, escalation, parts_.country);
    const auto raised =
        parts_.escalations.raise(*context.draft, std::move(escalation), partner->instance, view,
                                 context.actor.name, context.now);
    if (!raised) return std::unexpected(raised.error());
    context.subject = raised->id.bytes;
    casework::CaseEvent event;
    event.kind = casework::CaseEventKind::escalation;
    event.actor = context.actor.name;
    event.subject = raised->id.bytes;
    const auto noted = parts_.cases.say(*context.draft, *case_id, std::move(event), context.now);
    if (!noted) return std::unexpected(noted.error());
    auto done = reply.initDone();
    done.setId(text(format(raised->id)));
    done.setState(text(std::string(casework::name(raised->state))));
    done.setNote(text("allowed by " + verdict.in_words()));
    return {};
}

}  // namespace sanad::api
