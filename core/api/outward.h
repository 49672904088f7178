#pragma once

#include "core/base/ids.h"
#include "core/casework/contact.h"
#include "core/casework/escalation.h"
#include "core/store/draft.h"

#include <string>
#include <vector>

namespace sanad::api {

/// A message of a conversation, as the channel and the person see it.
struct ChatMessage {
    std::uint64_t seq = 0;  // place in the conversation, both directions together; grows, with gaps
    Time at;
    bool from_person = false;
    Bytes key;  // of the person's own messages: the key it was submitted with
    std::string text;
};

/// Where a channel finds the person: its own words, which the node only keeps for it.
struct Reach {
    Bytes conversation;
    Bytes return_address;  // may be empty
};

/// What a member of staff does in a call that goes on. Same numbers as
/// plugin::schema::Control::Act.
enum class CallAct : std::uint8_t {
    hang_up,
    hold,
    resume,
    transfer,
    listen,    // the rest: a supervisor. Hears both,
    whisper,   // is heard by the member of staff alone,
    barge_in,  // or by both
    leave,
};

/// What leaves through plugins: each call drafts an outbox item. Implemented by core/node, which
/// knows the plugins' messages. threads  engine
class Outward {
public:
    virtual ~Outward() = default;

    /// A counsellor's message, or only a new state when `message` has no text.
    virtual Result<void> deliver(store::Draft& draft, const casework::Contact& contact,
                                 const Reach& reach, const ChatMessage& message, Time now) = 0;

    /// Brings a member of staff, at that telephone, and the person together.
    virtual Result<void> connect(store::Draft& draft, const casework::Contact& contact,
                                 const Reach& reach, const std::string& device, Time now) = 0;

    /// A member of staff does something in a call. device  of transfer: who gets it
    virtual Result<void> control(store::Draft& draft, const casework::Contact& contact,
                                 const Reach& reach, CallAct act, const std::string& device,
                                 Time now) = 0;

    /// An escalation for a partner. `instance` is the partner's plugin instance.
    virtual Result<void> dispatch(store::Draft& draft, const std::string& instance,
                                  const casework::Escalation& escalation, ByteView reference,
                                  const std::string& view, Time now) = 0;
};

}  // namespace sanad::api
