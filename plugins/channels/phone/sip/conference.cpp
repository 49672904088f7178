#include "plugins/channels/phone/sip/conference.h"

#include "plugins/channels/phone/media/jitter_buffer.h"
#include "plugins/channels/phone/media/mixer.h"
#include "plugins/channels/phone/sip/law.h"

#include <array>
#include <cstddef>

namespace sanad::phone {
namespace {

enum Party : std::size_t { person, counsellor, supervisor, parties };

}  // namespace

struct Conference::Parts {
    std::array<LegId, parties> legs{};
    std::array<JitterBuffer, parties> coming;
    Mixer mixer;
    std::uint64_t tick = 0;
    std::array<std::uint8_t, frame_bytes> said{};

    std::size_t find(LegId leg) const {
        std::size_t at = 0;
        while (at < parties && legs[at] != leg) ++at;
        return at;
    }
};

Conference::Conference(LegId outer, LegId inner, LegId third, Part part)
    : parts_(std::make_unique<Parts>()) {
    parts_->legs = {outer, inner, third};
    set_part(part);
}

Conference::~Conference() = default;

void Conference::set_part(Part part) {
    auto& mixer = parts_->mixer;
    mixer.let(person, counsellor, true);
    mixer.let(counsellor, person, true);
    mixer.let(supervisor, person, true);
    mixer.let(supervisor, counsellor, true);
    mixer.let(counsellor, supervisor, part != Part::listens);
    mixer.let(person, supervisor, part == Part::joins);
}

void Conference::hear(LegId from, const Sound& sound) {
    const auto party = parts_->find(from);
    if (party == parties) return;
    std::array<std::int16_t, payload_bytes_max> samples{};
    const auto size = linear(sound.payload, sound.law, samples);
    parts_->coming[party].put(sound.timestamp, std::span{samples}.first(size));
}

void Conference::mix() {
    Mixer::Frame frame{};
    for (std::size_t party = 0; party < parties; ++party) {
        parts_->coming[party].take(frame);
        parts_->mixer.said(party, frame);
    }
}

std::span<const std::uint8_t> Conference::say(LegId to, Law law, std::uint64_t tick) {
    const auto party = parts_->find(to);
    if (party == parties) return silence(law);
    if (parts_->tick != tick) mix();
    parts_->tick = tick;
    Mixer::Frame frame{};
    parts_->mixer.heard(party, frame);
    for (std::size_t at = 0; at < frame.size(); ++at)
        parts_->said[at] = law == Law::a ? alaw_of(frame[at]) : ulaw_of(frame[at]);
    return parts_->said;
}

}  // namespace sanad::phone
