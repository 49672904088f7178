#pragma once

#include "plugins/channels/phone/calls/lines.h"

#include <cstdint>
#include <functional>
#include <string>

namespace sanad::phone {

/// A message that somebody speaks, cut into seconds. Each second leaves as soon as it is whole and
/// is on the node's disk, sealed, before the next one is: what is lost when the power goes is one
/// second. Here nothing of it is kept.
class VoiceMessage {
public:
    static constexpr std::size_t frames_of_part = 50;        // one second, 8,000 bytes
    static constexpr std::uint32_t parts_under_way_max = 8;  // the disk may lag so far behind
    static constexpr const char* media_type = "audio/PCMA";  // 8 kHz, RFC 3551

    struct Part {
        std::uint32_t index = 0;
        std::string bytes;
        bool last = false;
    };
    /// Takes a part away, on the thread of the lines; it says `stored` when it is on disk, or
    /// `lost`.
    using Send = std::function<void(Part)>;

    explicit VoiceMessage(Send send) : send_(std::move(send)) {}

    void take(Frame frame);
    /// What is left, and the mark of the end.
    void finish();

    void stored() { --under_way_; }
    /// A part could not be kept: the message is cut there, and takes nothing more.
    void lost() { cut_ = true; }

    std::chrono::seconds length() const;

private:
    void send(bool last);

    Send send_;
    std::string bytes_;
    std::uint32_t next_ = 0, under_way_ = 0;
    bool cut_ = false, finished_ = false;
};

}  // namespace sanad::phone
