// The part of Service that is about clocks: what is about to break, and whom to ask next.
#include "core/api/clock_views.h"
#include "core/api/reply_text.h"
#include "core/api/service.h"

#include <algorithm>

namespace sanad::api {

using casework::Deadline;
using casework::ReferralRecord;
using casework::ReferralRequest;
using casework::Side;

namespace {

/// When somebody is told next; what is never told again, or stands still, comes last.
Time soonest(const ClockLine& line) {
    const bool waits = !line.deadline.next || line.deadline.stands_still;
    return waits ? Time{casework::event_time_ms_max} : line.deadline.next->due;
}

bool is_open_to_another(const casework::ReferralView& view) {
    using State = casework::ReferralState;
    switch (view.underlying) {
        case State::delivered:
        case State::sent:
        case State::under_review:
        case State::info_requested:
        case State::declined:
        case State::redirected:
        case State::not_completed:
        case State::withdrawn:
        case State::expired:
            return true;
        default:
            return false;
    }
}

}  // namespace

std::vector<ClockLine> clock_lines(std::span<const ReferralRecord> referrals,
                                   std::span<const casework::Escalation> escalations,
                                   const casework::Clocks& clocks, Time now) {
    std::vector<ClockLine> lines;
    for (const auto& record : referrals)
        for (auto& deadline :
             casework::deadlines(clocks.referral, record.urgency, casework::clock_of(record, now)))
            lines.push_back({"referral", format(record.id), record.peer.text,
                             std::string(casework::name(record.state)),
                             record.case_id.empty() ? "" : format(record.case_id), record.urgency,
                             std::move(deadline)});
    for (const auto& escalation : escalations)
        for (auto& deadline : casework::deadlines(clocks.escalation, escalation.urgency,
                                                  casework::clock_of(escalation)))
            lines.push_back({"escalation", format(escalation.id), escalation.partner,
                             std::string(casework::name(escalation.state)),
                             format(escalation.case_id), escalation.urgency, std::move(deadline)});
    std::ranges::stable_sort(lines, {}, soonest);
    return lines;
}

void fill_clock(schema::api::ClockView::Builder out, const ClockLine& line) {
    out.setWhat(text(line.what));
    out.setId(text(line.id));
    out.setPeer(text(line.peer));
    out.setState(text(line.state));
    out.setCase(text(line.case_id));
    out.setUrgency(text(std::string(casework::name(line.urgency))));
    fill_deadline(out, line.deadline);
}

void fill_deadline(schema::api::ClockView::Builder out, const Deadline& deadline) {
    out.setLimit(text(std::string(casework::name(deadline.milestone))));
    out.setDueAt(text(format_time(deadline.due)));
    out.setStandsStill(deadline.stands_still);
    if (deadline.next) {
        out.setNextStep(text(std::string(casework::name(deadline.next->step))));
        out.setNextAt(text(format_time(deadline.next->due)));
    }
    auto told = out.initTold(static_cast<unsigned>(deadline.told.size()));
    for (unsigned i = 0; i < told.size(); ++i)
        told.set(i, text(std::string(casework::name(deadline.told[i]))));
}

void fill_choice(schema::api::ChoiceView::Builder out, const casework::Choice& choice) {
    out.setNode(text(choice.node.text));
    out.setFits(choice.fits);
    out.setRoom(choice.room);
    out.setWords(text(casework::explain(choice)));
    auto reasons = out.initReasons(static_cast<unsigned>(choice.reasons.size()));
    for (unsigned i = 0; i < reasons.size(); ++i)
        reasons.set(i, text(std::string(casework::name(choice.reasons[i]))));
}

Result<void> Service::clock_list(Context& context, In, Out reply) {
    const auto referrals = parts_.referrals.list(context.from, list_items_max);
    if (!referrals) return std::unexpected(referrals.error());
    const auto escalations = parts_.escalations.list(context.from, list_items_max);
    if (!escalations) return std::unexpected(escalations.error());
    auto lines = clock_lines(*referrals, *escalations, parts_.clocks, context.now);
    if (lines.size() > list_items_max) lines.resize(list_items_max);
    auto out = reply.initClocks(static_cast<unsigned>(lines.size()));
    for (unsigned i = 0; i < out.size(); ++i) fill_clock(out[i], lines[i]);
    return {};
}

Result<void> Service::referral_next(Context& context, In request, Out reply) {
    const auto in = request.getReferralNext();
    const auto id = context.about<ReferralId>(from_text(in.getReferral()));
    if (!id) return std::unexpected(id.error());
    const auto record = own_referral(context, *id);
    if (!record) return std::unexpected(record.error());
    if (record->side != Side::asker) return fail(Fault::denied, "wrong_side");
    if (!record->next.empty()) return fail(Fault::denied, "followed_already");
    if (!is_open_to_another(casework::view_of(*record)))
        return fail(Fault::denied, "not_in_this_state");
    const auto first = parts_.referrals.message(context.from, *record, Side::asker, 0);
    if (!first) return std::unexpected(first.error());
    const NodeId to{from_text(in.getTo())};
    if (to.text.empty()) return candidates(context, *record, *first->request, reply);
    if (to == parts_.self || to == record->peer || parts_.peers.current()->find(to) == nullptr)
        return fail(Fault::denied, "node_unknown");
    const auto in_time = federation::check_new_referral(*parts_.directories.current(), context.now,
                                                        parts_.directories.grace());
    if (!in_time) return in_time;
    if (!in.getConfirmed()) return fail(Fault::denied, "not_confirmed");
    return ask_next(context, *record, to, *first->request, reply);
}

// Everybody but us and whom this child was referred to before, the best first.
Result<void> Service::candidates(Context& context, const ReferralRecord& record,
                                 const ReferralRequest& what, Out reply) {
    std::vector<NodeId> asked{parts_.self, record.peer};
    for (auto before = record.previous; !before.empty();) {
        const auto earlier = parts_.referrals.find(context.from, before);
        if (!earlier || std::ranges::find(asked, earlier->peer) != asked.end()) break;
        asked.push_back(earlier->peer);
        before = earlier->previous;
    }
    const auto helpers = parts_.cover.helpers(context.from, asked);
    if (!helpers) return std::unexpected(helpers.error());
    const casework::Need need{.languages = what.languages,
                              .services = what.services_requested,
                              .age_band = what.age_band,
                              .kind = what.kind,
                              .now = context.now};
    const auto ranked = casework::rank(*helpers, need);
    auto out = reply.initChoices(static_cast<unsigned>(ranked.size()));
    for (unsigned i = 0; i < out.size(); ++i) fill_choice(out[i], ranked[i]);
    return {};
}

// The same slice for another node: the consent has to name it, and to stand.
Result<void> Service::ask_next(Context& context, const ReferralRecord& record, const NodeId& to,
                               ReferralRequest what, Out reply) {
    const auto file = parts_.cases.find(context.from, record.case_id);
    if (!file) return std::unexpected(file.error());
    const auto consent =
        next_consent(context.from, *file, record.consent_id, to, what, context.now);
    if (!consent) return std::unexpected(consent.error());
    what.consent = consent->terms;
    if (const auto covered = casework::covers_request(*consent, what, to.text, context.now);
        !covered)
        return covered;
    const auto verdict = federation::check_sent(*parts_.policies.current(), parts_.self, to, what);
    if (const auto allowed = verdict.as_result(); !allowed) return allowed;
    context.reason = "policy " + verdict.in_words();
    const auto next = parts_.referrals.follow(*context.draft, record.id, to, consent->id,
                                              std::move(what), context.now);
    if (!next) return std::unexpected(next.error());
    casework::CaseEvent event;
    event.kind = casework::CaseEventKind::referral;
    event.actor = context.actor.name;
    event.subject = next->id.bytes;
    const auto noted =
        parts_.cases.say(*context.draft, record.case_id, std::move(event), context.now);
    if (!noted) return std::unexpected(noted.error());
    auto done = reply.initDone();
    done.setId(text(format(next->id)));
    done.setState(text(std::string(casework::name(next->state))));
    return {};
}

// The consent of the first referral, or, where that does not name the node, the newest of the case.
Result<casework::Consent> Service::next_consent(store::Snapshot& from,
                                                const casework::CaseFile& file,
                                                const ConsentId& first, const NodeId& to,
                                                const ReferralRequest& what, Time now) {
    auto consent = parts_.cases.consent(from, file.id, first);
    if (!consent) return consent;
    if (casework::covers(*consent, casework::items_in(what), to.text, now)) return consent;
    return consent_for(from, file, {});
}

}  // namespace sanad::api
