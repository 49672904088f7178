#include "core/casework/disclosure.h"

#include "core/base/encoding.h"
#include "core/base/time_text.h"
#include "core/casework/referral_event.h"

namespace sanad::casework {
namespace {

using Values = std::vector<std::string>;

std::string answer(Answer value) {
    switch (value) {
        case Answer::yes:
            return "yes";
        case Answer::no:
            return "no";
        case Answer::unknown:
            return "unknown";
        case Answer::none:
            break;
    }
    return {};
}

std::string time_or_nothing(Time time) { return time.ms == 0 ? std::string() : format_time(time); }

class Fields {
public:
    void add(const char* name, Values values, std::optional<Item> item = {},
             const char* list = "") {
        std::erase_if(values, [](const std::string& value) { return value.empty(); });
        if (!values.empty()) fields_.push_back({name, std::move(values), item, list});
    }
    std::vector<DisclosedField> take() { return std::move(fields_); }

private:
    std::vector<DisclosedField> fields_;
};

void add_consent(Fields& fields, const TravellingConsent& consent) {
    fields.add("consent_by", {std::string(name(consent.by))}, {}, "consent-by");
    fields.add("consent_text_hash", {to_hex(consent.text_hash)});
    Values items;
    for (const Item item : consent.items) items.emplace_back(name(item));
    fields.add("consent_items", std::move(items), {}, "referral-items");
    fields.add("consent_recipients", consent.recipients);
    Values withheld;
    for (const auto& one : consent.withheld)
        withheld.push_back(std::string(name(one.item)) + ": " + one.reason);
    fields.add("consent_withheld", std::move(withheld));
    fields.add("consent_expires", {time_or_nothing(consent.expires)});
}

}  // namespace

std::vector<DisclosedField> disclosed_fields(const ReferralRequest& request) {
    Fields fields;
    fields.add("case_code", {request.case_code});
    fields.add("kind", {request.kind}, {}, "message-kinds");
    fields.add("urgency", {std::string(name(request.urgency))}, {}, "urgency");
    fields.add("age_band", {request.age_band}, Item::age_band, "age-band");
    fields.add("gender", {request.gender}, Item::gender, "gender");
    fields.add("languages", request.languages, Item::languages, "language");
    fields.add("location_country", {request.location_country}, Item::location);
    fields.add("location_region", {request.location_region}, Item::location);
    fields.add("reasons", request.reasons, Item::reasons, "chi-reasons");
    fields.add("narrative", {request.narrative}, Item::narrative);
    fields.add("services_requested", request.services_requested, Item::services_requested,
               "services-requested");
    fields.add("services_given", request.services_given, Item::services_given,
               "services-requested");
    fields.add("caregiver_informed", {answer(request.caregiver_informed)}, Item::caregiver);
    fields.add("caregiver_safe_to_contact", {answer(request.caregiver_safe_to_contact)},
               Item::caregiver);
    fields.add("unaccompanied", {answer(request.unaccompanied)}, Item::unaccompanied);
    fields.add("safe_contact_channel", {request.safe_contact.channel}, Item::safe_contact,
               "channel");
    fields.add("safe_contact_times", {request.safe_contact.times}, Item::safe_contact);
    fields.add("code_word", {request.safe_contact.code_word}, Item::safe_contact);
    fields.add("never_say", {request.safe_contact.never_say}, Item::safe_contact);
    add_consent(fields, request.consent);
    fields.add("transfer_basis", {request.transfer_basis}, {}, "transfer-basis");
    fields.add("reply_by", {time_or_nothing(request.reply_by)});
    return fields.take();
}

std::string label_of(const DisclosedField& field, const Taxonomies& taxonomies,
                     std::string_view language) {
    const auto* items = taxonomies.find("referral-items");
    if (!field.item || items == nullptr) return field.name;
    return std::string(items->label(name(*field.item), language));
}

std::string shown_values(const DisclosedField& field, const Taxonomies& taxonomies,
                         std::string_view language) {
    const auto* list = field.list.empty() ? nullptr : taxonomies.find(field.list);
    const auto* second = field.name == "reasons" ? taxonomies.find("online-harm") : nullptr;
    std::string joined;
    for (const auto& value : field.values) {
        if (!joined.empty()) joined += ", ";
        const auto* from = second != nullptr && second->contains(value) ? second : list;
        joined += from == nullptr ? std::string_view(value) : from->label(value, language);
    }
    return joined;
}

Result<void> check_only_ticked(ByteView bytes, const std::set<Item>& ticked,
                               const Taxonomies& taxonomies) {
    const auto message = read_referral_message(bytes, taxonomies);
    if (!message) return std::unexpected(message.error());
    if (!message->request) return {};
    for (const Item item : items_in(*message->request))
        if (!ticked.contains(item)) return fail(Fault::denied, std::string(name(item)));
    return {};
}

}  // namespace sanad::casework
