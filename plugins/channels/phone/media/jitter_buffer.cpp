#include "plugins/channels/phone/media/jitter_buffer.h"

#include <algorithm>

namespace sanad::phone {

namespace {

constexpr int fade_frames = 3;
constexpr int look_frames = 100;  // two seconds
constexpr int late_in_a_row_max = 5;
constexpr int frame = static_cast<int>(frame_samples);

}  // namespace

void JitterBuffer::put(std::uint32_t timestamp, std::span<const std::int16_t> samples) {
    samples = samples.first(std::min(samples.size(), packet_max));
    if (samples.empty()) return;
    const auto size = static_cast<std::int32_t>(samples.size());
    auto ahead = static_cast<std::int32_t>(timestamp - next_);
    // Far away either way: another telephone, or one that has begun anew.
    const bool elsewhere = ahead < -static_cast<std::int32_t>(held_max) ||
                           ahead + size > static_cast<std::int32_t>(held_max);
    if (!begun_ || elsewhere) {
        begin(timestamp);
        ahead = static_cast<std::int32_t>(timestamp - next_);
    }
    if (ahead + size <= 0) {
        ++late_;
        target_ = std::min(target_ + frame_samples, target_max);
        // Not a few stragglers: the way has become longer, and all that follows would be late.
        if (++late_in_a_row_ < late_in_a_row_max) return;
        begin(timestamp);
        ahead = static_cast<std::int32_t>(timestamp - next_);
    }
    late_in_a_row_ = 0;
    for (std::int32_t i = std::max(0, -ahead); i < size; ++i) {
        const std::size_t at = (timestamp + static_cast<std::uint32_t>(i)) % held_max;
        samples_[at] = samples[static_cast<std::size_t>(i)];
        there_.set(at);
    }
    const std::uint32_t end = timestamp + static_cast<std::uint32_t>(size);
    if (static_cast<std::int32_t>(end - end_) > 0) end_ = end;
}

void JitterBuffer::begin(std::uint32_t timestamp) {
    begun_ = true;
    there_.reset();
    next_ = timestamp - static_cast<std::uint32_t>(target_);
    end_ = timestamp;
    slack_min_ = static_cast<int>(held_max);
    frames_looked_at_ = 0;
    late_in_a_row_ = 0;
}

void JitterBuffer::take(std::span<std::int16_t, frame_samples> out) {
    if (!begun_) {
        std::ranges::fill(out, std::int16_t{0});
        return;
    }
    adapt();
    bool whole = true;
    for (std::size_t i = 0; i < frame_samples; ++i) {
        const std::size_t at = (next_ + static_cast<std::uint32_t>(i)) % held_max;
        if (there_[at]) {
            out[i] = samples_[at];
            there_.reset(at);
        } else {
            const int left = fade_frames - fade_;
            out[i] = left <= 0 ? std::int16_t{0}
                               : static_cast<std::int16_t>(last_[i] * left / (fade_frames + 1));
            whole = false;
        }
    }
    next_ += static_cast<std::uint32_t>(frame_samples);
    if (whole) {
        std::ranges::copy(out, last_.begin());
        fade_ = 0;
    } else {
        ++missing_;
        fade_ = std::min(fade_ + 1, fade_frames);
    }
}

// How much there is beyond what is taken now, at the least, in two seconds: more than is needed
// shortens the wait by a frame, less than is wanted lengthens it by one.
void JitterBuffer::adapt() {
    const int slack = static_cast<std::int32_t>(end_ - next_) - frame;
    slack_min_ = std::min(slack_min_, slack);
    if (++frames_looked_at_ < look_frames) return;
    const int wanted = static_cast<int>(target_);
    if (slack_min_ > wanted) {
        // What is left out must not be heard when its places come round again.
        for (std::size_t i = 0; i < frame_samples; ++i)
            there_.reset((next_ + static_cast<std::uint32_t>(i)) % held_max);
        next_ += static_cast<std::uint32_t>(frame);
        target_ = std::max(target_ - frame_samples, target_min);
    } else if (slack_min_ < 0 && slack_min_ > -static_cast<int>(held_max) / 2 && late_ > 0) {
        next_ -= static_cast<std::uint32_t>(frame);
    }
    slack_min_ = static_cast<int>(held_max);
    frames_looked_at_ = 0;
}

}  // namespace sanad::phone
