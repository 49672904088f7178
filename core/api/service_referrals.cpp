// The part of Service that is about referrals between nodes.
#include "core/api/clock_views.h"
#include "core/api/reply_text.h"
#include "core/api/service.h"

namespace sanad::api {

using casework::ReferralRecord;
using casework::ReferralRequest;
using casework::Side;

namespace {

std::string side_name(Side side) { return side == Side::asker ? "asker" : "asked"; }

/// What the counsellor wrote for this referral, which must be covered item by item.
Result<ReferralRequest> request_from(schema::api::Refer::Reader in) {
    ReferralRequest request;
    request.narrative = from_text(in.getNarrative());
    auto requested = texts_from(in.getServicesRequested());
    auto given = texts_from(in.getServicesGiven());
    if (!requested) return std::unexpected(requested.error());
    if (!given) return std::unexpected(given.error());
    request.services_requested = std::move(*requested);
    request.services_given = std::move(*given);
    request.location_region = from_text(in.getLocationRegion());
    request.safe_contact = {from_text(in.getSafeContactChannel()),
                            from_text(in.getSafeContactTimes()), from_text(in.getCodeWord()),
                            from_text(in.getNeverSay())};
    request.transfer_basis = from_text(in.getTransferBasis());
    if (request.transfer_basis.empty()) request.transfer_basis = "express_consent";
    request.kind = from_text(in.getKind());
    if (request.kind.empty()) request.kind = "referral";
    if (const auto by = from_text(in.getReplyBy()); !by.empty()) {
        const auto time = parse_time(by);
        if (!time) return std::unexpected(time.error());
        request.reply_by = *time;
    }
    return request;
}

// What the case file holds goes along as far as the consent reaches, and no further.
void add_from_case(ReferralRequest& request, const casework::CaseFile& file,
                   const std::string& country, const casework::Consent& consent) {
    ReferralRequest whole;
    whole.age_band = file.age_band;
    whole.gender = file.gender;
    whole.languages = file.languages;
    whole.reasons = file.reasons;
    whole.location_country = country;
    const auto ticked = casework::slice(whole, consent.terms.items);
    request.age_band = ticked.age_band;
    request.gender = ticked.gender;
    request.languages = ticked.languages;
    request.reasons = ticked.reasons;
    request.location_country = ticked.location_country;
    request.case_code = file.code;
    request.consent = consent.terms;
}

void fill_fields(schema::api::RequestView::Builder out, const ReferralRequest& request) {
    std::vector<std::pair<std::string, std::string>> fields;
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) fields.emplace_back(name, value);
    };
    const auto join = [](const std::vector<std::string>& values) {
        std::string joined;
        for (const auto& value : values) joined += (joined.empty() ? "" : ", ") + value;
        return joined;
    };
    add("age_band", request.age_band);
    add("gender", request.gender);
    add("languages", join(request.languages));
    add("location_country", request.location_country);
    add("location_region", request.location_region);
    add("reasons", join(request.reasons));
    add("narrative", request.narrative);
    add("services_requested", join(request.services_requested));
    add("services_given", join(request.services_given));
    add("safe_contact_channel", request.safe_contact.channel);
    add("safe_contact_times", request.safe_contact.times);
    add("code_word", request.safe_contact.code_word);
    add("never_say", request.safe_contact.never_say);
    add("consent_by", std::string(casework::name(request.consent.by)));
    add("transfer_basis", request.transfer_basis);
    add("reply_by", time_or_nothing(request.reply_by));
    auto list = out.initFields(static_cast<unsigned>(fields.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
        list[i].setName(text(fields[i].first));
        list[i].setValue(text(fields[i].second));
    }
}

void fill_referral(schema::api::ReferralView::Builder out, const ReferralRecord& record,
                   const NodeId& self, const casework::Clocks& clocks, Time now) {
    const auto view = casework::view_of(record);
    const NodeId& asker = record.side == Side::asker ? self : record.peer;
    const NodeId& asked = record.side == Side::asked ? self : record.peer;
    out.setId(text(format(record.id)));
    out.setPeer(text(record.peer.text));
    out.setSide(text(side_name(record.side)));
    out.setState(text(std::string(casework::name(view.state))));
    out.setUrgency(text(std::string(casework::name(record.urgency))));
    out.setKind(text(record.kind));
    if (!record.case_id.empty()) out.setCase(text(format(record.case_id)));
    out.setCaseCode(text(record.case_code));
    out.setCreatedAt(text(format_time(record.created_at)));
    std::vector<std::string> owners;
    if (view.asker_responsible) owners.push_back(asker.text);
    if (view.asked_responsible) owners.push_back(asked.text);
    fill_texts(out.initOwners(static_cast<unsigned>(owners.size())), owners);
    out.setEventsAsker(view.asker_events);
    out.setEventsAsked(view.asked_events);
    const auto clock = casework::clock_of(record, now);
    if (const auto due = casework::next_look(clocks, record, now))
        out.setDueAt(text(format_time(*due)));
    const auto deadlines = casework::deadlines(clocks.referral, record.urgency, clock);
    auto list = out.initClocks(static_cast<unsigned>(deadlines.size()));
    for (unsigned i = 0; i < list.size(); ++i) fill_deadline(list[i], deadlines[i]);
    if (!record.next.empty()) out.setNext(text(format(record.next)));
    if (!record.previous.empty()) out.setPrevious(text(format(record.previous)));
}

}  // namespace

Result<void> Service::referral_list(Context& context, In, Out reply) {
    const auto records = parts_.referrals.list(context.from, list_items_max);
    if (!records) return std::unexpected(records.error());
    auto out = reply.initReferrals(static_cast<unsigned>(records->size()));
    for (unsigned i = 0; i < out.size(); ++i)
        fill_referral(out[i], (*records)[i], parts_.self, parts_.clocks, context.now);
    return {};
}

Result<void> Service::referral_show(Context& context, In request, Out reply) {
    const auto id = parse_id<ReferralId>(from_text(request.getReferralShow()));
    if (!id) return std::unexpected(id.error());
    context.subject = id->bytes;
    const auto record = parts_.referrals.find(context.from, *id);
    if (!record) return std::unexpected(record.error());
    auto out = reply.initReferral();
    fill_referral(out, *record, parts_.self, parts_.clocks, context.now);

    struct Line {
        casework::ReferralMessage message;
        Side writer;
        bool receipted;
    };
    std::vector<Line> lines;
    for (const Side writer : {Side::asker, Side::asked}) {
        const auto& marks = writer == Side::asker ? record->asker : record->asked;
        for (std::uint32_t index = 0; index < marks.size(); ++index) {
            auto message = parts_.referrals.message(context.from, *record, writer, index);
            if (!message) return std::unexpected(message.error());
            const auto place = parts_.referrals.place(context.from, *record, writer, index);
            if (!place) return std::unexpected(place.error());
            const auto end = parts_.referrals.logs().end(context.from, place->lane);
            if (!end) return std::unexpected(end.error());
            const bool ours = place->lane.direction == federation::Direction::out;
            lines.push_back(
                {std::move(*message), writer, !ours || end->receipted.size() > place->index});
        }
    }
    std::ranges::stable_sort(lines, {}, [](const Line& line) { return line.message.at; });
    const NodeId& asker = record->side == Side::asker ? parts_.self : record->peer;
    const NodeId& asked = record->side == Side::asked ? parts_.self : record->peer;
    auto timeline = out.initTimeline(static_cast<unsigned>(lines.size()));
    for (unsigned i = 0; i < timeline.size(); ++i) {
        const auto& [message, writer, receipted] = lines[i];
        timeline[i].setAt(text(format_time(message.at)));
        timeline[i].setWho(text(writer == Side::asker ? asker.text : asked.text));
        timeline[i].setWhat(text(std::string(casework::name(message.kind))));
        timeline[i].setReason(text(message.reason));
        timeline[i].setText(text(message.text));
        timeline[i].setReceipt(receipted ? "receipted" : "pending");
        if (message.request) fill_fields(out.initRequest(), *message.request);
    }
    return {};
}

Result<void> Service::refer(Context& context, In request, Out reply) {
    const auto in = request.getRefer();
    const auto case_id = parse_id<CaseId>(from_text(in.getCase()));
    if (!case_id) return std::unexpected(case_id.error());
    const NodeId to{from_text(in.getTo())};
    if (to == parts_.self || parts_.peers.current()->find(to) == nullptr)
        return fail(Fault::denied, "node_unknown");
    const auto in_time = federation::check_new_referral(*parts_.directories.current(), context.now,
                                                        parts_.directories.grace());
    if (!in_time) return in_time;
    const auto file = parts_.cases.find(context.from, *case_id);
    if (!file) return std::unexpected(file.error());
    const auto consent = consent_for(context.from, *file, from_text(in.getConsent()));
    if (!consent) return std::unexpected(consent.error());
    if (!in.getRedactionConfirmed()) return fail(Fault::denied, "redaction_unconfirmed");

    auto what = request_from(in);
    if (!what) return std::unexpected(what.error());
    what->urgency = file->urgency;
    if (const auto wanted = from_text(in.getUrgency()); !wanted.empty()) {
        const auto urgency = casework::urgency_from(wanted);
        if (!urgency) return std::unexpected(urgency.error());
        what->urgency = *urgency;
    }
    add_from_case(*what, *file, parts_.country, *consent);
    if (const auto covered = casework::covers_request(*consent, *what, to.text, context.now);
        !covered)
        return covered;

    const auto record = parts_.referrals.request(*context.draft, to, *case_id, consent->id,
                                                 std::move(*what), context.now);
    if (!record) return std::unexpected(record.error());
    context.subject = record->id.bytes;
    casework::CaseEvent event;
    event.kind = casework::CaseEventKind::referral;
    event.actor = context.actor.name;
    event.subject = record->id.bytes;
    const auto noted = parts_.cases.say(*context.draft, *case_id, std::move(event), context.now);
    if (!noted) return std::unexpected(noted.error());
    auto done = reply.initDone();
    done.setId(text(format(record->id)));
    done.setState(text(std::string(casework::name(casework::view_of(*record).state))));
    return {};
}

Result<void> Service::referral_move(Context& context, In request, Out reply) {
    const auto in = request.getReferralMove();
    const auto id = parse_id<ReferralId>(from_text(in.getReferral()));
    if (!id) return std::unexpected(id.error());
    context.subject = id->bytes;
    const auto kind = casework::referral_event_kind_from(from_text(in.getMove()));
    if (!kind) return std::unexpected(kind.error());
    context.reason = from_text(in.getMove());
    const auto record = parts_.referrals.move(*context.draft, *id, *kind, from_text(in.getReason()),
                                              from_text(in.getText()), context.now);
    if (!record) return std::unexpected(record.error());
    auto done = reply.initDone();
    done.setId(text(format(record->id)));
    done.setState(text(std::string(casework::name(casework::view_of(*record).state))));
    return {};
}

}  // namespace sanad::api
