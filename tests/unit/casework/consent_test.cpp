#include "core/casework/consent.h"

#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

namespace sanad::casework {
namespace {

using test::shipped_taxonomies;

constexpr Time now{1'000'000};

Consent sample_consent() {
    Consent consent;
    consent.id = test::sample_id<ConsentId>(1);
    consent.case_id = test::sample_id<CaseId>(2);
    consent.given_at = {500'000};
    consent.terms = test::whole_request().consent;
    consent.language = "ary-Arab";
    consent.recorded_by = "salma";
    return consent;
}

template <typename Change>
std::string refusal(Change change) {
    auto consent = sample_consent();
    change(consent);
    const auto checked = check_consent(consent, shipped_taxonomies());
    return checked ? "" : std::string(name(checked.error().fault)) + " " + checked.error().detail;
}

}  // namespace

TEST_CASE("a consent covers what was ticked, for whom it was given, as long as it stands") {
    const auto consent = sample_consent();
    CHECK(covers(consent, {Item::narrative, Item::gender}, "tn.listen", now));
    CHECK(covers(consent, {}, "tn.listen", now));
    CHECK(covers(consent, {Item::gender}, "dz.listen", now).error().detail == "recipient");
    CHECK(covers(consent, {Item::gender}, "", now).error().fault == Fault::denied);
}

TEST_CASE("a consent names the first item that it does not cover") {
    for (std::size_t i = 0; i < request_item_count; ++i) {
        auto consent = sample_consent();
        const auto missing = static_cast<Item>(i);
        consent.terms.items.erase(missing);
        const auto all = test::whole_request().consent.items;
        const auto refused = covers(consent, all, "tn.listen", now);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().fault == Fault::denied);
        CHECK(refused.error().detail == name(missing));
        CHECK(covers(consent, consent.terms.items, "tn.listen", now));
    }
}

TEST_CASE("a consent ends at its hour, and at once when it is withdrawn") {
    auto consent = sample_consent();
    CHECK(covers(consent, {}, "tn.listen", {1'999'999}));
    CHECK(covers(consent, {}, "tn.listen", {2'000'000}).error().detail == "expired");
    consent.terms.expires = {0};
    CHECK(covers(consent, {}, "tn.listen", {9'000'000'000'000}));
    consent.withdrawn_at = now;
    CHECK(covers(consent, {}, "tn.listen", now).error().fault == Fault::expired);
    CHECK(covers(consent, {}, "tn.listen", now).error().detail == "withdrawn");
}

TEST_CASE("a request leaves with the very terms of its consent, and nothing beside them") {
    const auto consent = sample_consent();
    auto request = test::whole_request();
    CHECK(covers_request(consent, request, "tn.listen", now));
    request.consent.items.erase(Item::gender);
    CHECK(covers_request(consent, request, "tn.listen", now).error().detail == "consent");
    auto less = consent;
    less.terms.items.erase(Item::narrative);
    request = test::whole_request();
    request.consent = less.terms;
    CHECK(covers_request(less, request, "tn.listen", now).error().detail == "narrative");
    CHECK(covers_request(less, slice(request, less.terms.items), "tn.listen", now));
}

TEST_CASE("a consent without its parts is not stored") {
    using C = Consent;
    CHECK(refusal([](C&) {}).empty());
    CHECK(refusal([](C& c) { c.id = {}; }) == "invalid id");
    CHECK(refusal([](C& c) { c.terms.by = ConsentBy::none; }) == "invalid consent.by");
    CHECK(refusal([](C& c) { c.terms.items.clear(); }) == "invalid consent.items");
    CHECK(refusal([](C& c) { c.terms.recipients.clear(); }) == "invalid consent.recipients");
    CHECK(refusal([](C& c) { c.terms.withheld = {{Item::gender, "fear"}}; }) ==
          "invalid consent.withheld");
    CHECK(refusal([](C& c) {
              c.terms.items.erase(Item::gender);
              c.terms.withheld = {{Item::gender, "shy"}};
          }) == "unsupported consent.withheld");
    CHECK(refusal([](C& c) { c.language = "?"; }) == "malformed language");
    CHECK(refusal([](C& c) { c.recorded_by.clear(); }) == "bad_size recorded_by");
}

TEST_CASE("sharing without consent takes two different people and a reason") {
    using C = Consent;
    const auto best_interest = [](C& c) {
        c.terms.by = ConsentBy::none_best_interest;
        c.best_interest_reason = "The child is in danger tonight and cannot be asked.";
        c.approvers = {"salma", "karim"};
    };
    CHECK(refusal(best_interest).empty());
    CHECK(refusal([&](C& c) { best_interest(c), c.approvers = {"salma"}; }) == "invalid approvers");
    CHECK(refusal([&](C& c) { best_interest(c), c.approvers[1] = "salma"; }) ==
          "invalid approvers");
    CHECK(refusal([&](C& c) { best_interest(c), c.approvers[1] = ""; }) == "invalid approvers");
    CHECK(refusal([&](C& c) { best_interest(c), c.best_interest_reason = ""; }) ==
          "invalid best_interest_reason");
    CHECK(refusal([&](C& c) {
              best_interest(c), c.best_interest_reason.assign(best_interest_reason_bytes_max, 'a');
          }).empty());
    CHECK(refusal([&](C& c) {
              best_interest(c),
                  c.best_interest_reason.assign(best_interest_reason_bytes_max + 1, 'a');
          }) == "bad_size best_interest_reason");
    CHECK(refusal([](C& c) { c.approvers = {"salma", "karim"}; }) == "invalid approvers");
}

TEST_CASE("a consent record reads back as it was written") {
    auto consent = sample_consent();
    consent.terms.items.erase(Item::gender);
    consent.terms.withheld = {{Item::gender, "will_tell_self"}};
    CHECK(read_consent(write_record(consent)) == consent);
    consent.terms.by = ConsentBy::none_best_interest;
    consent.best_interest_reason = "خطر وشيك";
    consent.approvers = {"salma", "karim"};
    consent.withdrawn_at = {77};
    CHECK(read_consent(write_record(consent)) == consent);
    CHECK_FALSE(read_consent(Bytes(16)));
}

}  // namespace sanad::casework
