#include "core/casework/referral_event.h"

#include "core/casework/referral_record.h"

#include "core/base/encoding.h"
#include "core/base/message.h"
#include "schemas/casework.capnp.h"
#include "tests/support/counter_entropy.h"
#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sanad::casework {
namespace {

using Kind = ReferralEventKind;
using test::sample_message;
using test::shipped_taxonomies;
using test::whole_request;

Result<ReferralMessage> read_back(const ReferralMessage& message) {
    return read_referral_message(write_message(message), shipped_taxonomies());
}

/// The fault and detail of a request after `change`.
template <typename Change>
std::string refusal_of_request(Change change) {
    auto request = whole_request();
    change(request);
    const auto checked = check_request(request, shipped_taxonomies());
    return checked ? "" : std::string(name(checked.error().fault)) + " " + checked.error().detail;
}

template <typename Change>
std::string refusal_of_message(Kind kind, Change change) {
    auto message = sample_message(kind);
    change(message);
    const auto checked = check_message(message, shipped_taxonomies());
    return checked ? "" : std::string(name(checked.error().fault)) + " " + checked.error().detail;
}

bool contains(const Bytes& bytes, std::string_view words) {
    return !std::ranges::search(bytes, bytes_of(words)).empty();
}

}  // namespace

TEST_CASE("every kind of referral event reads back as it was written") {
    for (auto kind = Kind::request; kind <= Kind::note; kind = static_cast<Kind>(int(kind) + 1)) {
        const auto message = sample_message(kind);
        const auto back = read_back(message);
        INFO(name(kind));
        REQUIRE(back);
        CHECK(*back == message);
    }
}

TEST_CASE("preparation and unknown kinds of event are not read") {
    for (const Kind kind : {Kind::none, Kind::check_consent, Kind::seal, static_cast<Kind>(200)}) {
        auto message = sample_message(Kind::note);
        message.kind = kind;
        message.text.clear();
        CHECK_FALSE(read_back(message));
    }
}

TEST_CASE(
    "an event carries a reason from its own list, a text, or a request: what its kind asks for") {
    using M = ReferralMessage;
    CHECK(refusal_of_message(Kind::decline, [](M& m) { m.reason = "no_capacity"; }).empty());
    CHECK(refusal_of_message(Kind::decline, [](M& m) { m.reason = "bored"; }) ==
          "unsupported reason");
    CHECK(refusal_of_message(Kind::decline, [](M& m) { m.reason.clear(); }) == "invalid reason");
    CHECK(refusal_of_message(Kind::accept, [](M& m) { m.reason = "other"; }) == "invalid reason");
    CHECK(refusal_of_message(Kind::ask, [](M& m) { m.text.clear(); }) == "invalid text");
    CHECK(refusal_of_message(Kind::note, [](M& m) { m.text = "\x01"; }) == "malformed text");
    CHECK(refusal_of_message(Kind::request, [](M& m) { m.request.reset(); }) == "invalid request");
    CHECK(refusal_of_message(Kind::note, [](M& m) { m.request = whole_request(); }) ==
          "invalid request");
    CHECK(refusal_of_message(Kind::note, [](M& m) { m.referral = {}; }) == "invalid referral");
    CHECK(refusal_of_message(Kind::note, [](M& m) { m.at = {-1}; }) == "invalid at");
    CHECK(refusal_of_message(Kind::note, [](M& m) { m.at = {event_time_ms_max}; }).empty());
    CHECK(refusal_of_message(Kind::note, [](M& m) { m.at = {event_time_ms_max + 1}; }) ==
          "invalid at");
}

TEST_CASE("an event's text and counts have limits") {
    using M = ReferralMessage;
    CHECK(refusal_of_message(Kind::note, [](M& m) {
              m.text.assign(event_text_bytes_max, 'a');
          }).empty());
    CHECK(refusal_of_message(Kind::note, [](M& m) {
              m.text.assign(event_text_bytes_max + 1, 'a');
          }) == "bad_size text");
    CHECK(refusal_of_message(Kind::note, [](M& m) { m.index = referral_events_max - 1; }).empty());
    CHECK(refusal_of_message(Kind::note, [](M& m) { m.index = referral_events_max; }) ==
          "exhausted index");
    CHECK(refusal_of_message(Kind::note, [](M& m) { m.seen_other = referral_events_max; }).empty());
    CHECK(refusal_of_message(Kind::note, [](M& m) { m.seen_other = referral_events_max + 1; }) ==
          "invalid seen_other");
}

TEST_CASE(
    "a request without its necessary parts, or with words from no list, is refused by field") {
    using R = ReferralRequest;
    CHECK(refusal_of_request([](R&) {}).empty());
    CHECK(refusal_of_request([](R& r) { r.case_code.clear(); }) == "invalid case_code");
    CHECK(refusal_of_request([](R& r) { r.case_code = "A\nB"; }) == "malformed case_code");
    CHECK(refusal_of_request([](R& r) { r.kind = "gift"; }) == "unsupported kind");
    CHECK(refusal_of_request([](R& r) { r.urgency = Urgency::none; }) == "invalid urgency");
    CHECK(refusal_of_request([](R& r) { r.age_band = "7"; }) == "unsupported age_band");
    CHECK(refusal_of_request([](R& r) { r.gender = "x"; }) == "unsupported gender");
    CHECK(refusal_of_request([](R& r) { r.languages = {"am"}; }).empty());  // in no list of ours
    CHECK(refusal_of_request([](R& r) { r.languages = {"a b"}; }) == "malformed languages");
    CHECK(refusal_of_request([](R& r) { r.location_country = "TN"; }) == "malformed location");
    CHECK(refusal_of_request([](R& r) { r.reasons = {"grooming"}; }).empty());
    CHECK(refusal_of_request([](R& r) { r.reasons = {"VI.gossip"}; }) == "unsupported reasons");
    CHECK(refusal_of_request([](R& r) { r.services_requested = {"x"}; }) ==
          "unsupported services_requested");
    CHECK(refusal_of_request([](R& r) { r.services_given = {"x"}; }) ==
          "unsupported services_given");
    CHECK(refusal_of_request([](R& r) { r.safe_contact.channel = "owl"; }) ==
          "unsupported safe_contact");
    CHECK(refusal_of_request([](R& r) { r.transfer_basis = ""; }) == "invalid transfer_basis");
    CHECK(refusal_of_request([](R& r) { r.transfer_basis = "habit"; }) ==
          "unsupported transfer_basis");
    CHECK(refusal_of_request([](R& r) { r.reply_by = {-1}; }) == "invalid reply_by");
    CHECK(refusal_of_request([](R& r) { r.consent.by = ConsentBy::none; }) == "invalid consent.by");
    CHECK(refusal_of_request([](R& r) { r.consent.recipients.clear(); }) ==
          "invalid consent.recipients");
    CHECK(refusal_of_request([](R& r) { r.consent.withheld = {{Item::gender, "fear"}}; }) ==
          "invalid consent.withheld");
}

TEST_CASE("a request's texts and lists stand up to their limits and no further") {
    using R = ReferralRequest;
    const auto narrative = [](std::size_t size) {
        return refusal_of_request([=](R& r) { r.narrative.assign(size, 'a'); });
    };
    CHECK(narrative(narrative_bytes_max).empty());
    CHECK(narrative(narrative_bytes_max + 1) == "bad_size narrative");
    const auto region = [](std::size_t size) {
        return refusal_of_request([=](R& r) { r.location_region.assign(size, 'a'); });
    };
    CHECK(region(short_text_bytes_max).empty());
    CHECK(region(short_text_bytes_max + 1) == "bad_size location");
    const auto languages = [](std::size_t count) {
        return refusal_of_request([=](R& r) { r.languages.assign(count, "fr"); });
    };
    CHECK(languages(list_items_max).empty());
    CHECK(languages(list_items_max + 1) == "bad_size languages");
    const auto reasons = [](std::size_t count) {
        return refusal_of_request([=](R& r) { r.reasons.assign(count, "VI.other"); });
    };
    CHECK(reasons(request_reasons_max).empty());
    CHECK(reasons(request_reasons_max + 1) == "bad_size reasons");
    auto message = sample_message(Kind::request);
    message.request->languages.assign(list_items_max + 1, "fr");
    CHECK(read_back(message).error().fault == Fault::bad_size);
}

TEST_CASE("language tags have the form of BCP 47") {
    for (const auto* tag : {"ar", "ary-Arab", "zgh-Latn", "fr-TN", "dz-ary", "es-419", "abcdefgh"})
        CHECK(is_language_tag(tag));
    for (const auto* tag :
         {"", "a", "-", "x1x-2", "ar-", "-ar", "ar--MA", "abcdefghi", "a\xd8\xb9", "ar_MA"})
        CHECK_FALSE(is_language_tag(tag));
    CHECK(is_language_tag("abcdefgh-abcdefgh-abcdefgh-abcdefgh"));
    CHECK_FALSE(is_language_tag("abcdefgh-abcdefgh-abcdefgh-abcdefgh-a"));
}

TEST_CASE("what is not ticked is absent from the bytes that leave") {
    const auto whole = whole_request();
    for (std::size_t i = 0; i < request_item_count; ++i) {
        std::set<Item> ticked;
        for (std::size_t j = 0; j < request_item_count; ++j)
            if (j != i) ticked.insert(static_cast<Item>(j));
        CHECK(items_in(slice(whole, ticked)) == ticked);
        CHECK(items_in(slice(whole, {static_cast<Item>(i)})) == std::set{static_cast<Item>(i)});
    }
    auto message = sample_message(Kind::request);
    CHECK(contains(write_message(message), "زيتونة"));
    CHECK(contains(write_message(message), "Sfax"));
    message.request = slice(whole, {Item::age_band});
    const auto bytes = write_message(message);
    for (const auto* words :
         {"زيتونة", "Sfax", "girl", "قسم", "VI.cyberbullying", "ary-Arab", "psychosocial"})
        CHECK_FALSE(contains(bytes, words));
    CHECK(contains(bytes, "13-15"));
    CHECK(read_back(message)->request == message.request);
}

TEST_CASE("a request with nothing ticked still says whose it is, how urgent, and on what basis") {
    const auto cut = slice(whole_request(), {});
    CHECK(items_in(cut).empty());
    CHECK(cut.case_code == whole_request().case_code);
    CHECK(cut.urgency == Urgency::u2);
    CHECK(cut.transfer_basis == "express_consent");
    CHECK(cut.consent == whole_request().consent);
    CHECK(check_request(cut, shipped_taxonomies()));
}

TEST_CASE("damaged referral events are refused or read as something sound, and never crash") {
    sanad::test::CounterEntropy entropy(5);
    const auto good = write_message(sample_message(Kind::request));
    for (std::size_t size = 0; size < good.size(); size += 8)
        CHECK_FALSE(read_referral_message(ByteView(good).first(size), shipped_taxonomies()));
    for (int i = 0; i < 20000; ++i) {
        auto bytes = good;
        for (int flips = 0; flips < 3; ++flips)
            bytes[entropy.next() % bytes.size()] ^=
                static_cast<std::uint8_t>(1U << (entropy.next() % 8));
        const auto read = read_referral_message(bytes, shipped_taxonomies());
        if (read) CHECK(check_message(*read, shipped_taxonomies()));
    }
    Bytes large(referral_event_bytes_max + 8);
    CHECK(read_referral_message(large, shipped_taxonomies()).error().fault == Fault::bad_size);
}

TEST_CASE("a recorded event of version 1 is accepted by every later version") {
    const auto recorded =
        from_hex(test::read_text_file("tests/unit/casework/referral-event-v1.hex"));
    REQUIRE(recorded);
    const auto read = read_referral_message(*recorded, shipped_taxonomies());
    REQUIRE(read);
    CHECK(*read == sample_message(Kind::request));
}

TEST_CASE("a referral record reads back as it was written") {
    ReferralRecord record;
    record.id = test::sample_id<ReferralId>(1);
    record.peer = {"tn.listen"};
    record.side = Side::asker;
    record.case_id = test::sample_id<CaseId>(2);
    record.case_code = "MA-2026-0042";
    record.kind = "transfer";
    record.urgency = Urgency::u1;
    record.asker = {{Kind::request, 0, {10}}, {Kind::information, 1, {30}}};
    record.asked = {{Kind::ask, 1, {20}}};
    record.stored_at = {15};
    record.state = ReferralState::under_review;
    record.steps_done = 0x1ff;
    record.created_at = {10};
    record.updated_at = {30};
    record.heard = {.requested = {11},
                    .accepted = {12},
                    .ended = {13},
                    .paused_since = {21},
                    .held_since = {22},
                    .paused = Duration(5),
                    .held = Duration(6),
                    .hold_over_told = true,
                    .consent_check_over_told = true};
    record.next = test::sample_id<ReferralId>(4);
    record.previous = test::sample_id<ReferralId>(5);
    record.timer_at = {40};
    CHECK(read_referral_record(write_record(record)) == record);
    record.consent_id = test::sample_id<ConsentId>(3);
    CHECK(read_referral_record(write_record(record)) == record);
    record.state = ReferralState::none;
    CHECK(read_referral_record(write_record(record)).error().fault == Fault::unsupported);
}

TEST_CASE("before anything is sent a referral's state is its preparation's") {
    ReferralRecord record;
    record.side = Side::asker;
    record.kind = "referral";
    record.state = ReferralState::sealed;
    CHECK(view_of(record).state == ReferralState::sealed);
    CHECK(check_next(view_of(record), Side::asker, Kind::request));
    record.state = ReferralState::draft;
    CHECK_FALSE(check_next(view_of(record), Side::asker, Kind::request));
    record.state = ReferralState::sealed;
    REQUIRE(append_event(record, Side::asker, 0, {Kind::request, 0, {}}, {}));
    CHECK(record.state == ReferralState::sent);
    record.stored_at = {1};
    CHECK(view_of(record).state == ReferralState::delivered);
}

}  // namespace sanad::casework
