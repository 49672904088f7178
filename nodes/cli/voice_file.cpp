#include "nodes/cli/voice_file.h"

#include <cstdint>

namespace sanad::cli {
namespace {

template <typename Number>
void put(std::string& to, Number number) {
    for (std::size_t i = 0; i < sizeof(Number); ++i)
        to += static_cast<char>((number >> (8 * i)) & 0xFFU);
}

}  // namespace

std::string voice_file(std::string_view a_law) {
    constexpr std::uint16_t format_a_law = 6, channels = 1, bits = 8, more = 0;
    constexpr std::uint32_t rate = 8'000, format_bytes = 18, fact_bytes = 4;
    const auto samples = static_cast<std::uint32_t>(a_law.size());
    const std::uint32_t padding = samples % 2;  // a chunk ends at an even place
    std::string file = "RIFF";
    put(file, 4 + (8 + format_bytes) + (8 + fact_bytes) + (8 + samples + padding));
    file += "WAVEfmt ";
    put(file, format_bytes);
    put(file, format_a_law);
    put(file, channels);
    put(file, rate);
    put(file, rate);      // bytes a second
    put(file, channels);  // bytes of a frame
    put(file, bits);
    put(file, more);
    file += "fact";
    put(file, fact_bytes);
    put(file, samples);
    file += "data";
    put(file, samples);
    file += a_law;
    file.append(padding, '\0');
    return file;
}

}  // namespace sanad::cli
