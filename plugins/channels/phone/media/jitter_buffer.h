#pragma once

#include "plugins/channels/phone/media/g711.h"

#include <array>
#include <bitset>
#include <cstdint>
#include <span>

namespace sanad::phone {

/// Makes a steady stream of the packets of one leg, which come unevenly, late, twice, or not at
/// all. It waits as short as the network allows: longer after a packet came too late, shorter again
/// after two seconds in which all came early.
class JitterBuffer {
public:
    static constexpr std::size_t target_min = 160, target_max = 1600;  // samples: 20..200 ms
    static constexpr std::size_t held_max = 8192;                      // a second; it divides 2^32
    static constexpr std::size_t packet_max = 480;                     // 60 ms

    /// timestamp  of the first sample, as RTP has it; it may wrap around, and begin anew
    /// samples    at most packet_max; more are left out
    void put(std::uint32_t timestamp, std::span<const std::int16_t> samples);

    /// The next 20 ms. What has not come is made up: the last sound, fading away over 60 ms.
    void take(std::span<std::int16_t, frame_samples> frame);

    std::uint64_t late() const { return late_; }        // packets that came when they were over
    std::uint64_t missing() const { return missing_; }  // frames that were made up
    std::size_t target() const { return target_; }

private:
    void begin(std::uint32_t timestamp);
    void adapt();

    std::array<std::int16_t, held_max> samples_{};
    std::bitset<held_max> there_;
    std::array<std::int16_t, frame_samples> last_{};
    bool begun_ = false;
    std::uint32_t next_ = 0;  // timestamp of what is taken next
    std::uint32_t end_ = 0;   // behind the newest
    std::size_t target_ = 320;
    int fade_ = 0;  // frames made up in a row
    int slack_min_ = 0, frames_looked_at_ = 0;
    int late_in_a_row_ = 0;
    std::uint64_t late_ = 0, missing_ = 0;
};

}  // namespace sanad::phone
