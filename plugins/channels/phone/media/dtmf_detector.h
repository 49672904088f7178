#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace sanad::phone {

/// Hears the tones of a telephone's keys in its sound (ITU-T Q.23, Q.24), where they are not sent
/// as events. A key counts once, from 40 ms on; the two tones may differ by 8 dB one way and 6 dB
/// the other.
class DtmfDetector {
public:
    using Pressed = std::function<void(char)>;  // 0..9, *, #, A..D

    explicit DtmfDetector(Pressed pressed) : pressed_(std::move(pressed)) {}

    /// samples  8 kHz, any number
    void take(std::span<const std::int16_t> samples);

private:
    static constexpr std::size_t tones = 8;  // four of the rows, then four of the columns

    void end_block();
    char key_of_block() const;

    Pressed pressed_;
    std::array<float, tones> last_{}, before_{};  // of Goertzel's filters
    float energy_ = 0;
    std::size_t samples_ = 0;  // of this block
    char heard_ = 0;           // in the block before
    char down_ = 0;            // the key that is held; 0: none
    unsigned quiet_ = 0;       // blocks without it
};

}  // namespace sanad::phone
