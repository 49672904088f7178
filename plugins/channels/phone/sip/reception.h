#pragma once

#include "plugins/channels/phone/sip/endpoint.h"

#include <cstdint>
#include <optional>

// What the numbers of RTP packets tell: how many are missing, how unevenly they come, and which
// telephone-event is a new one. Pure.
namespace sanad::phone {

class Reception {
public:
    /// A packet of sound has come.
    ///
    /// samples  in it
    /// now      of a clock that only goes forward
    /// returns  samples that were not sent between the last one and this; nothing: it came late or
    ///          twice, and is not to be played
    std::optional<std::uint32_t> packet(std::uint32_t ssrc, std::uint16_t sequence,
                                        std::uint32_t timestamp, std::uint32_t samples,
                                        std::chrono::milliseconds now);
    /// Whether this is the first packet of an event, RFC 4733: each event is sent many times, under
    /// the time stamp of its beginning.
    bool new_event(std::uint32_t timestamp, std::uint8_t event);

    std::uint64_t received() const { return received_; }
    std::uint64_t lost() const { return lost_; }
    std::chrono::microseconds jitter() const;

private:
    bool any_ = false, any_event_ = false;
    std::uint32_t ssrc_ = 0, timestamp_ = 0, samples_ = 0, event_timestamp_ = 0;
    std::uint16_t sequence_ = 0;
    std::uint8_t event_ = 0;
    std::uint64_t received_ = 0, lost_ = 0;
    std::chrono::milliseconds came_{0};
    double jitter_ = 0;  // samples
};

}  // namespace sanad::phone
