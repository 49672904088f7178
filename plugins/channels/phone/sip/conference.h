#pragma once

#include "plugins/channels/phone/calls/lines.h"
#include "plugins/channels/phone/sip/player.h"

#include <cstdint>
#include <memory>
#include <span>

namespace sanad::phone {

/// A person, a counsellor and a supervisor: each hears who may be heard by them. Internal. threads
/// the loop's
class Conference {
public:
    Conference(LegId person, LegId counsellor, LegId supervisor, Part part);
    ~Conference();

    void set_part(Part part);
    void hear(LegId from, const Sound& sound);
    /// The next 20 ms for one of them, good until the next call.
    ///
    /// tick  the first who asks in one has all of them mixed
    std::span<const std::uint8_t> say(LegId to, Law law, std::uint64_t tick);

private:
    void mix();

    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace sanad::phone
