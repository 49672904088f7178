#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/casework/taxonomy.h"
#include "core/casework/urgency.h"

#include <array>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::casework {

inline constexpr std::size_t narrative_bytes_max = 16 << 10;  // about eight pages
inline constexpr std::size_t short_text_bytes_max = 512;      // a code word, a time, a region
inline constexpr std::size_t list_items_max = 32;
// CHI practice: three reasons, the first is the main one; and as many online harms beside them.
inline constexpr std::size_t reasons_max = 3;
inline constexpr std::size_t request_reasons_max = 6;
inline constexpr std::size_t language_tag_bytes_max = 35;  // RFC 5646, section 4.4.1

/// A part of a request that is ticked one by one, and is absent when it is not. The names are the
/// ids of config/taxonomy/referral-items.tsv. What is always there: case code, kind, urgency,
/// consent, transfer basis, reply time.
enum class Item : std::uint8_t {
    age_band,
    gender,
    languages,
    location,
    reasons,
    narrative,
    services_requested,
    services_given,
    caregiver,
    unaccompanied,
    safe_contact,
    attachments,  // beside the request, see federation/attachments.h
};
inline constexpr std::size_t item_count = 12;
inline constexpr std::size_t request_item_count = 11;  // those that are fields of a request
std::string_view name(Item item);
/// errors  unsupported
Result<Item> item_from(std::string_view id);

enum class Answer : std::uint8_t { none, yes, no, unknown };

enum class ConsentBy : std::uint8_t { none, child, caregiver, both, none_best_interest };
/// The id in config/taxonomy/consent-by.tsv.
std::string_view name(ConsentBy by);
/// errors  unsupported
Result<ConsentBy> consent_by_from(std::string_view id);

struct SafeContact {
    std::string channel, times, code_word, never_say;
    bool operator==(const SafeContact&) const = default;
};

struct Withheld {
    Item item{};
    std::string reason;  // withheld-reasons
    auto operator<=>(const Withheld&) const = default;
};

/// The part of a consent that travels with what it allows.
struct TravellingConsent {
    ConsentBy by = ConsentBy::none;
    std::array<std::uint8_t, 32> text_hash{};  // SHA-256 of the words that were read out or shown
    std::set<Item> items;
    std::vector<std::string> recipients;  // node or partner ids
    std::vector<Withheld> withheld;
    Time expires;  // 0: with the referral
    bool operator==(const TravellingConsent&) const = default;
};

/// Whether the terms are in order: somebody consented, a recipient, no item both ticked and
/// withheld.
///
/// errors   invalid, bad_size, malformed, unsupported; detail names the field
Result<void> check_terms(const TravellingConsent& consent, const Taxonomies& taxonomies);

/// What is asked of another node: the least that helps (DOMAIN section 5.4).
struct ReferralRequest {
    std::string case_code;  // the asker's word for the case; says nothing about the child
    std::string kind;       // message-kinds
    Urgency urgency = Urgency::none;
    std::string age_band, gender;
    std::vector<std::string> languages;
    std::string location_country, location_region;
    std::vector<std::string> reasons;  // chi-reasons or online-harm, the main one first
    std::string narrative;
    std::vector<std::string> services_requested, services_given;
    Answer caregiver_informed = Answer::none, caregiver_safe_to_contact = Answer::none;
    Answer unaccompanied = Answer::none;
    SafeContact safe_contact;
    TravellingConsent consent;
    std::string transfer_basis;
    Time reply_by;  // 0: none
    bool operator==(const ReferralRequest&) const = default;
};

/// The request with nothing in it but what was ticked: everything else is absent from the bytes
/// that leave, not merely hidden.
ReferralRequest slice(const ReferralRequest& whole, const std::set<Item>& ticked);

/// Whether `tag` has the form of a BCP 47 tag. No list: a child's language may be in none of
/// ours.
bool is_language_tag(std::string_view tag);

/// The items that are there.
std::set<Item> items_in(const ReferralRequest& request);

/// Lengths, texts in order, ids in their lists, a code, an urgency, who consented, a basis: what
/// must hold of a request from anyone before it is shown or sent.
///
/// errors   bad_size, malformed, unsupported (an id that is in no list here), invalid (a part
///          missing); detail names the field
Result<void> check_request(const ReferralRequest& request, const Taxonomies& taxonomies);

}  // namespace sanad::casework
