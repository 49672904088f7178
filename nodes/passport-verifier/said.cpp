#include "nodes/passport-verifier/said.h"

#include "core/base/message.h"
#include "core/base/text.h"
#include "schemas/casework.capnp.h"

#include <algorithm>
#include <set>
#include <span>

namespace sanad::verifier {
namespace {

using Kind = schema::ReferralEventKind;

constexpr std::size_t payload_bytes_max = 128 << 10;
constexpr std::size_t prose_bytes_max = 16 << 10;
constexpr std::size_t short_bytes_max = 512;
constexpr std::uint32_t events_max = 1'000;  // of one side
constexpr std::int64_t year_9999_ends_ms = 253'402'300'799'999;
constexpr unsigned list_max = 32;

struct KindWord {
    Kind kind;
    const char* word;
    Speaker speaker;
    enum class Has : std::uint8_t { nothing, reason, text } has;
};
// What may cross between nodes. Every kind may carry a line of text; `text` ones must.
constexpr KindWord kinds[] = {
    {Kind::REQUEST, "request", Speaker::asker, KindWord::Has::nothing},
    {Kind::INFORMATION, "information", Speaker::asker, KindWord::Has::text},
    {Kind::WITHDRAW, "withdraw", Speaker::asker, KindWord::Has::reason},
    {Kind::EXPIRE, "expire", Speaker::asker, KindWord::Has::nothing},
    {Kind::ENTERED_IN_ERROR, "enter_in_error", Speaker::asker, KindWord::Has::nothing},
    {Kind::CONFIRM, "confirm", Speaker::asker, KindWord::Has::reason},
    {Kind::CLOSE_UNCONFIRMED, "close_unconfirmed", Speaker::asker, KindWord::Has::nothing},
    {Kind::ERASE, "erase", Speaker::asker, KindWord::Has::nothing},
    {Kind::REVIEW, "review", Speaker::asked, KindWord::Has::nothing},
    {Kind::ASK, "ask", Speaker::asked, KindWord::Has::text},
    {Kind::ACCEPT, "accept", Speaker::asked, KindWord::Has::nothing},
    {Kind::DECLINE, "decline", Speaker::asked, KindWord::Has::reason},
    {Kind::REDIRECT, "redirect", Speaker::asked, KindWord::Has::reason},
    {Kind::START, "start", Speaker::asked, KindWord::Has::nothing},
    {Kind::HOLD, "hold", Speaker::asked, KindWord::Has::nothing},
    {Kind::RESUME, "resume", Speaker::asked, KindWord::Has::nothing},
    {Kind::COMPLETE, "complete", Speaker::asked, KindWord::Has::reason},
    {Kind::NOT_COMPLETE, "not_complete", Speaker::asked, KindWord::Has::reason},
    {Kind::WITHDRAW_OK, "withdraw_ok", Speaker::asked, KindWord::Has::nothing},
    {Kind::ERASED, "erased", Speaker::asked, KindWord::Has::nothing},
    {Kind::HELD, "held", Speaker::asked, KindWord::Has::reason},
    {Kind::NOTE, "note", Speaker::either, KindWord::Has::text},
    {Kind::TAKE_BACK, "take_back", Speaker::asker, KindWord::Has::nothing},
};

constexpr const char* item_words[] = {"age_band",           "gender",         "languages",
                                      "location",           "reasons",        "narrative",
                                      "services_requested", "services_given", "caregiver",
                                      "unaccompanied",      "safe_contact",   "attachments"};

Result<void> must(bool holds, const char* what) {
    if (!holds) return fail(Fault::invalid, what);
    return {};
}

// A word of a list: its form.
bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](unsigned char c) {
        return c < 0x80 && (std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-');
    });
}
bool is_word_or_none(std::string_view text) { return text.empty() || is_word(text); }

bool is_prose_or_none(std::string_view text, std::size_t bytes_max) {
    return text.empty() || check_prose(text, bytes_max).has_value();
}

bool is_language(std::string_view tag) {
    if (tag.empty() || tag.size() > 35) return false;
    for (std::size_t at = 0, part = 0;; ++part) {
        const auto end = std::min(tag.find('-', at), tag.size());
        const auto word = tag.substr(at, end - at);
        const bool sound = std::ranges::all_of(word, [&](unsigned char c) {
            return c < 0x80 && (part == 0 ? std::isalpha(c) : std::isalnum(c)) != 0;
        });
        if (!sound || word.size() > 8 || word.size() < (part == 0 ? 2U : 1U)) return false;
        if (end == tag.size()) return true;
        at = end + 1;
    }
}

bool all(capnp::List<capnp::Text>::Reader list, unsigned most, bool (*is_good)(std::string_view)) {
    if (list.size() > most) return false;
    for (const auto text : list)
        if (!is_good({text.cStr(), text.size()})) return false;
    return true;
}

// The largest value that each of these enums has today.
bool is_answer(schema::Answer answer) { return answer <= schema::Answer::UNKNOWN; }

bool is_item(std::string_view word) {
    return std::ranges::find(item_words, word) != std::end(item_words);
}
bool is_label(std::string_view text) { return check_label(text, short_bytes_max).has_value(); }

Result<void> check_consent(schema::ReferralConsent::Reader consent) {
    const auto by = consent.getBy();
    const auto items = consent.getItems();
    const auto recipients = consent.getRecipients();
    const auto withheld = consent.getWithheld();
    std::set<std::string> ticked;
    if (by == schema::ConsentBy::NONE || by > schema::ConsentBy::NONE_BEST_INTEREST ||
        consent.getTextHash().size() != 32 || items.size() > std::size(item_words) ||
        recipients.size() == 0 || !all(recipients, list_max, is_label) ||
        withheld.size() > std::size(item_words))
        return must(false, "consent");
    for (const auto item : items) {
        ticked.insert(from_text(item));
        if (!is_item(from_text(item))) return must(false, "consent: an item");
    }
    for (const auto one : withheld) {
        const std::string item = from_text(one.getItem());
        if (!is_item(item) || ticked.contains(item) || !is_word(from_text(one.getReason())))
            return must(false, "consent: what is withheld");
    }
    return {};
}

Result<void> check_request(schema::ReferralRequest::Reader from, Said& said) {
    said.case_code = from_text(from.getCaseCode());
    said.request_kind = from_text(from.getKind());
    said.narrative = from_text(from.getNarrative());
    const std::string country = from_text(from.getLocationCountry());
    const auto safe = from.getSafeContact();
    const auto urgency = from.getUrgency();
    const bool sound =
        is_label(said.case_code) && is_word(said.request_kind) &&
        urgency != schema::Urgency::NONE && urgency <= schema::Urgency::U4 &&
        is_word_or_none(from_text(from.getAgeBand())) &&
        is_word_or_none(from_text(from.getGender())) &&
        all(from.getLanguages(), list_max, is_language) && all(from.getReasons(), 6, is_word) &&
        all(from.getServicesRequested(), list_max, is_word) &&
        all(from.getServicesGiven(), list_max, is_word) &&
        (country.empty() ||
         (country.size() == 2 &&
          std::ranges::all_of(country, [](char c) { return c >= 'a' && c <= 'z'; }))) &&
        is_prose_or_none(from_text(from.getLocationRegion()), short_bytes_max) &&
        is_prose_or_none(said.narrative, prose_bytes_max) &&
        is_answer(from.getCaregiverInformed()) && is_answer(from.getCaregiverSafeToContact()) &&
        is_answer(from.getUnaccompanied()) && is_word_or_none(from_text(safe.getChannel())) &&
        is_prose_or_none(from_text(safe.getTimes()), short_bytes_max) &&
        is_prose_or_none(from_text(safe.getCodeWord()), short_bytes_max) &&
        is_prose_or_none(from_text(safe.getNeverSay()), short_bytes_max) &&
        is_word(from_text(from.getTransferBasis())) && from.getReplyByMs() >= 0;
    if (!sound) return must(false, "request");
    return check_consent(from.getConsent());
}

Result<Said> read(schema::ReferralEvent::Reader from) {
    const auto known = std::ranges::find(kinds, from.getKind(), &KindWord::kind);
    if (known == std::end(kinds)) return fail(Fault::unsupported, "a kind of event");
    const auto referral = from.getReferral();
    Said said;
    if (referral.size() != said.referral.size()) return fail(Fault::bad_size, "referral");
    std::ranges::copy(referral, said.referral.begin());
    said.index = from.getIndex();
    said.seen_other = from.getSeenOther();
    said.at = {from.getAtMs()};
    said.kind = known->word;
    said.speaker = known->speaker;
    said.reason = from_text(from.getReason());
    said.text = from_text(from.getText());
    const bool has_reason = known->has == KindWord::Has::reason;
    const bool is_request = known->kind == Kind::REQUEST;
    const bool sound = said.index < events_max && said.seen_other <= events_max &&
                       said.at.ms >= 0 && said.at.ms <= year_9999_ends_ms &&
                       (has_reason ? is_word(said.reason) : said.reason.empty()) &&
                       is_prose_or_none(said.text, prose_bytes_max) &&
                       (known->has != KindWord::Has::text || !said.text.empty()) &&
                       from.hasRequest() == is_request;
    if (!sound) return fail(Fault::invalid, "an event of kind " + said.kind);
    if (!is_request) return said;
    const auto request = check_request(from.getRequest(), said);
    if (!request) return std::unexpected(request.error());
    return said;
}

}  // namespace

Result<Said> read_said(ByteView payload) {
    return read_message<schema::ReferralEvent>(payload, read, payload_bytes_max);
}

}  // namespace sanad::verifier
