#pragma once

#include <string>
#include <string_view>

namespace sanad::cli {

/// A recorded voice as a WAV file that every player opens: G.711 A-law, one channel, 8 kHz.
///
/// a_law   the samples, less than 4 GiB
/// source  RIFF WAVE, format tag 6 (WAVE_FORMAT_ALAW) with its fact chunk; RFC 2361
std::string voice_file(std::string_view a_law);

}  // namespace sanad::cli
