#include "plugins/channels/phone/sip/law.h"

#include "plugins/channels/phone/media/g711.h"

#include <algorithm>

namespace sanad::phone {

void transcode(std::span<const std::uint8_t> from, Law law, std::span<std::uint8_t> to) {
    const auto& table = law == Law::a ? ulaw_of_alaw : alaw_of_ulaw;
    std::ranges::transform(from, to.begin(), [&](std::uint8_t byte) { return table[byte]; });
}

std::size_t linear(std::span<const std::uint8_t> from, Law law, std::span<std::int16_t> to) {
    const auto& table = law == Law::a ? linear_of_alaw : linear_of_ulaw;
    const auto size = std::min(from.size(), to.size());
    std::ranges::transform(from.first(size), to.begin(),
                           [&](std::uint8_t byte) { return table[byte]; });
    return size;
}

}  // namespace sanad::phone
