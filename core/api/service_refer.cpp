// The part of Service that asks another node for help, and shows beforehand what would leave.
#include "core/api/reply_text.h"
#include "core/api/service.h"
#include "core/base/encoding.h"
#include "core/casework/disclosure.h"
#include "core/casework/referral_event.h"
#include "core/trust/keys.h"

namespace sanad::api {

using casework::ReferralRequest;

namespace {

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

/// The size of the entry that a wire shows: sealed for nobody, under a key that is thrown away.
Result<std::size_t> entry_size(ByteView payload, Time now) {
    trust::SystemEntropy entropy;
    const auto key = federation::LinkKey::generate(entropy);
    const auto sealed = federation::seal_entry(
        EntryId{}, now, {"preview", 0},
        {federation::BodyKind::referral, {}, Bytes(payload.begin(), payload.end())}, key, entropy);
    if (!sealed) return std::unexpected(sealed.error());
    return sealed->size();
}

}  // namespace

Result<Service::PreparedReferral> Service::prepare_referral(
    Context& context, schema::api::Refer::Reader in,
    const std::optional<casework::Consent>& overriding) {
    store::Snapshot& from = context.from;
    const Time now = context.now;
    PreparedReferral prepared;
    const auto case_id = parse_id<CaseId>(from_text(in.getCase()));
    if (!case_id) return std::unexpected(case_id.error());
    prepared.to = NodeId{from_text(in.getTo())};
    if (prepared.to == parts_.self || parts_.peers.current()->find(prepared.to) == nullptr)
        return fail(Fault::denied, "node_unknown");
    const auto in_time = federation::check_new_referral(*parts_.directories.current(), now,
                                                        parts_.directories.grace());
    if (!in_time) return std::unexpected(in_time.error());
    auto file = own_case(context, *case_id);
    if (!file) return std::unexpected(file.error());
    auto consent = overriding ? Result<casework::Consent>(*overriding)
                              : consent_for(from, *file, from_text(in.getConsent()));
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
    if (const auto covered = casework::covers_request(*consent, *what, prepared.to.text, now);
        !covered)
        return std::unexpected(covered.error());
    prepared.verdict =
        federation::check_sent(*parts_.policies.current(), parts_.self, prepared.to, *what);
    if (const auto allowed = prepared.verdict.as_result(); !allowed)
        return std::unexpected(allowed.error());
    prepared.file = std::move(*file);
    prepared.consent = std::move(*consent);
    prepared.request = std::move(*what);
    return prepared;
}

Result<casework::ReferralRecord> Service::send_referral(Context& context,
                                                        PreparedReferral prepared) {
    const auto record =
        parts_.referrals.request(*context.draft, prepared.to, prepared.file.id, prepared.consent.id,
                                 std::move(prepared.request), context.now);
    if (!record) return record;
    casework::CaseEvent event;
    event.kind = casework::CaseEventKind::referral;
    event.actor = context.actor.name;
    event.subject = record->id.bytes;
    const auto noted =
        parts_.cases.say(*context.draft, prepared.file.id, std::move(event), context.now);
    if (!noted) return std::unexpected(noted.error());
    return record;
}

Result<void> Service::refer(Context& context, In request, Out reply) {
    auto prepared = prepare_referral(context, request.getRefer(), {});
    if (!prepared) return std::unexpected(prepared.error());
    const auto policy = prepared->verdict.in_words();
    const auto record = send_referral(context, std::move(*prepared));
    if (!record) return std::unexpected(record.error());
    context.subject = record->id.bytes;
    context.reason = "policy " + policy;
    auto done = reply.initDone();
    done.setId(text(format(record->id)));
    done.setState(text(std::string(casework::name(casework::view_of(*record).state))));
    done.setNote(text("allowed by " + policy));
    return {};
}

Result<void> Service::refer_preview(Context& context, In request, Out reply) {
    const auto prepared = prepare_referral(context, request.getReferPreview(), {});
    if (!prepared) return std::unexpected(prepared.error());
    context.subject = prepared->file.id.bytes;
    casework::ReferralMessage message;
    message.referral = ReferralId{prepared->file.id.bytes};  // any: an id's size is always the same
    message.kind = casework::ReferralEventKind::request;
    message.at = context.now;
    message.request = prepared->request;
    if (const auto sound = casework::check_message(message, parts_.taxonomies); !sound)
        return sound;
    const auto bytes = casework::write_message(message);
    // What is shown is read back from the bytes: what is in them, and nothing that we meant to
    // send.
    const auto read = casework::read_referral_message(bytes, parts_.taxonomies);
    if (!read) return std::unexpected(read.error());
    const auto size = entry_size(bytes, context.now);
    if (!size) return std::unexpected(size.error());
    const auto table = parts_.peers.current();
    const auto* peer = table->find(prepared->to);
    const std::string language =
        peer == nullptr || peer->languages.empty() ? "en" : peer->languages.front();

    auto out = reply.initPreview();
    const auto fields = casework::disclosed_fields(*read->request);
    auto list = out.initRequest().initFields(static_cast<unsigned>(fields.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
        std::string joined;
        for (const auto& value : fields[i].values) joined += (joined.empty() ? "" : ", ") + value;
        list[i].setName(text(fields[i].name));
        list[i].setValue(text(joined));
        list[i].setLabel(text(casework::label_of(fields[i], parts_.taxonomies, language)));
        list[i].setShown(text(casework::shown_values(fields[i], parts_.taxonomies, language)));
    }
    std::vector<std::string> withheld;
    for (std::size_t i = 0; i < casework::item_count; ++i)
        if (!prepared->consent.terms.items.contains(casework::Item(i)))
            withheld.emplace_back(casework::name(casework::Item(i)));
    fill_texts(out.initWithheld(static_cast<unsigned>(withheld.size())), withheld);
    out.setTo(text(prepared->to.text));
    out.setLanguage(text(language));
    out.setBodyBytes(static_cast<std::uint32_t>(bytes.size()));
    out.setEntryBytes(static_cast<std::uint32_t>(*size));
    out.setConsentHash(text(to_hex(read->request->consent.text_hash)));
    out.setPolicy(text(prepared->verdict.in_words()));
    return {};
}

}  // namespace sanad::api
