#include "core/casework/queue.h"

#include "tests/support/counter_entropy.h"
#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sanad::casework {
namespace {

using std::chrono::minutes;

constexpr Time now{10'000'000'000};

Waiting waiting(std::uint8_t id, Urgency urgency, Duration since) {
    return {test::sample_id<ContactId>(id), urgency, now - since};
}

std::vector<std::uint8_t> ids(const std::vector<QueuePlace>& places) {
    std::vector<std::uint8_t> ids;
    for (const auto& place : places) ids.push_back(place.contact.bytes.back());
    return ids;
}

}  // namespace

TEST_CASE("imminent danger stands before everybody, whoever has waited longest") {
    const std::array all{waiting(1, Urgency::u3, minutes(300)), waiting(2, Urgency::u0, minutes(0)),
                         waiting(3, Urgency::u1, minutes(30))};
    const auto places = order(all, {}, now);
    CHECK(ids(places) == std::vector<std::uint8_t>{2, 1, 3});
    CHECK(places[0].reason == QueueReason::imminent_danger);
    CHECK(places[1].reason == QueueReason::waited_too_long);
    CHECK(places[2].reason == QueueReason::over_target);
}

TEST_CASE("otherwise whoever has used up most of their level's time is next") {
    const std::array all{waiting(1, Urgency::u3, minutes(6)), waiting(2, Urgency::u2, minutes(3)),
                         waiting(3, Urgency::u1, minutes(1)), waiting(4, Urgency::u4, minutes(10))};
    const auto places = order(all, {}, now);
    CHECK(ids(places) == std::vector<std::uint8_t>{2, 3, 1, 4});
    CHECK(places[0].score == 600);
    CHECK(places[0].reason == QueueReason::level);
}

TEST_CASE("nobody starves: a normal contact passes fresh urgent ones once it waited to the cap") {
    const auto first = [](Duration since) {
        const std::array all{waiting(1, Urgency::u4, since), waiting(2, Urgency::u1, minutes(40))};
        return ids(order(all, {}, now)).front();
    };
    CHECK(first(minutes(45) - Duration(1)) == 2);
    CHECK(first(minutes(45)) == 1);
}

TEST_CASE("what was set aside stands behind everybody, but for imminent danger") {
    std::array all{waiting(1, Urgency::u1, minutes(300)), waiting(2, Urgency::u4, minutes(0)),
                   waiting(3, Urgency::u0, minutes(0))};
    all[0].set_aside = true;
    CHECK(ids(order(all, {}, now)) == std::vector<std::uint8_t>{3, 2, 1});
    CHECK(order(all, {}, now)[2].reason == QueueReason::set_aside);
    all[0].urgency = Urgency::u0;
    CHECK(order(all, {}, now)[2].reason == QueueReason::level);
}

TEST_CASE("a level that nobody has set yet counts as normal, and a clock gone back as no wait") {
    const std::array all{waiting(1, Urgency::none, minutes(3)), waiting(2, Urgency::u3, minutes(2)),
                         waiting(3, Urgency::u3, -minutes(5))};
    const auto places = order(all, {}, now);
    CHECK(ids(places) == std::vector<std::uint8_t>{1, 2, 3});
    CHECK(places[2].waited == Duration{});
    CHECK(places[0].score == 200);
}

TEST_CASE("the order does not depend on the order of asking") {
    sanad::test::CounterEntropy entropy(9);
    for (int round = 0; round < 200; ++round) {
        std::vector<Waiting> all;
        for (std::uint8_t i = 0; i < 12; ++i)
            all.push_back(waiting(i, static_cast<Urgency>(entropy.next() % 6),
                                  minutes(static_cast<int>(entropy.next() % 60))));
        const auto once = order(all, {}, now);
        std::ranges::reverse(all);
        REQUIRE(order(all, {}, now) == once);
    }
    CHECK(order({}, {}, now).empty());
}

TEST_CASE("who waited equally long is served in the order of coming") {
    const std::array all{waiting(2, Urgency::u3, minutes(5)), waiting(1, Urgency::u3, minutes(5))};
    CHECK(ids(order(all, {}, now)) == std::vector<std::uint8_t>{1, 2});
    for (const auto reason : {QueueReason::imminent_danger, QueueReason::waited_too_long,
                              QueueReason::over_target, QueueReason::level})
        CHECK_FALSE(name(reason).empty());
}

}  // namespace sanad::casework
