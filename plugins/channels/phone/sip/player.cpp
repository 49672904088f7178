#include "plugins/channels/phone/sip/player.h"

#include "plugins/channels/phone/media/prompt.h"

#include <array>
#include <utility>

namespace sanad::phone {
namespace {

std::array<std::uint8_t, frame_bytes> filled_with(std::uint8_t value) {
    std::array<std::uint8_t, frame_bytes> frame{};
    frame.fill(value);
    return frame;
}

}  // namespace

std::span<const std::uint8_t, frame_bytes> silence(Law law) {
    static const auto a = filled_with(alaw_silence), u = filled_with(ulaw_silence);
    return law == Law::a ? a : u;
}

void Player::play(std::uint32_t id, std::vector<std::shared_ptr<const Prompt>> prompts, bool loop) {
    std::erase_if(prompts, [](const auto& prompt) { return !prompt || prompt->frames() == 0; });
    prompts_ = std::move(prompts);
    prompt_ = frame_ = 0;
    id_ = id;
    loop_ = loop;
    ended_.reset();
}

std::span<const std::uint8_t> Player::next(Law law) {
    if (prompts_.empty()) return silence(law);
    const auto& prompt = *prompts_[prompt_];
    const std::span<const std::uint8_t> frame =
        law == Law::a ? prompt.alaw(frame_) : prompt.ulaw(frame_);
    if (++frame_ < prompt.frames()) return frame;
    frame_ = 0;
    if (++prompt_ < prompts_.size()) return frame;
    prompt_ = 0;
    if (loop_) return frame;
    ended_ = id_;
    last_ = std::move(prompts_.back());  // the frame is its
    prompts_.clear();
    return frame;
}

std::optional<std::uint32_t> Player::ended() { return std::exchange(ended_, {}); }

}  // namespace sanad::phone
