#include "core/casework/cover.h"
#include "core/base/time_text.h"
#include "core/casework/referral.h"

#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

namespace sanad::casework {
namespace {

Time at(const char* utc) { return parse_time(utc).value(); }

/// Tunis, every night from 20:00 to 8:00.
Roster night_roster() {
    Roster roster;
    roster.number = 1;
    roster.languages = {"ar", "fr"};
    roster.age_bands = {"10-12", "13-15"};
    roster.kinds = {"overflow", "referral"};
    roster.zone = "Africa/Tunis";
    for (std::uint8_t day = 1; day <= 7; ++day) {
        roster.hours.push_back({day, 0, 8 * 60});
        roster.hours.push_back({day, 20 * 60, 24 * 60});
    }
    roster.capacity = 4;
    roster.issued_at = at("2026-11-01T00:00:00Z");
    roster.valid_until = at("2027-02-01T00:00:00Z");
    return roster;
}

const Time night = at("2026-11-24T02:00:00Z");
const Time noon = at("2026-11-24T11:00:00Z");

Helper helper(const std::string& node) {
    Helper helper;
    helper.node.text = node;
    helper.languages = {"ar"};
    helper.roster = night_roster();
    return helper;
}

Need overflow(Time now = night) {
    return {.languages = {"ar-MA"},
            .services = {},
            .age_band = "13-15",
            .kind = "overflow",
            .now = now};
}

std::string first(const std::vector<Helper>& helpers, const Need& need = overflow()) {
    const auto ranked = rank(helpers, need);
    REQUIRE(ranked.size() == helpers.size());
    return ranked.front().node.text;
}

bool objects(const Helper& one, const Need& need, CoverReason reason) {
    const auto choice = rank(std::array{one}, need).front();
    return !choice.fits && std::ranges::find(choice.reasons, reason) != choice.reasons.end();
}

}  // namespace

TEST_CASE("a roster is read back as it was written, and says when somebody is there") {
    const auto roster = night_roster();
    CHECK(read_roster(write_roster(roster), test::shipped_taxonomies()) == roster);
    CHECK(hours_at(roster, night) == DutyHours{2, 0, 8 * 60});
    CHECK_FALSE(hours_at(roster, noon));
    CHECK(hours_at(roster, at("2026-11-24T06:59:59Z")));  // 07:59 in Tunis
    CHECK_FALSE(hours_at(roster, at("2026-11-24T07:00:00Z")));
    CHECK_FALSE(hours_at(roster, at("2027-02-01T02:00:00Z")));  // it is over
}

TEST_CASE("a roster follows the summer time of its zone, and not that of the reader") {
    auto roster = night_roster();
    roster.zone = "Asia/Beirut";
    roster.valid_until = at("2027-12-01T00:00:00Z");
    roster.hours = {{6, 20 * 60, 24 * 60}, {7, 0, 8 * 60}};
    // In the night of the last Sunday of March the clocks go from 0:00 to 1:00.
    CHECK(hours_at(roster, at("2027-03-27T18:00:00Z")));  // Saturday 20:00
    CHECK_FALSE(hours_at(roster, at("2027-03-27T17:59:00Z")));
    CHECK(hours_at(roster, at("2027-03-28T04:59:00Z")));  // Sunday 7:59
    CHECK_FALSE(hours_at(roster, at("2027-03-28T05:00:00Z")));
}

TEST_CASE("a roster that is not in order is refused, on both sides of each limit") {
    const auto& lists = test::shipped_taxonomies();
    const auto fault_of = [&](auto change) {
        auto roster = night_roster();
        change(roster);
        const auto sound = check_roster(roster, lists);
        CHECK(read_roster(write_roster(roster), lists).has_value() == sound.has_value());
        return sound ? std::string() : sound.error().detail;
    };
    CHECK(fault_of([](Roster&) {}).empty());
    CHECK(fault_of([](Roster& r) { r.number = 0; }) == "number");
    CHECK(fault_of([](Roster& r) { r.languages.clear(); }) == "languages");
    CHECK(fault_of([](Roster& r) { r.languages = {"not a tag"}; }) == "languages");
    CHECK(fault_of([](Roster& r) { r.age_bands = {"0-99"}; }) == "age_bands");
    CHECK(fault_of([](Roster& r) { r.age_bands.clear(); }).empty());
    CHECK(fault_of([](Roster& r) { r.kinds = {"dance"}; }) == "kinds");
    CHECK(fault_of([](Roster& r) { r.zone = "Africa/Nowhere"; }) == "zone");
    CHECK(fault_of([](Roster& r) { r.hours.clear(); }) == "hours");
    CHECK(fault_of([](Roster& r) { r.hours = {{1, 0, 1440}}; }).empty());
    CHECK(fault_of([](Roster& r) { r.hours = {{1, 0, 1441}}; }) == "hours");
    CHECK(fault_of([](Roster& r) { r.hours = {{8, 0, 60}}; }) == "hours");
    CHECK(fault_of([](Roster& r) { r.hours = {{1, 60, 60}}; }) == "hours");
    CHECK(fault_of([](Roster& r) { r.hours.assign(roster_hours_max, {1, 0, 60}); }).empty());
    CHECK(fault_of([](Roster& r) { r.hours.assign(roster_hours_max + 1, {1, 0, 60}); }) == "hours");
    CHECK(fault_of([](Roster& r) { r.capacity = 0; }) == "capacity");
    CHECK(fault_of([](Roster& r) { r.capacity = roster_capacity_max; }).empty());
    CHECK(fault_of([](Roster& r) { r.capacity = roster_capacity_max + 1; }) == "capacity");
    CHECK(fault_of([](Roster& r) { r.valid_until = r.issued_at; }) == "valid_until");
    CHECK(fault_of([](Roster& r) { r.valid_until = r.issued_at + roster_valid_longest; }).empty());
    CHECK(fault_of([](Roster& r) {
              r.valid_until = r.issued_at + roster_valid_longest + Duration(1);
          }) == "valid_until");
    const auto ends = [](std::int64_t ms) {
        return [ms](Roster& r) { r.issued_at = {ms - 1'000}, r.valid_until = {ms}; };
    };
    CHECK(fault_of(ends(event_time_ms_max)).empty());
    CHECK(fault_of(ends(event_time_ms_max + 1)) == "valid_until");
    CHECK(fault_of(ends(INT64_MAX)) == "valid_until");
}

TEST_CASE("overflow goes to a node that is open, speaks the language, takes the age and has room") {
    auto one = helper("tn.amal");
    CHECK(rank(std::array{one}, overflow()).front().fits);
    CHECK(objects(one, overflow(noon), CoverReason::closed));
    auto need = overflow();
    need.languages = {"zgh-Latn"};
    CHECK(objects(one, need, CoverReason::other_language));
    need = overflow();
    need.age_band = "16-17";
    CHECK(objects(one, need, CoverReason::other_age));
    auto other = one;
    other.roster->kinds = {"referral"};
    CHECK(objects(other, overflow(), CoverReason::other_kind));
    other = one;
    other.roster.reset();
    CHECK(objects(other, overflow(), CoverReason::no_roster));
    other = one;
    other.open_offers = other.roster->capacity;
    CHECK(objects(other, overflow(), CoverReason::full));
    CHECK(rank(std::array{other}, overflow()).front().room == 0);
    --other.open_offers;
    CHECK(rank(std::array{other}, overflow()).front().room == 1);
}

TEST_CASE(
    "of several that fit the preferred comes first, then who has most room, then who waited") {
    auto tn = helper("tn.amal");
    auto dz = helper("dz.nour");
    CHECK(first({tn, dz}) == "dz.nour");  // by name, where nothing else tells them apart
    dz.open_offers = 1;
    CHECK(first({tn, dz}) == "tn.amal");
    tn.open_offers = 2;
    tn.roster->capacity = 40;  // a larger house: two of forty is less than one of four
    CHECK(first({tn, dz}) == "tn.amal");
    dz.is_preferred = true;
    CHECK(first({tn, dz}) == "dz.nour");
    dz.open_offers = 4;
    CHECK(first({tn, dz}) == "tn.amal");  // nobody is preferred over their room
    tn = helper("tn.amal");
    dz = helper("dz.nour");
    tn.asked_last = night - std::chrono::hours(3);
    dz.asked_last = night - std::chrono::hours(1);
    CHECK(first({tn, dz}) == "tn.amal");
    dz.asked_last.reset();
    CHECK(first({tn, dz}) == "dz.nour");
}

TEST_CASE("a referral may go to a node that is closed, or has no roster") {
    auto one = helper("tn.amal");
    auto need = overflow(noon);
    need.kind = "referral";
    need.services = {"legal"};
    CHECK(rank(std::array{one}, need).front().fits);
    one.services = {"psychosocial"};
    CHECK(objects(one, need, CoverReason::other_service));
    one.services.emplace_back("legal");
    one.roster.reset();
    CHECK(rank(std::array{one}, need).front().fits);
}

TEST_CASE("the choice explains itself in one sentence") {
    const auto one = helper("tn.amal");
    CHECK(explain(rank(std::array{one}, overflow()).front()) ==
          "tn.amal is open now until 08:00, helps children of this age, has room for 4, speaks the "
          "child's language.");
    CHECK(explain(rank(std::array{one}, overflow(noon)).front()) == "tn.amal is closed now.");
    for (int i = 0; i <= static_cast<int>(CoverReason::full); ++i) {
        CHECK_FALSE(name(static_cast<CoverReason>(i)).empty());
        CHECK_FALSE(words(static_cast<CoverReason>(i)).empty());
    }
}

TEST_CASE("the order is the same whatever order the helpers are given in") {
    std::vector<Helper> helpers;
    for (int i = 0; i < 8; ++i) {
        auto one = helper("n" + std::to_string(i) + ".node");
        one.open_offers = static_cast<std::uint32_t>(i % 3);
        if (i % 2 == 0) one.asked_last = Time{i};
        helpers.push_back(std::move(one));
    }
    const auto ranked = rank(helpers, overflow());
    for (int turn = 0; turn < 8; ++turn) {
        std::ranges::rotate(helpers, helpers.begin() + 3);
        CHECK(rank(helpers, overflow()) == ranked);
    }
}

}  // namespace sanad::casework
