#include "plugins/channels/phone/sip/listener.h"

#include "plugins/channels/phone/media/dtmf_detector.h"
#include "plugins/channels/phone/media/g711.h"
#include "plugins/channels/phone/sip/law.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace sanad::phone {
namespace {

constexpr int frames_of_speech = 3;  // in a row: a click is none
constexpr int frames_of_silence = static_cast<int>(silence_after / std::chrono::milliseconds{20});
// Mean of the squares, of 16 bits: about -45 dB of full scale, above the hiss of a bad line.
constexpr std::int64_t loud = 180LL * 180;

}  // namespace

void Listener::take(const Sound& sound) {
    for (std::size_t at = 0; at < sound.payload.size();) {
        const auto some = std::min(frame_bytes - filled_, sound.payload.size() - at);
        const auto part = sound.payload.subspan(at, some);
        const std::span to{frame_.data() + filled_, some};
        if (sound.law == Law::a)
            std::ranges::copy(part, to.begin());
        else
            transcode(part, Law::u, to);
        at += some;
        filled_ += some;
        if (filled_ < frame_bytes) return;
        filled_ = 0;
        frame();
    }
}

void Listener::frame() {
    handlers_.frame(Frame{frame_});
    std::int64_t squares = 0;
    for (const auto byte : frame_) {
        const std::int64_t sample = linear_of_alaw[byte];
        squares += sample * sample;
    }
    if (squares > loud * static_cast<std::int64_t>(frame_bytes)) {
        quiet_ = 0;
        if (++loud_ == frames_of_speech && !speaks_) handlers_.voice(speaks_ = true);
        return;
    }
    loud_ = 0;
    if (++quiet_ == frames_of_silence) handlers_.voice(speaks_ = false);
}

struct Tones::Detector {
    std::vector<char> digits;
    DtmfDetector detector{[this](char digit) { digits.push_back(digit); }};
};

Tones::Tones() : detector_(std::make_unique<Detector>()) {}
Tones::~Tones() = default;

std::vector<char> Tones::take(const Sound& sound) {
    std::array<std::int16_t, payload_bytes_max> samples{};
    const auto size = linear(sound.payload, sound.law, samples);
    detector_->detector.take(std::span{samples}.first(size));
    return std::exchange(detector_->digits, {});
}

}  // namespace sanad::phone
