#include "core/casework/request_schema.h"

#include "core/casework/record_fields.h"

#include <algorithm>

namespace sanad::casework {
namespace {

Result<std::set<Item>> read_items(capnp::List<capnp::Text>::Reader list) {
    if (list.size() > item_count) return fail(Fault::bad_size, "consent.items");
    std::set<Item> items;
    for (const auto id : list) {
        const auto item = item_from(from_text(id));
        if (!item) return std::unexpected(item.error());
        items.insert(*item);
    }
    return items;
}

Result<std::vector<Withheld>> read_withheld(capnp::List<schema::Withheld>::Reader list) {
    if (list.size() > item_count) return fail(Fault::bad_size, "consent.withheld");
    std::vector<Withheld> all;
    for (const auto withheld : list) {
        const auto item = item_from(from_text(withheld.getItem()));
        if (!item) return std::unexpected(item.error());
        all.push_back({*item, from_text(withheld.getReason())});
    }
    return all;
}

SafeContact read_safe_contact(schema::SafeContact::Reader from) {
    return {from_text(from.getChannel()), from_text(from.getTimes()), from_text(from.getCodeWord()),
            from_text(from.getNeverSay())};
}

void write_safe_contact(schema::SafeContact::Builder to, const SafeContact& from) {
    to.setChannel(to_text(from.channel));
    to.setTimes(to_text(from.times));
    to.setCodeWord(to_text(from.code_word));
    to.setNeverSay(to_text(from.never_say));
}

/// The five lists of a request, all of ids.
Result<void> read_lists(schema::ReferralRequest::Reader from, ReferralRequest& to) {
    const auto read = [](auto list, std::vector<std::string>& into) {
        auto texts = read_texts(list, list_items_max);
        if (texts) into = std::move(*texts);
        return texts.has_value();
    };
    const bool sound = read(from.getLanguages(), to.languages) &&
                       read(from.getReasons(), to.reasons) &&
                       read(from.getServicesRequested(), to.services_requested) &&
                       read(from.getServicesGiven(), to.services_given);
    if (!sound) return fail(Fault::bad_size, "request: a list");
    return {};
}

Result<void> read_answers(schema::ReferralRequest::Reader from, ReferralRequest& to) {
    const auto read = [](schema::Answer value, Answer& into) {
        const auto answer = read_optional_enum<Answer>(value, Answer::unknown);
        if (answer) into = *answer;
        return answer.has_value();
    };
    const bool sound = read(from.getCaregiverInformed(), to.caregiver_informed) &&
                       read(from.getCaregiverSafeToContact(), to.caregiver_safe_to_contact) &&
                       read(from.getUnaccompanied(), to.unaccompanied);
    if (!sound) return fail(Fault::unsupported, "request: an answer");
    return {};
}

}  // namespace

void write_terms(schema::ReferralConsent::Builder to, const TravellingConsent& from) {
    to.setBy(to_schema<schema::ConsentBy>(from.by));
    to.setTextHash(to_data(from.text_hash));
    auto items = to.initItems(list_size(from.items.size()));
    unsigned place = 0;
    for (const Item item : from.items) items.set(place++, to_text(std::string(name(item))));
    write_texts(to.initRecipients(list_size(from.recipients.size())), from.recipients);
    auto withheld = to.initWithheld(list_size(from.withheld.size()));
    for (unsigned i = 0; i < from.withheld.size(); ++i) {
        withheld[i].setItem(to_text(std::string(name(from.withheld[i].item))));
        withheld[i].setReason(to_text(from.withheld[i].reason));
    }
    to.setExpiresAtMs(from.expires.ms);
}

Result<TravellingConsent> read_terms(schema::ReferralConsent::Reader from) {
    TravellingConsent to;
    const auto by = read_optional_enum<ConsentBy>(from.getBy(), ConsentBy::none_best_interest);
    if (!by) return std::unexpected(by.error());
    const auto hash = from.getTextHash();
    if (hash.size() != to.text_hash.size()) return fail(Fault::bad_size, "consent.text_hash");
    auto items = read_items(from.getItems());
    if (!items) return std::unexpected(items.error());
    auto recipients = read_texts(from.getRecipients(), list_items_max);
    if (!recipients) return std::unexpected(recipients.error());
    auto withheld = read_withheld(from.getWithheld());
    if (!withheld) return std::unexpected(withheld.error());
    to.by = *by;
    std::ranges::copy(hash, to.text_hash.begin());
    to.items = std::move(*items);
    to.recipients = std::move(*recipients);
    to.withheld = std::move(*withheld);
    to.expires = {from.getExpiresAtMs()};
    return to;
}

void write_request(schema::ReferralRequest::Builder to, const ReferralRequest& from) {
    to.setCaseCode(to_text(from.case_code));
    to.setKind(to_text(from.kind));
    to.setUrgency(to_schema<schema::Urgency>(from.urgency));
    to.setAgeBand(to_text(from.age_band));
    to.setGender(to_text(from.gender));
    write_texts(to.initLanguages(list_size(from.languages.size())), from.languages);
    to.setLocationCountry(to_text(from.location_country));
    to.setLocationRegion(to_text(from.location_region));
    write_texts(to.initReasons(list_size(from.reasons.size())), from.reasons);
    to.setNarrative(to_text(from.narrative));
    write_texts(to.initServicesRequested(list_size(from.services_requested.size())),
                from.services_requested);
    write_texts(to.initServicesGiven(list_size(from.services_given.size())), from.services_given);
    to.setCaregiverInformed(to_schema<schema::Answer>(from.caregiver_informed));
    to.setCaregiverSafeToContact(to_schema<schema::Answer>(from.caregiver_safe_to_contact));
    to.setUnaccompanied(to_schema<schema::Answer>(from.unaccompanied));
    write_safe_contact(to.initSafeContact(), from.safe_contact);
    write_terms(to.initConsent(), from.consent);
    to.setTransferBasis(to_text(from.transfer_basis));
    to.setReplyByMs(from.reply_by.ms);
}

Result<ReferralRequest> read_request(schema::ReferralRequest::Reader from) {
    ReferralRequest to;
    const auto urgency = read_enum<Urgency>(from.getUrgency(), Urgency::u4);
    if (!urgency) return std::unexpected(urgency.error());
    to.urgency = *urgency;
    to.case_code = from_text(from.getCaseCode());
    to.kind = from_text(from.getKind());
    to.age_band = from_text(from.getAgeBand());
    to.gender = from_text(from.getGender());
    to.location_country = from_text(from.getLocationCountry());
    to.location_region = from_text(from.getLocationRegion());
    to.narrative = from_text(from.getNarrative());
    to.transfer_basis = from_text(from.getTransferBasis());
    to.reply_by = {from.getReplyByMs()};
    if (const auto lists = read_lists(from, to); !lists) return std::unexpected(lists.error());
    if (const auto answers = read_answers(from, to); !answers)
        return std::unexpected(answers.error());
    to.safe_contact = read_safe_contact(from.getSafeContact());
    auto terms = read_terms(from.getConsent());
    if (!terms) return std::unexpected(terms.error());
    to.consent = std::move(*terms);
    return to;
}

}  // namespace sanad::casework
