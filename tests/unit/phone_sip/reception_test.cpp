#include "plugins/channels/phone/sip/reception.h"
#include "plugins/channels/phone/sip/player.h"

#include "plugins/channels/phone/media/prompt.h"

#include <catch2/catch.hpp>

using namespace sanad::phone;
using namespace std::chrono_literals;

TEST_CASE("what is missing between two packets is counted, and how long it was") {
    Reception reception;
    CHECK(reception.packet(1, 100, 8000, 160, 0ms) == 0u);
    CHECK(reception.packet(1, 101, 8160, 160, 20ms) == 0u);
    CHECK(reception.packet(1, 104, 8640, 160, 80ms) == 320u);
    CHECK(reception.lost() == 2);
    CHECK(!reception.packet(1, 103, 8480, 160, 85ms));  // late: one of the two
    CHECK(reception.lost() == 1);
    CHECK(!reception.packet(1, 104, 8640, 160, 86ms));  // twice
    CHECK(reception.packet(1, 105, 8800, 160, 100ms) == 0u);
    CHECK(reception.packet(2, 9, 77, 160, 120ms) == 0u);  // another source begins anew
    CHECK(reception.received() == 7);
    CHECK(reception.jitter() < 1ms);
}

TEST_CASE("sequence numbers and time stamps may wrap around") {
    Reception reception;
    CHECK(reception.packet(1, 0xffff, 0xffffff60, 160, 0ms) == 0u);
    CHECK(reception.packet(1, 0, 0, 160, 20ms) == 0u);
    CHECK(reception.packet(1, 2, 320, 160, 60ms) == 160u);
}

TEST_CASE("an event counts once, however often it is sent") {
    Reception reception;
    CHECK(reception.new_event(8000, 5));
    CHECK(!reception.new_event(8000, 5));
    CHECK(reception.new_event(16000, 5));
    CHECK(reception.new_event(16000, 6));
}

TEST_CASE("prompts are played one after the other, and their end is told once") {
    const std::vector<std::int16_t> one(160, 1000), two(200, -1000);
    const auto first = std::make_shared<const Prompt>(one),
               second = std::make_shared<const Prompt>(two);
    Player player;
    player.play(7, {first, nullptr, second}, false);
    const auto is = [&](const Prompt& prompt, std::size_t frame) {
        const auto got = player.next(Law::u);
        return std::ranges::equal(got, prompt.ulaw(frame));
    };
    CHECK(is(*first, 0));
    CHECK(is(*second, 0));
    CHECK(!player.ended());
    CHECK(is(*second, 1));
    CHECK(player.ended() == 7u);
    CHECK(!player.ended());
    CHECK(!player.playing());
    CHECK(std::ranges::equal(player.next(Law::a), silence(Law::a)));

    player.play(8, {first}, true);
    for (int n = 0; n < 5; ++n) CHECK(is(*first, 0));
    CHECK(!player.ended());
    player.play(9, {}, false);
    CHECK(!player.playing());
}
