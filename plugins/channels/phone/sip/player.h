#pragma once

#include "plugins/channels/phone/sip/voice.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace sanad::phone {

class Prompt;

inline constexpr std::size_t frame_bytes = 160;  // 20 ms of G.711

/// What is played to one leg. Internal. threads  the loop's
class Player {
public:
    /// In place of what is playing.
    void play(std::uint32_t id, std::vector<std::shared_ptr<const Prompt>> prompts, bool loop);
    void stop() { prompts_.clear(); }
    bool playing() const { return !prompts_.empty(); }

    /// The next 20 ms; silence, where nothing is playing.
    std::span<const std::uint8_t> next(Law law);
    /// Once, after the last 20 ms of what is not a loop.
    std::optional<std::uint32_t> ended();

private:
    std::vector<std::shared_ptr<const Prompt>> prompts_;
    std::shared_ptr<const Prompt> last_;
    std::size_t prompt_ = 0, frame_ = 0;
    std::uint32_t id_ = 0;
    bool loop_ = false;
    std::optional<std::uint32_t> ended_;
};

std::span<const std::uint8_t, frame_bytes> silence(Law law);

}  // namespace sanad::phone
