#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

// The face of whatever carries the voices: the node's own SIP endpoint (sip/), or a telephone
// exchange that the helpline has already. It knows legs and sounds, and nothing of callers, queues
// and counsellors; those are in calls.h.
//
// A leg is one telephone at one end: a caller's, or a counsellor's device. No function of this face
// joins two legs that both lead outside.
namespace sanad::phone {

class Prompt;

enum class LegId : std::uint32_t { none = 0 };

/// Why a leg is over.
enum class LegEnd : std::uint8_t {
    hung_up,      // by who was at its end
    no_answer,    // it rang to its time-out
    busy,         // it is in another call
    declined,     // whoever it rang refused
    unreachable,  // nothing is registered there, or the network has no such number
    lost,         // no sound came for a minute, or the connection broke
    not_allowed,  // a call out that the rules forbid: see CallOut
    failed,
};

/// A call from outside. It rings until `answer` or `refuse`.
struct Incoming {
    LegId leg{};
    std::string called;                 // the number that was dialled, as the trunk gives it
    std::optional<std::string> caller;  // the caller's number; nothing: it is hidden
};

/// How a call is not taken.
enum class Refusal : std::uint8_t {
    unknown_number,  // 404
    busy,            // 486, with a time to try again
    unavailable,     // 503, with a time to try again
};

/// A call to a person outside: only ever to somebody who asked to be called back.
struct CallOut {
    std::string number;  // digits, perhaps with a leading +
};

/// How a supervisor takes part.
enum class Part : std::uint8_t {
    listens,   // hears both, is heard by nobody
    whispers,  // and is heard by the counsellor
    joins,     // and by the caller too
};

/// What a leg's caller said in 20 ms: 160 bytes of A-law at 8 kHz.
using Frame = std::span<const std::uint8_t, 160>;

/// What happens on the lines. threads  that of the lines, never from within a call of Lines
class LineEvents {
public:
    virtual ~LineEvents() = default;
    virtual void incoming(const Incoming& call) = 0;
    /// A device that was rung, or a person who was called, is there.
    virtual void answered(LegId leg) = 0;
    /// 0..9, *, #. However it was sent: RFC 4733, a tone, INFO.
    virtual void digit(LegId leg, char digit) = 0;
    /// What `play` began with that id was heard to its end.
    virtual void played(LegId leg, std::uint32_t id) = 0;
    /// The leg is gone; its id is not used again.
    virtual void ended(LegId leg, LegEnd why) = 0;
    /// Only while `listen` is on.
    virtual void heard(LegId leg, Frame frame) = 0;
    /// The caller begins to speak, or has been silent for `silence_after`. While `listen` is on.
    virtual void voice(LegId leg, bool speaks) = 0;
    /// A device is there to be rung, or no longer.
    virtual void device(const std::string& name, bool registered) = 0;
};

inline constexpr std::chrono::seconds silence_after{4};

/// threads  those of the lines, but for start, stop and post
class Lines {
public:
    virtual ~Lines() = default;

    /// Runs `work` on the thread of the lines, soon. After stop it is dropped. threads  any
    virtual void post(std::function<void()> work) = 0;
    /// The same after some time.
    virtual void after(std::chrono::milliseconds wait, std::function<void()> work) = 0;

    virtual void answer(LegId leg) = 0;
    virtual void refuse(LegId leg, Refusal why) = 0;
    /// In place of what is playing. `played` follows, but for a loop or what is replaced.
    virtual void play(LegId leg, std::uint32_t id,
                      std::vector<std::shared_ptr<const Prompt>> prompts, bool loop) = 0;
    virtual void stop_playing(LegId leg) = 0;
    /// Whether `heard` and `voice` tell of this leg.
    virtual void listen(LegId leg, bool on) = 0;
    /// No sound in or out but comfort silence, until joined or played to.
    virtual void part(LegId leg) = 0;
    /// Ends it.  `ended` does not follow.
    virtual void hang_up(LegId leg) = 0;

    /// The devices that are registered now, whether they are in a call or not.
    virtual std::vector<std::string> devices() const = 0;
    /// Rings a device. `answered` or `ended` follows. The display shows `words`, never a number.
    ///
    /// returns  LegId::none: it is not registered
    virtual LegId ring(const std::string& device, const std::string& words,
                       std::chrono::seconds at_most) = 0;
    /// Calls a person back, within the caps. `answered` or `ended` follows.
    ///
    /// returns  LegId::none: not allowed, or there is no trunk
    virtual LegId call_out(const CallOut& to, std::chrono::seconds at_most) = 0;
    /// Joins the leg of a person outside and that of a device.
    virtual void join(LegId person, LegId device) = 0;
    /// A third leg, of a device, beside two that are joined; `join`ed legs stay so. Again: another
    /// part.
    virtual void take_part(LegId person, LegId supervisor, Part part) = 0;
};

}  // namespace sanad::phone
