#pragma once

#include "plugins/channels/phone/media/g711.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sanad::phone {

/// Something recorded, in both laws and in whole frames, so that sending it is a copy. It never
/// changes, and calls share it.
class Prompt {
public:
    /// samples  8 kHz; the last frame is filled up with silence
    explicit Prompt(std::span<const std::int16_t> samples);

    std::size_t frames() const { return alaw_.size() / frame_samples; }
    /// frame  below frames()
    std::span<const std::uint8_t, frame_samples> alaw(std::size_t frame) const;
    std::span<const std::uint8_t, frame_samples> ulaw(std::size_t frame) const;

private:
    std::vector<std::uint8_t> alaw_, ulaw_;
};

}  // namespace sanad::phone
