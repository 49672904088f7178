#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace sanad::casework::test {

std::string read_text_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    REQUIRE(file.good());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

const Taxonomies& shipped_taxonomies() {
    static const Taxonomies all = [] {
        Taxonomies taxonomies;
        for (const auto& entry : std::filesystem::directory_iterator("config/taxonomy")) {
            if (entry.path().extension() != ".tsv") continue;
            const auto added = taxonomies.add(entry.path().stem(), read_text_file(entry.path()));
            if (!added) FAIL(added.error().detail);
        }
        return taxonomies;
    }();
    return all;
}

ReferralRequest whole_request() {
    ReferralRequest request;
    request.case_code = "MA-2026-0042";
    request.kind = "referral";
    request.urgency = Urgency::u2;
    request.age_band = "13-15";
    request.gender = "girl";
    request.languages = {"ary-Arab", "fr"};
    request.location_country = "tn";
    request.location_region = "Sfax";
    request.reasons = {"VI.cyberbullying", "PR.classmates_colleagues"};
    request.narrative = "زملاء في القسم نشروا كلاما جارحا.\nElle aimerait en parler à quelqu’un.";
    request.services_requested = {"psychosocial", "content_removal"};
    request.services_given = {"psychosocial"};
    request.caregiver_informed = Answer::no;
    request.caregiver_safe_to_contact = Answer::unknown;
    request.unaccompanied = Answer::no;
    request.safe_contact = {"webchat", "بعد الخامسة مساء", "زيتونة", "the helpline's name"};
    request.consent.by = ConsentBy::child;
    request.consent.text_hash.fill(7);
    for (std::size_t i = 0; i < request_item_count; ++i)
        request.consent.items.insert(static_cast<Item>(i));
    request.consent.recipients = {"tn.listen"};
    request.consent.expires = {2'000'000};
    request.transfer_basis = "express_consent";
    request.reply_by = {1'000'000};
    return request;
}

ReferralMessage sample_message(ReferralEventKind kind) {
    ReferralMessage message;
    message.referral = sample_id<ReferralId>(9);
    message.index = 3;
    message.seen_other = 2;
    message.at = {1234};
    message.kind = kind;
    if (kind == ReferralEventKind::request) {
        message.index = 0;
        message.seen_other = 0;
        message.request = whole_request();
    }
    if (const auto list = reason_taxonomy(kind); !list.empty())
        message.reason = shipped_taxonomies().find(list)->terms().front().id;
    const bool is_text = kind == ReferralEventKind::information || kind == ReferralEventKind::ask ||
                         kind == ReferralEventKind::note;
    if (is_text) message.text = "هل تفضل الفتاة التواصل مساء؟";
    return message;
}

}  // namespace sanad::casework::test
