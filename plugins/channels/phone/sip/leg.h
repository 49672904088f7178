#pragma once

#include "plugins/channels/phone/sip/handle.h"
#include "plugins/channels/phone/sip/header_values.h"
#include "plugins/channels/phone/sip/listener.h"
#include "plugins/channels/phone/sip/player.h"
#include "plugins/channels/phone/sip/voice.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace sanad::phone {

class Conference;
class Exchange;

enum class Side : std::uint8_t {
    caller,  // called us, through a trunk
    called,  // was called back, through the trunk
    device,  // a counsellor's
};

enum class LegState : std::uint8_t {
    rings,  // at us: not answered yet
    calls,  // we ring there
    up,
    over,  // is freed on the next tick: never within a callback of its own
};

/// One telephone at one end. Internal.
struct Leg {
    Exchange* exchange = nullptr;
    LegId id{};
    Side side{};
    LegState state{};
    Handle<sipsess> session;
    std::unique_ptr<Voice> voice;
    bool offered = true;  // the INVITE had an SDP, or ours has
    std::string device;
    std::chrono::milliseconds give_up{};  // when it rings longer

    Player player;
    std::shared_ptr<Listener> listener;  // also owned by the packet it just hears
    std::unique_ptr<Tones> tones;        // in-band digits, until there is a better way
    LegId joined{};
    std::shared_ptr<Conference> conference;  // owned by the legs that are in it
    std::chrono::milliseconds relayed{};     // when sound of another leg was last sent here
    bool filled = false;                     // with silence since

    std::optional<SessionTimer> timer;
    std::chrono::milliseconds timer_at{};  // when to refresh, or to give up
    bool takes_update = false;             // the other side lists UPDATE
    bool knows_timer = false;              // the other side lists timer
};

}  // namespace sanad::phone
