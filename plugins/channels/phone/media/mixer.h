#pragma once

#include "plugins/channels/phone/media/g711.h"

#include <array>
#include <cstdint>
#include <span>

namespace sanad::phone {

/// Who speaks with whom when a supervisor takes part: a person, a counsellor, a supervisor.
class Mixer {
public:
    static constexpr std::size_t parties_max = 4;
    using Frame = std::array<std::int16_t, frame_samples>;

    /// Whether `listener` hears `speaker`; nobody hears themselves.
    void let(std::size_t listener, std::size_t speaker, bool hears);

    /// What each party said in the same 20 ms.
    void said(std::size_t speaker, std::span<const std::int16_t, frame_samples> frame);
    /// What a party hears of it: the sum, cut off where it would be too loud.
    void heard(std::size_t listener, std::span<std::int16_t, frame_samples> frame) const;

private:
    std::array<std::array<bool, parties_max>, parties_max> hears_{};
    std::array<Frame, parties_max> said_{};
};

}  // namespace sanad::phone
