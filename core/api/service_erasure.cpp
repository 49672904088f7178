// The part of Service that takes back what was shared, and erases.
#include "core/api/reply_text.h"
#include "core/api/service.h"
#include "core/base/encoding.h"

namespace sanad::api {

using casework::Erasure;

namespace {

constexpr const char* consent_withdrawn = "consent_withdrawn";  // withdraw-reasons
constexpr const char* child_request = "child_request";

void fill_erasure(schema::api::ErasureView::Builder out, const Erasure& erasure) {
    const bool held = erasure.state == casework::ErasureState::held;
    out.setReferral(text(format(erasure.referral)));
    out.setPeer(text(erasure.peer.text));
    out.setSide(erasure.side == casework::ErasureSide::requester ? "requester" : "holder");
    out.setState(text(std::string(casework::name(erasure.state))));
    out.setReason(text(erasure.reason));
    out.setRequestedAt(text(format_time(erasure.requested_at)));
    out.setAnsweredAt(text(time_or_nothing(erasure.answered_at)));
    if (erasure.state != casework::ErasureState::erased)
        out.setDueAt(text(format_time(held ? erasure.hold_until : casework::answer_due(erasure))));
    out.setHoldReason(text(erasure.hold_reason));
    out.setHoldLaw(text(erasure.hold_law));
    if (erasure.key_hash != casework::KeyHash{}) out.setKeyHash(text(to_hex(erasure.key_hash)));
    out.setEntries(erasure.entries);
}

void fill_done(schema::api::Done::Builder done, const Erasure& erasure) {
    done.setId(text(format(erasure.referral)));
    done.setState(text(std::string(casework::name(erasure.state))));
}

}  // namespace

Result<void> Service::recall(Context& context, const ReferralId& id, const std::string& reason) {
    const auto record = parts_.referrals.find(context.from, id);
    if (!record)  // erased here already: nothing is left to recall
        return record.error().fault == Fault::not_found ? Result<void>{}
                                                        : std::unexpected(record.error());
    const auto view = casework::view_of(*record);
    if (casework::check_next(view, record->side, casework::ReferralEventKind::withdraw)) {
        const auto moved = parts_.referrals.move(
            *context.draft, id, casework::ReferralEventKind::withdraw, reason, {}, context.now);
        if (!moved) return std::unexpected(moved.error());
    }
    const auto asked = parts_.erasures.request(*context.draft, id, reason, context.now);
    // Asked before, or erased there already: then it is tracked as it is.
    const bool tracked =
        asked || asked.error().fault == Fault::conflict || asked.error().detail == "already_ended";
    if (!tracked) return std::unexpected(asked.error());
    return {};
}

Result<void> Service::consent_withdraw(Context& context, In request, Out reply) {
    const auto in = request.getConsentWithdraw();
    const auto case_id = parse_id<CaseId>(from_text(in.getCase()));
    if (!case_id) return std::unexpected(case_id.error());
    context.subject = case_id->bytes;
    const auto file = own_case(context, *case_id);
    if (!file) return std::unexpected(file.error());
    const auto consent = consent_for(context.from, *file, from_text(in.getConsent()));
    if (!consent) return std::unexpected(consent.error());
    const auto withdrawn = parts_.cases.withdraw_consent(*context.draft, *case_id, consent->id,
                                                         context.actor.name, context.now);
    if (!withdrawn) return std::unexpected(withdrawn.error());
    std::size_t recalled = 0;
    for (const auto& id : file->referrals) {
        const auto record = parts_.referrals.find(context.from, id);
        if (!record || record->consent_id != consent->id) continue;
        if (const auto done = recall(context, id, consent_withdrawn); !done) return done;
        ++recalled;
    }
    context.reason = std::to_string(recalled) + " referrals recalled";
    auto done = reply.initDone();
    done.setId(text(format(consent->id)));
    done.setState("withdrawn");
    done.setNote(text(context.reason + "; their answers: sanad erasure list"));
    return {};
}

Result<void> Service::erasure_list(Context& context, In, Out reply) {
    const auto all = parts_.erasures.list(context.from, list_items_max);
    if (!all) return std::unexpected(all.error());
    auto out = reply.initErasures(static_cast<unsigned>(all->size()));
    for (unsigned i = 0; i < out.size(); ++i) fill_erasure(out[i], (*all)[i]);
    return {};
}

Result<void> Service::erasure_request(Context& context, In request, Out reply) {
    const auto in = request.getErasureRequest();
    const auto id = context.about<ReferralId>(from_text(in.getReferral()));
    if (!id) return std::unexpected(id.error());
    context.reason = from_text(in.getReason());
    if (context.reason.empty()) context.reason = child_request;
    if (const auto own = own_referral(context, *id); !own && own.error().fault != Fault::not_found)
        return std::unexpected(own.error());
    const auto erasure = parts_.erasures.request(*context.draft, *id, context.reason, context.now);
    if (!erasure) return std::unexpected(erasure.error());
    fill_done(reply.initDone(), *erasure);
    return {};
}

Result<void> Service::erasure_answer(Context& context, In request, Out reply) {
    const auto in = request.getErasureAnswer();
    const auto id = context.about<ReferralId>(from_text(in.getReferral()));
    if (!id) return std::unexpected(id.error());
    Result<Erasure> answered = fail(Fault::invalid, "answer");
    if (in.getErase()) {
        // A child that was taken in is given back first, where that is still open.
        const auto record = parts_.referrals.find(context.from, *id);
        if (record && casework::check_next(casework::view_of(*record), record->side,
                                           casework::ReferralEventKind::withdraw_ok)) {
            const auto given = parts_.referrals.move(
                *context.draft, *id, casework::ReferralEventKind::withdraw_ok, {}, {}, context.now);
            if (!given) return std::unexpected(given.error());
        }
        context.reason = "erase";
        answered = parts_.erasures.erase(*context.draft, *id, context.now);
    } else {
        const auto until = parse_time(from_text(in.getUntil()));
        if (!until) return fail(Fault::invalid, "until");
        context.reason = "held: " + from_text(in.getReason());
        answered = parts_.erasures.hold(*context.draft, *id, from_text(in.getReason()),
                                        from_text(in.getLaw()), *until, context.now);
    }
    if (!answered) return std::unexpected(answered.error());
    fill_done(reply.initDone(), *answered);
    return {};
}

// Twice, by two people: the second destroys. What peers hold of it is asked back with the first.
Result<void> Service::case_erase(Context& context, In request, Out reply) {
    const auto in = request.getCaseErase();
    const auto id = context.about<CaseId>(from_text(in.getCase()));
    if (!id) return std::unexpected(id.error());
    const auto file = parts_.cases.find(context.from, *id);
    if (!file) return std::unexpected(file.error());
    if (file->status != casework::CaseStatus::closed) return fail(Fault::denied, "case_open");
    auto done = reply.initDone();
    done.setId(text(format(*id)));
    if (!in.getConfirm()) {
        context.reason = from_text(in.getReason());
        if (context.reason.empty()) return fail(Fault::denied, "reason_missing");
        for (const auto& referral : file->referrals)
            if (const auto recalled = recall(context, referral, child_request); !recalled)
                return recalled;
        done.setState("erasure_asked");
        done.setNote("nothing is destroyed yet: a second person confirms with --confirm");
        return parts_.cases.ask_erasure(*context.draft, *id,
                                        {context.actor.name, context.reason, context.now});
    }
    const auto asked = parts_.cases.erasure_asked(context.from, *id);
    if (!asked) return std::unexpected(asked.error());
    if (asked->by == context.actor.name) return fail(Fault::denied, "second_person");
    context.reason = asked->reason;
    for (const auto& referral : file->referrals)
        if (const auto gone = parts_.erasures.destroy_own(*context.draft, referral, context.now);
            !gone)
            return gone;
    done.setState("erased");
    return parts_.cases.erase(*context.draft, *id, context.now);
}

Result<void> Service::store_compact(Context&, In, Out reply) {
    parts_.node.compact_soon();
    reply.initDone().setState("soon");
    return {};
}

}  // namespace sanad::api
