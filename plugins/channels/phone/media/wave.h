#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::phone {

inline constexpr std::size_t wave_bytes_max = 8U << 20;  // over eight minutes of 16 bits

/// The samples of a WAV file: 8 kHz, one channel, 16 bits or A-law or u-law.
///
/// bytes    as hostile as any; at most wave_bytes_max
/// errors   what is wrong with it, in words
/// source   RIFF; WAVE_FORMAT_PCM, _ALAW and _MULAW of RFC 2361
std::expected<std::vector<std::int16_t>, std::string> read_wave(std::string_view bytes);

}  // namespace sanad::phone
