// The part of Service that tells another node about a child without consent: two people decide.
#include "core/api/override_reply.h"
#include "core/api/service.h"
#include "core/base/text.h"
#include "core/trust/hash.h"

namespace sanad::api {

using casework::Consent;

namespace {

void fill_override(schema::api::OverrideView::Builder out, const Override& override) {
    fill_override_head(out, override);
    std::vector<std::string> items;
    for (const auto item : override.items) items.emplace_back(casework::name(item));
    fill_texts(out.initItems(static_cast<unsigned>(items.size())), items);
    out.setReason(text(override.reason));
    out.setDecidedBy(text(override.decided_by));
    out.setDecidedWhy(text(override.decided_why));
    out.setDecidedAt(text(time_or_nothing(override.decided_at)));
    if (!override.referral.empty()) out.setReferral(text(format(override.referral)));
}

/// The consent record that stands in for a consent: it says that there was none, and who decided.
Consent stand_in(const Override& override, const std::string& second) {
    Consent consent;
    consent.case_id = override.case_id;
    consent.terms.by = casework::ConsentBy::none_best_interest;
    // Nothing was read out; the hash is over why, so that the note cannot be exchanged afterwards.
    consent.terms.text_hash = trust::sha256(bytes_of(override.reason + "\n" + override.note));
    consent.terms.items = override.items;
    consent.terms.recipients = {override.to};
    consent.language = "und";
    consent.best_interest_reason = override.reason;
    consent.approvers = {override.requested_by, second};
    consent.recorded_by = override.requested_by;
    return consent;
}

Result<void> check_words(const Override& override) {
    if (override.reason.empty()) return fail(Fault::denied, "reason_missing");
    if (override.note.size() < override_note_bytes_min) return fail(Fault::denied, "note_missing");
    for (const auto* words : {&override.reason, &override.note})
        if (const auto sound = check_prose(*words, override_text_bytes_max); !sound) return sound;
    return {};
}

// What nobody consented to cannot leave on the basis that somebody did.
Result<void> check_basis(schema::api::Refer::Reader refer) {
    const auto basis = from_text(refer.getTransferBasis());
    if (basis.empty() || basis == "express_consent") return fail(Fault::denied, "basis_is_consent");
    return {};
}

}  // namespace

Result<void> Service::override_request(Context& context, In request, Out reply) {
    const auto in = request.getOverrideRequest();
    Override override;
    override.requested_by = context.actor.name;
    override.requested_at = context.now;
    override.reason = from_text(in.getReason());
    override.note = from_text(in.getNote());
    override.to = from_text(in.getRefer().getTo());
    const auto case_id = parse_id<CaseId>(from_text(in.getRefer().getCase()));
    if (!case_id) return std::unexpected(case_id.error());
    override.case_id = *case_id;
    context.subject = case_id->bytes;
    const auto items = texts_from(in.getItems());
    if (!items) return std::unexpected(items.error());
    for (const auto& word : *items) {
        const auto item = casework::item_from(word);
        if (!item) return std::unexpected(item.error());
        override.items.insert(*item);
    }
    if (override.items.empty()) return fail(Fault::invalid, "items");
    if (const auto sound = check_words(override); !sound) return sound;
    if (const auto sound = check_basis(in.getRefer()); !sound) return sound;
    // All that the rules would refuse is refused now, before anybody is asked to decide.
    const auto prepared =
        prepare_referral(context, in.getRefer(), stand_in(override, "nobody yet"));
    if (!prepared) return std::unexpected(prepared.error());
    override.id = parts_.cases.make<OverrideId>(context.now);
    capnp::MallocMessageBuilder builder;
    builder.initRoot<schema::api::Request>().setRefer(in.getRefer());
    override.request = flatten(builder);
    context.reason = override.reason;
    if (const auto saved =
            parts_.overrides.save(*context.draft, override, "override.requested", context.now);
        !saved)
        return saved;
    auto done = reply.initDone();
    done.setId(text(format(override.id)));
    done.setState("pending");
    done.setNote("nothing has left: a supervisor who is somebody else decides");
    return {};
}

Result<void> Service::override_list(Context& context, In, Out reply) {
    const auto all = parts_.overrides.list(context.from, list_items_max);
    if (!all) return std::unexpected(all.error());
    auto out = reply.initOverrides(static_cast<unsigned>(all->size()));
    for (unsigned i = 0; i < out.size(); ++i) fill_override(out[i], (*all)[i]);
    return {};
}

Result<void> Service::override_show(Context& context, In request, Out reply) {
    const auto id = context.about<OverrideId>(from_text(request.getOverrideShow()));
    if (!id) return std::unexpected(id.error());
    const auto override = parts_.overrides.find(context.from, *id);
    if (!override) return std::unexpected(override.error());
    auto out = reply.initOverride();
    fill_override(out, *override);
    out.setNote(text(override->note));
    const auto words = read_message<schema::api::Request>(
        override->request,
        [](auto in) -> Result<std::string> { return from_text(in.getRefer().getNarrative()); });
    if (!words) return std::unexpected(words.error());
    out.setNarrative(text(*words));
    return {};
}

Result<void> Service::override_decide(Context& context, In request, Out reply) {
    const auto in = request.getOverrideDecide();
    const auto id = context.about<OverrideId>(from_text(in.getOverride()));
    if (!id) return std::unexpected(id.error());
    auto override = parts_.overrides.find(context.from, *id);
    if (!override) return std::unexpected(override.error());
    if (override->state != OverrideState::pending) return fail(Fault::denied, "already_ended");
    if (override->requested_by == context.actor.name) return fail(Fault::denied, "second_person");
    override->decided_by = context.actor.name;
    override->decided_at = context.now;
    override->decided_why = from_text(in.getReason());
    if (!override->decided_why.empty() &&
        !check_prose(override->decided_why, override_text_bytes_max))
        return fail(Fault::malformed, "reason");
    auto done = reply.initDone();
    if (in.getApprove()) {
        const auto sent = send_overridden(context, *override);
        if (!sent) return std::unexpected(sent.error());
        override->referral = sent->id;
        done.setId(text(format(sent->id)));
    } else if (override->decided_why.empty()) {
        return fail(Fault::denied, "reason_missing");
    }
    override->state = in.getApprove() ? OverrideState::approved : OverrideState::refused;
    context.reason = name(override->state);
    done.setState(text(context.reason));
    return parts_.overrides.save(*context.draft, *override, "override.decided", context.now);
}

// The rules are asked again: the directory, a pack or the case may have changed since.
Result<casework::ReferralRecord> Service::send_overridden(Context& context,
                                                          const Override& override) {
    const auto consent = parts_.cases.record_consent(
        *context.draft, stand_in(override, context.actor.name), context.now);
    if (!consent) return std::unexpected(consent.error());
    return read_message<schema::api::Request>(
        override.request, [&](auto in) -> Result<casework::ReferralRecord> {
            auto prepared = prepare_referral(context, in.getRefer(), *consent);
            if (!prepared) return std::unexpected(prepared.error());
            return send_referral(context, std::move(*prepared));
        });
}

}  // namespace sanad::api
