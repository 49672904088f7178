#pragma once

#include "plugins/channels/phone/sip/voice.h"

#include <cstdint>
#include <span>

namespace sanad::phone {

/// From one law to the other. Both have the same size.
void transcode(std::span<const std::uint8_t> from, Law law, std::span<std::uint8_t> to);

/// returns  samples
std::size_t linear(std::span<const std::uint8_t> from, Law law, std::span<std::int16_t> to);

}  // namespace sanad::phone
