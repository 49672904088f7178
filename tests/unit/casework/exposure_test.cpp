#include "core/casework/exposure.h"

#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

namespace sanad::casework {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const ExposureRules rules;
const Time morning{1'800'000'000'000 / 86'400'000 * 86'400'000 + 9 * 3'600'000};  // 9:00 UTC
const ContactId one = test::sample_id<ContactId>(1), second = test::sample_id<ContactId>(2);

Time later(Duration span) { return morning + span; }

/// In a severe contact for so long, with a word of theirs every ten minutes.
Exposure worked(Exposure exposure, Time from, Duration span) {
    exposure = entered(std::move(exposure), one, rules, from);
    for (Duration passed{0}; passed < span; passed += minutes(10))
        exposure = at(std::move(exposure), rules, from + passed);
    return left(std::move(exposure), one, rules, from + span);
}

}  // namespace

TEST_CASE("minutes run while somebody is in a severe contact, once however many there are") {
    auto exposure = entered({}, one, rules, morning);
    exposure = entered(exposure, second, rules, later(minutes(10)));
    CHECK(at(exposure, rules, later(minutes(20))).today == minutes(20));
    exposure = left(exposure, one, rules, later(minutes(25)));
    CHECK(at(exposure, rules, later(minutes(30))).today == minutes(30));
    exposure = left(exposure, second, rules, later(minutes(40)));
    CHECK(exposure.today == minutes(40));
    CHECK(at(exposure, rules, later(hours(3))).today == minutes(40));
    CHECK(is_nothing(at({}, rules, morning)));
    CHECK_FALSE(is_nothing(exposure));
}

TEST_CASE("the budget is over at its last minute, and not one before") {
    const auto near = worked({}, morning, minutes(299));
    CHECK_FALSE(is_over(near, rules));
    auto full = worked({}, morning, minutes(300));
    CHECK(is_over(full, rules));
    full.lent = minutes(30);
    CHECK_FALSE(is_over(full, rules));
    CHECK(is_over(worked(full, later(hours(8)), minutes(30)), rules));
}

TEST_CASE("a break is due after an hour, and one of five minutes begins anew") {
    auto exposure = worked({}, morning, minutes(59));
    CHECK_FALSE(needs_break(exposure, rules));
    exposure = worked({}, morning, minutes(60));
    CHECK(needs_break(exposure, rules));
    const auto resting = begin_break(exposure, rules, later(minutes(60)));
    CHECK_FALSE(needs_break(resting, rules));
    CHECK(needs_break(end_break(resting, rules, later(minutes(64))), rules));
    const auto rested = end_break(resting, rules, later(minutes(65)));
    CHECK_FALSE(needs_break(rested, rules));
    CHECK(rested.stretch == Duration{0});
    CHECK(rested.today == minutes(60));
}

TEST_CASE("nothing is counted during a break, and who takes somebody severe has ended theirs") {
    auto exposure = entered({}, one, rules, morning);
    exposure = begin_break(exposure, rules, later(minutes(20)));
    exposure = begin_break(exposure, rules, later(minutes(24)));  // twice changes nothing
    CHECK(at(exposure, rules, later(minutes(40))).today == minutes(20));
    exposure = entered(exposure, second, rules, later(minutes(40)));
    CHECK(exposure.break_since == Time{});
    CHECK(exposure.stretch == Duration{0});
    CHECK(at(exposure, rules, later(minutes(50))).today == minutes(30));
}

TEST_CASE("an hour of other work rests as a break does") {
    const auto exposure = worked({}, morning, minutes(50));
    CHECK(at(exposure, rules, later(minutes(109))).stretch == minutes(50));
    CHECK(at(exposure, rules, later(minutes(110))).stretch == Duration{0});
}

TEST_CASE("a contact that was left open counts half an hour behind the last word, not a night") {
    const auto exposure = entered({}, one, rules, morning);
    CHECK(at(exposure, rules, later(minutes(29))).today == minutes(29));
    CHECK(at(exposure, rules, later(hours(9))).today == minutes(30));
}

TEST_CASE("a day begins at nothing, and what ran over midnight counts from there") {
    const Time before = later(hours(14) + minutes(50));  // 23:50
    auto exposure = worked({}, morning, minutes(120));
    exposure.lent = minutes(30);
    exposure.talk_asked_at = morning;
    exposure = entered(exposure, one, rules, before);
    const auto next = at(exposure, rules, before + minutes(25));  // 0:15
    CHECK(next.today == minutes(15));
    CHECK(next.stretch == minutes(25));
    CHECK(next.lent == Duration{0});
    CHECK(next.talk_asked_at == morning);  // nobody forgets that they asked
    CHECK(next.day == exposure.day + 1);
}

TEST_CASE("a clock that is set back takes nothing away, and adds nothing") {
    auto exposure = entered({}, one, rules, later(minutes(30)));
    exposure = at(exposure, rules, later(minutes(50)));
    const auto back = at(exposure, rules, morning);
    CHECK(back.today == minutes(20));
    CHECK(at(back, rules, later(minutes(10))).today == minutes(30));
    CHECK(at(exposure, rules, morning - hours(24)).today == minutes(20));
}

}  // namespace sanad::casework
