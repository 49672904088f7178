#include "plugins/channels/phone/media/dtmf_detector.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sanad::phone {

namespace {

// 102 samples are 12.75 ms: the filters are 78 Hz wide, and two whole blocks fit into 40 ms however
// they fall.
constexpr std::size_t block_samples = 102;
constexpr double samples_a_second = 8000;
constexpr std::array<double, 8> frequencies{697, 770, 852, 941, 1209, 1336, 1477, 1633};
constexpr std::array keys{"123A", "456B", "789C", "*0#D"};

// Powers, as ratios. Speech has its energy all over, a key in two tones.
constexpr float row_over_column = 6.31F;   // 8 dB
constexpr float column_over_row = 3.98F;   // 6 dB
constexpr float over_other_tones = 6.31F;  // 8 dB
constexpr float of_all_energy = 0.80F;
constexpr float least_energy = 4.0e5F;  // about -48 dBm0 over a block
constexpr unsigned quiet_blocks = 3;    // then the key is up; a pause of 40 ms has three

const std::array<float, 8> coefficients = [] {
    std::array<float, 8> all{};
    std::ranges::transform(frequencies, all.begin(), [](double frequency) {
        return static_cast<float>(2 *
                                  std::cos(2 * std::numbers::pi * frequency / samples_a_second));
    });
    return all;
}();

}  // namespace

void DtmfDetector::take(std::span<const std::int16_t> samples) {
    for (const std::int16_t one : samples) {
        const auto sample = static_cast<float>(one);
        energy_ += sample * sample;
        for (std::size_t tone = 0; tone < tones; ++tone) {
            const float now = sample + coefficients[tone] * last_[tone] - before_[tone];
            before_[tone] = last_[tone];
            last_[tone] = now;
        }
        if (++samples_ == block_samples) end_block();
    }
}

// A key needs two blocks that agree. Two blocks without it do not end it: a hole of 10 ms in a tone
// that is held can spoil two, and is no second key (ITU-T Q.24).
void DtmfDetector::end_block() {
    const char key = key_of_block();
    if (key != 0 && key == heard_ && key != down_) {
        down_ = key;
        pressed_(key);
    }
    if (down_ != 0) {
        quiet_ = key == down_ ? 0 : quiet_ + 1;
        if (quiet_ >= quiet_blocks) down_ = 0;
    }
    heard_ = key;
    last_ = before_ = {};
    energy_ = 0;
    samples_ = 0;
}

char DtmfDetector::key_of_block() const {
    std::array<float, tones> power{};
    for (std::size_t tone = 0; tone < tones; ++tone)
        power[tone] = last_[tone] * last_[tone] + before_[tone] * before_[tone] -
                      coefficients[tone] * last_[tone] * before_[tone];
    const auto row = std::ranges::max_element(power.begin(), power.begin() + 4);
    const auto column = std::ranges::max_element(power.begin() + 4, power.end());
    if (energy_ < least_energy) return 0;
    if (*row > *column * row_over_column || *column > *row * column_over_row) return 0;
    for (auto other = power.begin(); other != power.begin() + 4; ++other)
        if (other != row && *other * over_other_tones > *row) return 0;
    for (auto other = power.begin() + 4; other != power.end(); ++other)
        if (other != column && *other * over_other_tones > *column) return 0;
    // A pure tone of this length has power energy * length / 2.
    if (*row + *column < of_all_energy * energy_ * float{block_samples} / 2) return 0;
    return keys[static_cast<std::size_t>(row - power.begin())]
               [static_cast<std::size_t>(column - power.begin() - 4)];
}

}  // namespace sanad::phone
