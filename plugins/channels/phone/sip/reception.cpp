#include "plugins/channels/phone/sip/reception.h"

#include <cmath>

namespace sanad::phone {
namespace {

constexpr int samples_per_ms = 8;
constexpr std::uint16_t jump_max = 3000;  // RFC 3550, A.1: more is a new beginning

}  // namespace

std::optional<std::uint32_t> Reception::packet(std::uint32_t ssrc, std::uint16_t sequence,
                                               std::uint32_t timestamp, std::uint32_t samples,
                                               std::chrono::milliseconds now) {
    ++received_;
    std::uint32_t gap = 0;
    const auto ahead = static_cast<std::uint16_t>(sequence - sequence_);
    if (any_ && ssrc == ssrc_ && ahead < jump_max) {
        if (ahead == 0) return {};
        lost_ += ahead - 1U;
        const auto step = timestamp - timestamp_;
        if (step < samples_)
            gap = 0;
        else
            gap = step - samples_;
        const double moved = static_cast<double>((now - came_).count()) * samples_per_ms -
                             static_cast<double>(static_cast<std::int32_t>(step));
        jitter_ += (std::abs(moved) - jitter_) / 16;
    } else if (any_ && ssrc == ssrc_ && ahead > 0xffff - 100) {
        if (lost_ > 0) --lost_;  // it was late, not lost
        return {};
    }
    any_ = true;
    ssrc_ = ssrc;
    sequence_ = sequence;
    timestamp_ = timestamp;
    samples_ = samples;
    came_ = now;
    return gap;
}

bool Reception::new_event(std::uint32_t timestamp, std::uint8_t event) {
    if (any_event_ && timestamp == event_timestamp_ && event == event_) return false;
    any_event_ = true;
    event_timestamp_ = timestamp;
    event_ = event;
    return true;
}

std::chrono::microseconds Reception::jitter() const {
    return std::chrono::microseconds{static_cast<std::int64_t>(jitter_ * 1000 / samples_per_ms)};
}

}  // namespace sanad::phone
