#include "core/casework/consent.h"

#include "core/base/text.h"
#include "core/casework/record_fields.h"
#include "core/casework/request_schema.h"

#include <algorithm>

namespace sanad::casework {
namespace {

/// Sharing without consent, in the child's best interest: never the decision of one person.
Result<void> check_best_interest(const Consent& consent) {
    if (consent.terms.by != ConsentBy::none_best_interest) {
        if (!consent.approvers.empty() || !consent.best_interest_reason.empty())
            return fail(Fault::invalid, "approvers");
        return {};
    }
    if (consent.approvers.size() != 2 || consent.approvers[0] == consent.approvers[1])
        return fail(Fault::invalid, "approvers");
    for (const auto& approver : consent.approvers)
        if (!check_label(approver, short_text_bytes_max)) return fail(Fault::invalid, "approvers");
    if (const auto reason =
            check_prose(consent.best_interest_reason, best_interest_reason_bytes_max);
        !reason)
        return fail(consent.best_interest_reason.empty() ? Fault::invalid : reason.error().fault,
                    "best_interest_reason");
    return {};
}

Result<void> check_standing(const Consent& consent, Time now) {
    if (consent.withdrawn_at.ms != 0) return fail(Fault::expired, "withdrawn");
    if (consent.terms.expires.ms != 0 && now >= consent.terms.expires)
        return fail(Fault::expired, "expired");
    return {};
}

Result<Consent> read(schema::ConsentRecord::Reader from) {
    const auto id = id_from<ConsentId>(from_data(from.getId()));
    const auto case_id = read_id<CaseId>(from.getCaseId());
    if (!id || !case_id) return fail(Fault::bad_size, "consent: id");
    auto terms = read_terms(from.getConsent());
    if (!terms) return std::unexpected(terms.error());
    auto approvers = read_texts(from.getApprovers(), 2);
    if (!approvers) return std::unexpected(approvers.error());
    return Consent{.id = *id,
                   .case_id = *case_id,
                   .given_at = {from.getGivenAtMs()},
                   .terms = std::move(*terms),
                   .language = from_text(from.getLanguage()),
                   .withdrawn_at = {from.getWithdrawnAtMs()},
                   .best_interest_reason = from_text(from.getBestInterestReason()),
                   .approvers = std::move(*approvers),
                   .recorded_by = from_text(from.getRecordedBy())};
}

}  // namespace

Result<void> check_consent(const Consent& consent, const Taxonomies& taxonomies) {
    if (consent.id.empty() || consent.case_id.empty()) return fail(Fault::invalid, "id");
    if (const auto terms = check_terms(consent.terms, taxonomies); !terms) return terms;
    if (consent.terms.items.empty()) return fail(Fault::invalid, "consent.items");
    if (!is_language_tag(consent.language)) return fail(Fault::malformed, "language");
    if (const auto by = check_label(consent.recorded_by, short_text_bytes_max); !by)
        return fail(by.error().fault, "recorded_by");
    return check_best_interest(consent);
}

Result<void> covers(const Consent& consent, const std::set<Item>& items, std::string_view recipient,
                    Time now) {
    if (const auto standing = check_standing(consent, now); !standing) return standing;
    if (std::ranges::find(consent.terms.recipients, recipient) == consent.terms.recipients.end())
        return fail(Fault::denied, "recipient");
    for (const Item item : items)
        if (!consent.terms.items.contains(item))
            return fail(Fault::denied, std::string(name(item)));
    return {};
}

Result<void> covers_request(const Consent& consent, const ReferralRequest& request,
                            std::string_view recipient, Time now) {
    if (request.consent != consent.terms) return fail(Fault::denied, "consent");
    return covers(consent, items_in(request), recipient, now);
}

Bytes write_record(const Consent& consent) {
    capnp::MallocMessageBuilder builder;
    auto to = builder.initRoot<schema::ConsentRecord>();
    to.setId(to_data(consent.id));
    to.setCaseId(id_data(consent.case_id));
    to.setGivenAtMs(consent.given_at.ms);
    write_terms(to.initConsent(), consent.terms);
    to.setLanguage(to_text(consent.language));
    to.setWithdrawnAtMs(consent.withdrawn_at.ms);
    to.setBestInterestReason(to_text(consent.best_interest_reason));
    write_texts(to.initApprovers(list_size(consent.approvers.size())), consent.approvers);
    to.setRecordedBy(to_text(consent.recorded_by));
    return flatten(builder);
}

Result<Consent> read_consent(ByteView bytes) {
    return read_message<schema::ConsentRecord>(bytes, read, record_bytes_max);
}

}  // namespace sanad::casework
