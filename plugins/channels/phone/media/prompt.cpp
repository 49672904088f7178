#include "plugins/channels/phone/media/prompt.h"

namespace sanad::phone {

namespace {

std::span<const std::uint8_t, frame_samples> frame_of(const std::vector<std::uint8_t>& bytes,
                                                      std::size_t frame) {
    return std::span(bytes).subspan(frame * frame_samples).first<frame_samples>();
}

}  // namespace

Prompt::Prompt(std::span<const std::int16_t> samples) {
    const std::size_t whole = (samples.size() + frame_samples - 1) / frame_samples * frame_samples;
    alaw_.reserve(whole);
    ulaw_.reserve(whole);
    for (const std::int16_t sample : samples) {
        alaw_.push_back(alaw_of(sample));
        ulaw_.push_back(ulaw_of(sample));
    }
    alaw_.resize(whole, alaw_silence);
    ulaw_.resize(whole, ulaw_silence);
}

std::span<const std::uint8_t, frame_samples> Prompt::alaw(std::size_t frame) const {
    return frame_of(alaw_, frame);
}

std::span<const std::uint8_t, frame_samples> Prompt::ulaw(std::size_t frame) const {
    return frame_of(ulaw_, frame);
}

}  // namespace sanad::phone
