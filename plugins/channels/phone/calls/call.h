#pragma once

#include "plugins/channels/phone/calls/lines.h"
#include "plugins/channels/phone/calls/voice_message.h"
#include "plugins/channels/phone/flow/flow_machine.h"

#include <optional>
#include <string>
#include <vector>

namespace sanad::phone {

/// A device that is being rung for a call, or is in it.
struct Seat {
    std::string device;
    LegId leg{};
    bool answered = false;
};

/// One person on the telephone, from the first ring to the end. In memory only; the node has what
/// outlives it.
struct Call {
    LegId leg{};               // the person's; none: it is being called back, and has none yet
    std::string conversation;  // 32 bytes: the node's contact
    std::string caller;        // token of the number; empty: hidden
    std::string number;        // only to call back; wiped with the call
    CallState state;

    std::optional<std::size_t> place;  // of LiveCalls, while it may be cut off
    bool arrived = false;              // the node has the contact
    bool settled = false;              // it wants nothing more: a message or a call-back is kept
    bool talked = false;
    unsigned codes_tried = 0;
    bool goes_out = false;  // a call-back

    std::optional<Seat> counsellor;
    std::optional<Seat> next;  // whom the call is being handed to
    std::optional<Seat> supervisor;
    Part part = Part::listens;  // of the supervisor

    std::optional<VoiceMessage> message;
    std::string file;  // 16 bytes: the node's name of the message

    ~Call();
    Call() = default;
    Call(Call&&) = default;
    Call& operator=(Call&&) = default;
};

}  // namespace sanad::phone
