#pragma once

#include "plugins/channels/phone/calls/lines.h"
#include "plugins/channels/phone/sip/player.h"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace sanad::phone {

/// Cuts what is heard into frames of A-law, whatever the packets were, and notices when somebody
/// begins to speak and when they have been silent. Internal. threads  the loop's
class Listener {
public:
    struct Handlers {
        std::function<void(Frame)> frame;
        std::function<void(bool)> voice;  // begins to speak, or has been silent
    };
    explicit Listener(Handlers handlers) : handlers_(std::move(handlers)) {}

    void take(const Sound& sound);

private:
    void frame();

    Handlers handlers_;
    std::array<std::uint8_t, frame_bytes> frame_{};
    std::size_t filled_ = 0;
    int loud_ = 0, quiet_ = 0;  // frames in a row
    bool speaks_ = false;
};

/// The digits of audible tones. Internal. threads  the loop's
class Tones {
public:
    Tones();
    ~Tones();
    /// The digits that begin in this packet.
    std::vector<char> take(const Sound& sound);

private:
    struct Detector;
    std::unique_ptr<Detector> detector_;
};

}  // namespace sanad::phone
