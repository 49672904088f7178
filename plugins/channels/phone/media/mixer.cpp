#include "plugins/channels/phone/media/mixer.h"

#include <algorithm>

namespace sanad::phone {

void Mixer::let(std::size_t listener, std::size_t speaker, bool hears) {
    hears_[listener][speaker] = hears && listener != speaker;
}

void Mixer::said(std::size_t speaker, std::span<const std::int16_t, frame_samples> frame) {
    std::ranges::copy(frame, said_[speaker].begin());
}

void Mixer::heard(std::size_t listener, std::span<std::int16_t, frame_samples> frame) const {
    for (std::size_t i = 0; i < frame_samples; ++i) {
        int sum = 0;
        for (std::size_t speaker = 0; speaker < parties_max; ++speaker)
            if (hears_[listener][speaker]) sum += said_[speaker][i];
        frame[i] = static_cast<std::int16_t>(std::clamp(sum, -32768, 32767));
    }
}

}  // namespace sanad::phone
