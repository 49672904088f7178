#include "core/casework/request.h"

#include "core/base/text.h"

#include <algorithm>

namespace sanad::casework {
namespace {

constexpr std::array<std::string_view, item_count> item_names{
    "age_band",  "gender",        "languages",          "location",
    "reasons",   "narrative",     "services_requested", "services_given",
    "caregiver", "unaccompanied", "safe_contact", "attachments"};

constexpr std::array<std::string_view, 5> consent_by_names{"", "child", "caregiver", "both",
                                                           "none_best_interest"};

Result<void> check_id(const Taxonomies& taxonomies, std::string_view taxonomy,
                      const std::string& id, const char* field) {
    if (!id.empty() && !taxonomies.contains(taxonomy, id)) return fail(Fault::unsupported, field);
    return {};
}

Result<void> check_ids(const Taxonomies& taxonomies, std::string_view taxonomy,
                       const std::vector<std::string>& ids, std::size_t most, const char* field) {
    if (ids.size() > most) return fail(Fault::bad_size, field);
    const bool known = std::ranges::all_of(
        ids, [&](const std::string& id) { return taxonomies.contains(taxonomy, id); });
    if (!known) return fail(Fault::unsupported, field);
    return {};
}

Result<void> check_languages(const std::vector<std::string>& tags) {
    if (tags.size() > list_items_max) return fail(Fault::bad_size, "languages");
    if (!std::ranges::all_of(tags, is_language_tag)) return fail(Fault::malformed, "languages");
    return {};
}

Result<void> check_reasons(const std::vector<std::string>& reasons, const Taxonomies& known) {
    if (reasons.size() > request_reasons_max) return fail(Fault::bad_size, "reasons");
    const bool all_known = std::ranges::all_of(reasons, [&](const std::string& id) {
        return known.contains("chi-reasons", id) || known.contains("online-harm", id);
    });
    if (!all_known) return fail(Fault::unsupported, "reasons");
    return {};
}

/// An optional text a person wrote.
Result<void> check_text(const std::string& text, std::size_t bytes_max, const char* field) {
    if (text.empty()) return {};
    if (const auto checked = check_prose(text, bytes_max); !checked)
        return fail(checked.error().fault, field);
    return {};
}

/// A code that stands beside others on a screen: nothing in it may turn the direction of a line.
Result<void> check_code(const std::string& text, const char* field) {
    if (const auto checked = check_label(text, short_text_bytes_max); !checked)
        return fail(checked.error().fault, field);
    return {};
}

bool is_country(std::string_view code) {
    return code.size() == 2 &&
           std::ranges::all_of(code, [](char c) { return c >= 'a' && c <= 'z'; });
}

/// The first fault of several checks, in order.
template <typename... Checks>
Result<void> first_fault(Checks... checks) {
    Result<void> fault;
    const auto run = [&](const auto& check) {
        fault = check();
        return fault.has_value();
    };
    (run(checks) && ...);
    return fault;
}

Result<void> check_parts(const ReferralRequest& request) {
    if (request.case_code.empty()) return fail(Fault::invalid, "case_code");
    if (request.urgency == Urgency::none) return fail(Fault::invalid, "urgency");
    if (request.kind.empty()) return fail(Fault::invalid, "kind");
    if (request.transfer_basis.empty()) return fail(Fault::invalid, "transfer_basis");
    if (request.reply_by.ms < 0) return fail(Fault::invalid, "reply_by");
    return {};
}

Result<void> check_lists(const ReferralRequest& request, const Taxonomies& known) {
    return first_fault(
        [&] { return check_id(known, "message-kinds", request.kind, "kind"); },
        [&] { return check_id(known, "age-band", request.age_band, "age_band"); },
        [&] { return check_id(known, "gender", request.gender, "gender"); },
        [&] { return check_languages(request.languages); },
        [&] { return check_reasons(request.reasons, known); },
        [&] {
            return check_ids(known, "services-requested", request.services_requested,
                             list_items_max, "services_requested");
        },
        [&] {
            return check_ids(known, "services-requested", request.services_given, list_items_max,
                             "services_given");
        },
        [&] { return check_id(known, "channel", request.safe_contact.channel, "safe_contact"); },
        [&] {
            return check_id(known, "transfer-basis", request.transfer_basis, "transfer_basis");
        });
}

Result<void> check_texts(const ReferralRequest& request) {
    if (!request.location_country.empty() && !is_country(request.location_country))
        return fail(Fault::malformed, "location");
    const auto& safe = request.safe_contact;
    return first_fault(
        [&] { return check_code(request.case_code, "case_code"); },
        [&] { return check_text(request.location_region, short_text_bytes_max, "location"); },
        [&] { return check_text(request.narrative, narrative_bytes_max, "narrative"); },
        [&] { return check_text(safe.times, short_text_bytes_max, "safe_contact"); },
        [&] { return check_text(safe.code_word, short_text_bytes_max, "safe_contact"); },
        [&] { return check_text(safe.never_say, short_text_bytes_max, "safe_contact"); });
}

}  // namespace

std::string_view name(Item item) {
    const auto place = static_cast<std::size_t>(item);
    return place < item_count ? item_names[place] : std::string_view{};
}

Result<Item> item_from(std::string_view id) {
    const auto found = std::ranges::find(item_names, id);
    if (found == item_names.end()) return fail(Fault::unsupported, "item");
    return static_cast<Item>(found - item_names.begin());
}

std::string_view name(ConsentBy by) {
    const auto place = static_cast<std::size_t>(by);
    return place < consent_by_names.size() ? consent_by_names[place] : std::string_view{};
}

Result<ConsentBy> consent_by_from(std::string_view id) {
    const auto found = std::ranges::find(consent_by_names, id);
    if (id.empty() || found == consent_by_names.end())
        return fail(Fault::unsupported, "consent.by");
    return static_cast<ConsentBy>(found - consent_by_names.begin());
}

Result<void> check_terms(const TravellingConsent& consent, const Taxonomies& taxonomies) {
    if (consent.by == ConsentBy::none) return fail(Fault::invalid, "consent.by");
    if (consent.recipients.empty()) return fail(Fault::invalid, "consent.recipients");
    if (consent.recipients.size() > list_items_max)
        return fail(Fault::bad_size, "consent.recipients");
    for (const auto& recipient : consent.recipients)
        if (const auto checked = check_code(recipient, "consent.recipients"); !checked)
            return checked;
    for (const auto& withheld : consent.withheld) {
        if (!taxonomies.contains("withheld-reasons", withheld.reason))
            return fail(Fault::unsupported, "consent.withheld");
        if (consent.items.contains(withheld.item)) return fail(Fault::invalid, "consent.withheld");
    }
    return {};
}

ReferralRequest slice(const ReferralRequest& whole, const std::set<Item>& ticked) {
    // Built from nothing, so that a field forgotten here stays at home.
    ReferralRequest cut{};
    cut.case_code = whole.case_code;
    cut.kind = whole.kind;
    cut.urgency = whole.urgency;
    cut.consent = whole.consent;
    cut.transfer_basis = whole.transfer_basis;
    cut.reply_by = whole.reply_by;
    const auto keep = [&](Item item, auto... fields) {
        if (ticked.contains(item)) ((cut.*fields = whole.*fields), ...);
    };
    using R = ReferralRequest;
    keep(Item::age_band, &R::age_band);
    keep(Item::gender, &R::gender);
    keep(Item::languages, &R::languages);
    keep(Item::location, &R::location_country, &R::location_region);
    keep(Item::reasons, &R::reasons);
    keep(Item::narrative, &R::narrative);
    keep(Item::services_requested, &R::services_requested);
    keep(Item::services_given, &R::services_given);
    keep(Item::caregiver, &R::caregiver_informed, &R::caregiver_safe_to_contact);
    keep(Item::unaccompanied, &R::unaccompanied);
    keep(Item::safe_contact, &R::safe_contact);
    return cut;
}

bool is_language_tag(std::string_view tag) {
    if (tag.size() > language_tag_bytes_max) return false;
    for (bool first = true;; first = false) {
        const auto part = tag.substr(0, tag.find('-'));
        const bool sound =
            !part.empty() && part.size() <= 8 && std::ranges::all_of(part, [&](char c) {
                const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                return letter || (!first && c >= '0' && c <= '9');
            });
        if (!sound || (first && part.size() < 2)) return false;
        if (part.size() == tag.size()) return true;
        tag.remove_prefix(part.size() + 1);
    }
}

std::set<Item> items_in(const ReferralRequest& request) {
    std::set<Item> items;
    const auto note = [&](Item item, bool there) {
        if (there) items.insert(item);
    };
    note(Item::age_band, !request.age_band.empty());
    note(Item::gender, !request.gender.empty());
    note(Item::languages, !request.languages.empty());
    note(Item::location, !request.location_country.empty() || !request.location_region.empty());
    note(Item::reasons, !request.reasons.empty());
    note(Item::narrative, !request.narrative.empty());
    note(Item::services_requested, !request.services_requested.empty());
    note(Item::services_given, !request.services_given.empty());
    note(Item::caregiver, request.caregiver_informed != Answer::none ||
                              request.caregiver_safe_to_contact != Answer::none);
    note(Item::unaccompanied, request.unaccompanied != Answer::none);
    note(Item::safe_contact, request.safe_contact != SafeContact{});
    return items;
}

Result<void> check_request(const ReferralRequest& request, const Taxonomies& taxonomies) {
    return first_fault([&] { return check_parts(request); },
                       [&] { return check_lists(request, taxonomies); },
                       [&] { return check_texts(request); },
                       [&] { return check_terms(request.consent, taxonomies); });
}

}  // namespace sanad::casework
