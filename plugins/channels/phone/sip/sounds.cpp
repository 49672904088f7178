#include "plugins/channels/phone/sip/exchange.h"

#include "plugins/channels/phone/sip/conference.h"
#include "plugins/channels/phone/sip/law.h"
#include "plugins/channels/phone/sip/sip_text.h"

#include <algorithm>
#include <array>

// What is heard on a leg, and what is sent to it.
namespace sanad::phone {
namespace {

using namespace std::chrono_literals;

// Without a packet for so long, the other leg hears silence that we make.
constexpr auto relay_gap = 100ms;
constexpr std::string_view caller_digits = "0123456789*#";

bool outside(const Leg& leg) { return leg.side != Side::device; }

}  // namespace

// A packet has come from the leg.
void Exchange::heard(Leg& leg, const Sound& sound) {
    if (leg.state != LegState::up) return;
    const auto id = leg.id;
    if (leg.tones)
        for (const char pressed : leg.tones->take(sound)) {
            digit(leg, pressed);
            if (!find(id)) return;
        }
    if (const auto listener = leg.listener) listener->take(sound);  // it may be dropped meanwhile
    if (!find(id)) return;
    if (leg.conference) return leg.conference->hear(leg.id, sound);
    Leg* const to = find(leg.joined);
    if (!to || to->state != LegState::up || to->player.playing()) return;
    const auto gap = to->filled ? 0 : sound.gap;
    to->filled = false;
    to->relayed = clock_now();
    if (to->voice->law() == sound.law) return to->voice->send(sound.payload, gap);
    std::array<std::uint8_t, payload_bytes_max> other{};
    const std::span<std::uint8_t> converted{other.data(), sound.payload.size()};
    transcode(sound.payload, sound.law, converted);
    to->voice->send(converted, gap);
}

// What a counsellor's telephone sends means nothing to a flow.
void Exchange::digit(Leg& leg, char pressed) {
    if (leg.state == LegState::up && outside(leg) &&
        caller_digits.find(pressed) != caller_digits.npos)
        events_->digit(leg.id, pressed);
}

// 20 ms to every leg, in every state: a telephone that hears nothing at all believes the line dead.
void Exchange::speak(Leg& leg, std::chrono::milliseconds now) {
    if (leg.state != LegState::up) return;
    auto& voice = *leg.voice;
    if (leg.player.playing()) {
        voice.send(leg.player.next(voice.law()));
        leg.filled = true;
        if (const auto ended = leg.player.ended()) events_->played(leg.id, *ended);
        return;
    }
    if (leg.conference) {
        voice.send(leg.conference->say(leg.id, voice.law(), ticks_));
        return;
    }
    if (leg.joined != LegId::none && now - leg.relayed < relay_gap) return;
    leg.filled = true;
    voice.send(silence(voice.law()));
}

void Exchange::play(LegId id, std::uint32_t play,
                    std::vector<std::shared_ptr<const Prompt>> prompts, bool loop) {
    Leg* leg = find(id);
    if (!leg) return;
    leg->player.play(play, std::move(prompts), loop);
    if (leg->player.playing()) return;
    // Nothing of it is recorded in any language: it is over at once, but not within this call.
    loop_.post([this, id, play] {
        if (find(id)) events_->played(id, play);
    });
}

void Exchange::stop_playing(LegId id) {
    if (Leg* leg = find(id)) leg->player.stop();
}

void Exchange::listen(LegId id, bool on) {
    Leg* leg = find(id);
    if (!leg) return;
    if (!on) {
        leg->listener.reset();
        return;
    }
    leg->listener =
        std::make_shared<Listener>(Listener::Handlers{[this, id](Frame frame) {
                                                          if (listens(id))
                                                              events_->heard(id, frame);
                                                      },
                                                      [this, id](bool speaks) {
                                                          if (listens(id))
                                                              events_->voice(id, speaks);
                                                      }});
}

bool Exchange::listens(LegId id) const {
    const Leg* leg = find(id);
    return leg && leg->listener;
}

// A conference is of two who are joined and of a supervisor: without one of the three, the other
// two are as they were before.
void Exchange::leave(Leg& leg) {
    if (const auto conference = leg.conference)
        for (const auto& [id, one] : legs_)
            if (one->conference == conference) one->conference.reset();
    if (Leg* other = find(leg.joined)) other->joined = LegId::none;
    leg.joined = LegId::none;
}

void Exchange::part(LegId id) {
    Leg* leg = find(id);
    if (!leg) return;
    leg->player.stop();
    leave(*leg);
}

// One of the two is always a telephone of the helpline's own.
void Exchange::join(LegId person, LegId device) {
    Leg* const outer = find(person);
    Leg* const inner = find(device);
    if (!outer || !inner || !outside(*outer) || outside(*inner)) return;
    leave(*outer);
    leave(*inner);
    outer->player.stop();
    inner->player.stop();
    outer->joined = inner->id;
    inner->joined = outer->id;
    outer->relayed = inner->relayed = clock_now();
}

void Exchange::take_part(LegId person, LegId supervisor, Part part) {
    Leg* const outer = find(person);
    Leg* const third = find(supervisor);
    Leg* const inner = outer ? find(outer->joined) : nullptr;
    if (!inner || !third || !outside(*outer) || outside(*third) || third == inner) return;
    if (third->conference && third->conference == outer->conference)
        return third->conference->set_part(part);
    if (outer->conference) return;  // one supervisor at a time
    leave(*third);
    third->player.stop();
    third->conference = outer->conference = inner->conference =
        std::make_shared<Conference>(outer->id, inner->id, third->id, part);
}

}  // namespace sanad::phone
