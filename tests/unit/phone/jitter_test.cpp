#include "plugins/channels/phone/media/jitter_buffer.h"
#include "plugins/channels/phone/media/mixer.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace sanad::phone {
namespace {

using Frame = std::array<std::int16_t, frame_samples>;

// Each sample says which it is, so that order and gaps can be seen. Never 0, which is silence.
std::int16_t sample_of(std::uint32_t timestamp) {
    return static_cast<std::int16_t>(timestamp % 20'000 + 1);
}
std::vector<std::int16_t> packet(std::uint32_t timestamp, std::size_t size = frame_samples) {
    std::vector<std::int16_t> samples;
    for (std::uint32_t i = 0; i < size; ++i) samples.push_back(sample_of(timestamp + i));
    return samples;
}
Frame take(JitterBuffer& buffer) {
    Frame frame{};
    buffer.take(frame);
    return frame;
}
bool is_whole(const Frame& frame) {
    for (std::size_t i = 1; i < frame.size(); ++i)
        if (frame[i] != frame[i - 1] + 1 && frame[i] != 1) return false;
    return frame[0] != 0;
}

TEST_CASE("even packets come out in their order, after the wait at the beginning") {
    JitterBuffer buffer;
    std::uint32_t timestamp = 0xffff'ff00;  // it wraps around soon
    std::int16_t expected = sample_of(timestamp);
    int whole = 0;
    for (int tick = 0; tick < 500; ++tick, timestamp += frame_samples) {
        buffer.put(timestamp, packet(timestamp));
        const Frame frame = take(buffer);
        if (!is_whole(frame)) continue;
        if (whole == 0) CHECK(frame[0] == expected);
        ++whole;
    }
    CHECK(whole >= 496);
    CHECK(buffer.late() == 0);
}

TEST_CASE("packets out of order, twice and of other lengths make the same sound") {
    JitterBuffer buffer;
    std::mt19937 random(3);
    std::vector<std::uint32_t> order;
    for (std::uint32_t at = 0; at < 8000 * 4; at += 80) order.push_back(at);
    for (std::size_t i = 0; i + 1 < order.size(); i += 2)
        if (random() % 2 == 0) std::swap(order[i], order[i + 1]);
    int whole = 0;
    for (std::size_t i = 0; i + 1 < order.size(); i += 2) {
        for (const std::size_t one : {i, i + 1, i}) buffer.put(order[one], packet(order[one], 80));
        whole += is_whole(take(buffer)) ? 1 : 0;
    }
    CHECK(whole >= 197);
    CHECK(buffer.late() == 0);
}

TEST_CASE("what is lost fades away, and silence follows") {
    JitterBuffer buffer;
    for (std::uint32_t tick = 0; tick < 10; ++tick) {
        buffer.put(tick * frame_samples, std::vector<std::int16_t>(frame_samples, 8000));
        take(buffer);
    }
    std::vector<int> loudness;
    for (int tick = 0; tick < 8; ++tick) loudness.push_back(take(buffer)[50]);
    CHECK(std::ranges::is_sorted(loudness, std::greater<>()));
    CHECK(loudness[3] > 0);
    CHECK(loudness.back() == 0);
    CHECK(buffer.missing() >= 4);
}

TEST_CASE("a line on which packets come unevenly is waited for longer, and no more is lost") {
    JitterBuffer buffer;
    std::mt19937 random(11);
    std::vector<std::pair<int, std::uint32_t>> arrivals;  // tick, timestamp
    for (int tick = 0; tick < 3000; ++tick)
        arrivals.emplace_back(tick + static_cast<int>(random() % 4),
                              static_cast<std::uint32_t>(tick) * frame_samples);
    std::ranges::stable_sort(arrivals, {}, [](const auto& one) { return one.first; });
    std::size_t next = 0;
    std::uint64_t missing_before = 0;
    for (int tick = 0; tick < 3000; ++tick) {
        for (; next < arrivals.size() && arrivals[next].first <= tick; ++next)
            buffer.put(arrivals[next].second, packet(arrivals[next].second));
        take(buffer);
        if (tick == 1500) missing_before = buffer.missing();
    }
    CHECK(buffer.target() > JitterBuffer::target_min);
    CHECK(buffer.target() <= JitterBuffer::target_max);
    CHECK(buffer.missing() - missing_before < 150);  // a tenth, of what settles
}

TEST_CASE("a way that becomes slower, and stays so, is silent for a moment and no longer") {
    for (const int later : {5, 20, 48}) {
        JitterBuffer buffer;
        int whole = 0;
        for (int tick = 0; tick < 3000; ++tick) {
            const int sent = tick < 500 ? tick : tick - later;
            if (sent >= 0) {
                const auto timestamp =
                    static_cast<std::uint32_t>(sent) * std::uint32_t{frame_samples};
                buffer.put(timestamp, packet(timestamp));
            }
            const bool heard = is_whole(take(buffer));
            if (tick >= 1000) whole += heard ? 1 : 0;
        }
        INFO(later << " frames later");
        CHECK(whole > 1900);
    }
}

TEST_CASE("a sender whose clock is slow is heard for an hour, and what is long over is not") {
    JitterBuffer buffer;
    double sent = 0;
    int whole = 0;
    constexpr int ticks = 50 * 3600;
    for (int tick = 0; tick < ticks; ++tick) {
        for (sent += 1 - 100e-6; sent >= 1; sent -= 1) {
            static std::uint32_t timestamp = 0;
            buffer.put(timestamp, packet(timestamp));
            timestamp += std::uint32_t{frame_samples};
        }
        whole += is_whole(take(buffer)) ? 1 : 0;
    }
    CHECK(whole > ticks * 99 / 100);
}

TEST_CASE("a telephone that begins anew is heard at once, and no packet does harm") {
    JitterBuffer buffer;
    for (std::uint32_t tick = 0; tick < 20; ++tick) {
        buffer.put(tick * frame_samples, packet(tick * frame_samples));
        take(buffer);
    }
    int whole = 0;
    for (std::uint32_t tick = 0; tick < 20; ++tick) {
        buffer.put(2'000'000'000U + tick * std::uint32_t{frame_samples},
                   packet(tick * frame_samples));
        whole += is_whole(take(buffer)) ? 1 : 0;
    }
    CHECK(whole >= 15);
    std::mt19937 random(5);
    for (int i = 0; i < 100'000; ++i) {
        buffer.put(static_cast<std::uint32_t>(random()), packet(1, random() % 900));
        if (i % 3 == 0) take(buffer);
    }
    take(buffer);
}

TEST_CASE("a supervisor who listens is heard by nobody, who whispers by the counsellor alone") {
    constexpr std::size_t person = 0, counsellor = 1, supervisor = 2;
    Mixer mixer;
    Frame frame{};
    const auto says = [&](std::size_t party, std::int16_t sample) {
        frame.fill(sample);
        mixer.said(party, frame);
    };
    const auto hears = [&](std::size_t party) {
        mixer.heard(party, frame);
        return frame[80];
    };
    says(person, 100);
    says(counsellor, 20);
    says(supervisor, 3);
    for (const auto& [listener, speaker] : {std::pair{person, counsellor},
                                            {counsellor, person},
                                            {supervisor, person},
                                            {supervisor, counsellor}})
        mixer.let(listener, speaker, true);
    CHECK(hears(person) == 20);
    CHECK(hears(counsellor) == 100);
    CHECK(hears(supervisor) == 120);
    mixer.let(counsellor, supervisor, true);  // whispers
    CHECK(hears(person) == 20);
    CHECK(hears(counsellor) == 103);
    mixer.let(person, supervisor, true);  // joins
    CHECK(hears(person) == 23);
    mixer.let(person, person, true);
    CHECK(hears(person) == 23);  // never themselves
    says(person, 30'000);
    says(supervisor, 30'000);
    CHECK(hears(counsellor) == 32'767);
}

}  // namespace
}  // namespace sanad::phone
