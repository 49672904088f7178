#include "plugins/channels/phone/media/dtmf_detector.h"
#include "plugins/channels/phone/media/g711.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace sanad::phone {
namespace {

constexpr std::string_view all_keys = "123A456B789C*0#D";
constexpr std::array<double, 4> rows{697, 770, 852, 941}, columns{1209, 1336, 1477, 1633};
constexpr double full_scale = 32124;  // a sine of +3.14 dBm0

using Samples = std::vector<std::int16_t>;

struct Condition {
    int tone_ms;
    double level_dbm0;  // of the louder tone
    double noise_db;    // under the key, in power; 0: none
    double twist_db;    // the column's over the row's
};

double amplitude(double dbm0) { return full_scale * std::pow(10, (dbm0 - 3.14) / 20); }

/// All sixteen keys after each other, with pauses of 50 ms.
Samples pressed(const Condition& at, std::mt19937& random) {
    const double row = amplitude(at.level_dbm0 - std::max(0.0, at.twist_db));
    const double column = amplitude(at.level_dbm0 + std::min(0.0, at.twist_db));
    const double noise = at.noise_db == 0 ? 0
                                          : std::sqrt((row * row + column * column) / 2) *
                                                std::pow(10, -at.noise_db / 20);
    std::normal_distribution<double> hiss(0, 1);
    Samples samples;
    for (std::size_t key = 0; key < all_keys.size(); ++key) {
        for (int n = 0; n < 8 * 50; ++n)
            samples.push_back(static_cast<std::int16_t>(noise * hiss(random)));
        const double phase = std::uniform_real_distribution<double>(0, 6)(random);
        for (int n = 0; n < 8 * at.tone_ms; ++n) {
            const double t = 2 * std::numbers::pi * n / 8000;
            const double value = row * std::sin(rows[key / 4] * t + phase) +
                                 column * std::sin(columns[key % 4] * t) + noise * hiss(random);
            samples.push_back(static_cast<std::int16_t>(std::clamp(value, -32768.0, 32767.0)));
        }
    }
    samples.insert(samples.end(), 8 * 50, 0);
    return samples;
}

enum class Law { a, u };
Samples through(Law law, Samples samples) {
    for (std::int16_t& sample : samples)
        sample = law == Law::a ? linear_of_alaw[alaw_of(sample)] : linear_of_ulaw[ulaw_of(sample)];
    return samples;
}

std::string heard(const Samples& samples, std::size_t chunk = frame_samples) {
    std::string keys;
    DtmfDetector detector([&](char key) { keys += key; });
    for (std::size_t at = 0; at < samples.size(); at += chunk)
        detector.take(std::span(samples).subspan(at, std::min(chunk, samples.size() - at)));
    return keys;
}

TEST_CASE(
    "of 144 conditions of tone, level, noise and twist at least 136 are heard without a fault") {
    int perfect = 0, all = 0;
    std::mt19937 random(20261201);
    for (const int tone_ms : {40, 60, 80, 100})
        for (const double level : {-3.0, -15.0, -26.0})
            for (const double noise : {0.0, 25.0, 15.0})
                for (const double twist : {-6.0, -4.0, 0.0, 3.0}) {
                    const Condition at{tone_ms, level, noise, twist};
                    const auto samples = pressed(at, random);
                    const bool both = heard(through(Law::a, samples)) == all_keys &&
                                      heard(through(Law::u, samples)) == all_keys;
                    perfect += both ? 1 : 0;
                    ++all;
                    INFO(tone_ms << " ms, " << level << " dBm0, noise " << noise << ", twist "
                                 << twist);
                    CHECK_NOFAIL(both);
                }
    WARN("perfect in " << perfect << " of " << all << " conditions");
    CHECK(all == 144);
    CHECK(perfect >= 136);
}

TEST_CASE("however the sound is cut into pieces, the same keys are heard") {
    std::mt19937 random(7);
    const auto samples = pressed({60, -10, 25, 0}, random);
    for (const std::size_t chunk : {1U, 7U, 80U, 160U, 240U, 1000U})
        CHECK(heard(samples, chunk) == all_keys);
}

TEST_CASE("a key that is held counts once, and again when it is let go in between") {
    std::mt19937 random(8);
    auto held = pressed({2000, -10, 0, 0}, random);
    CHECK(heard(held) == all_keys);
    // A hole of 10 ms, as of a packet that was filled with silence, is no second press; 40 ms are.
    const auto one = pressed({200, -10, 0, 0}, random);
    const std::size_t key = 8 * 250;  // a pause of 50 ms and the first key
    Samples twice(one.begin(), one.begin() + key), hole = twice;
    std::fill_n(hole.begin() + 8 * 120, 80, std::int16_t{0});
    twice.insert(twice.end(), one.begin(), one.begin() + key);
    CHECK(heard(hole) == "1");
    CHECK(heard(twice) == "11");
}

TEST_CASE("too short a tone, one tone alone, hiss and silence are no key") {
    std::mt19937 random(9);
    CHECK(heard(pressed({12, -10, 0, 0}, random)).empty());
    Samples one_tone, hiss;
    std::normal_distribution<double> noise(0, 4000);
    for (int n = 0; n < 80'000; ++n) {
        one_tone.push_back(static_cast<std::int16_t>(
            10'000 * std::sin(2 * std::numbers::pi * rows[static_cast<std::size_t>(n / 20'000)] *
                              n / 8000)));
        hiss.push_back(static_cast<std::int16_t>(std::clamp(noise(random), -32768.0, 32767.0)));
    }
    CHECK(heard(one_tone).empty());
    CHECK(heard(hiss).empty());
    CHECK(heard(Samples(80'000, 0)).empty());
}

TEST_CASE("a twist beyond what a telephone does is no key") {
    std::mt19937 random(10);
    CHECK(heard(pressed({100, -3, 0, 12}, random)).empty());
    CHECK(heard(pressed({100, -3, 0, -12}, random)).empty());
}

}  // namespace
}  // namespace sanad::phone
