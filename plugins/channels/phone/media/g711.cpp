#include "plugins/channels/phone/media/g711.h"

#include <algorithm>
#include <bit>

namespace sanad::phone {

namespace {

// A byte is sign, exponent and mantissa; every other bit of A-law is inverted on the line, and all
// bits of u-law.
constexpr std::uint8_t alaw_inverted = 0x55;
constexpr int ulaw_bias = 0x84;  // 33 in 14 bits, at 16 bits
constexpr int linear_max = 32767;

constexpr std::int16_t alaw_to_linear(std::uint8_t byte) {
    const int code = byte ^ alaw_inverted;
    const int exponent = code >> 4 & 7;
    const int mantissa = code & 15;
    int value = (mantissa << 4) + 8;
    if (exponent > 0) value = (value + 0x100) << (exponent - 1);
    return static_cast<std::int16_t>((code & 0x80) != 0 ? value : -value);
}

constexpr std::int16_t ulaw_to_linear(std::uint8_t byte) {
    const int code = ~byte & 0xff;
    const int value = (((code & 15) << 3) + ulaw_bias) << (code >> 4 & 7);
    return static_cast<std::int16_t>((code & 0x80) != 0 ? ulaw_bias - value : value - ulaw_bias);
}

constexpr std::uint8_t linear_to_alaw(int sample) {
    const bool positive = sample >= 0;
    const int size = std::min(positive ? sample : ~sample, linear_max) >> 4;  // 11 bits
    const int exponent =
        size < 16 ? 0 : static_cast<int>(std::bit_width(static_cast<unsigned>(size))) - 4;
    const int mantissa = exponent < 2 ? size & 15 : size >> (exponent - 1) & 15;
    const int code = (positive ? 0x80 : 0) | exponent << 4 | mantissa;
    return static_cast<std::uint8_t>(code ^ alaw_inverted);
}

constexpr std::uint8_t linear_to_ulaw(int sample) {
    const bool negative = sample < 0;
    const int size = std::min((negative ? -sample : sample) + ulaw_bias, linear_max);
    const int exponent = static_cast<int>(std::bit_width(static_cast<unsigned>(size))) - 8;
    const int mantissa = size >> (exponent + 3) & 15;
    const int code = (negative ? 0x80 : 0) | exponent << 4 | mantissa;
    return static_cast<std::uint8_t>(~code & 0xff);
}

template <typename To, typename Function>
constexpr std::array<To, 256> table_of(Function function) {
    std::array<To, 256> table{};
    for (int byte = 0; byte < 256; ++byte)
        table[static_cast<std::size_t>(byte)] = function(static_cast<std::uint8_t>(byte));
    return table;
}

}  // namespace

constexpr std::array<std::int16_t, 256> linear_of_alaw = table_of<std::int16_t>(alaw_to_linear);
constexpr std::array<std::int16_t, 256> linear_of_ulaw = table_of<std::int16_t>(ulaw_to_linear);
constexpr std::array<std::uint8_t, 256> ulaw_of_alaw =
    table_of<std::uint8_t>([](std::uint8_t byte) { return linear_to_ulaw(alaw_to_linear(byte)); });
constexpr std::array<std::uint8_t, 256> alaw_of_ulaw =
    table_of<std::uint8_t>([](std::uint8_t byte) { return linear_to_alaw(ulaw_to_linear(byte)); });

std::uint8_t alaw_of(std::int16_t sample) { return linear_to_alaw(sample); }
std::uint8_t ulaw_of(std::int16_t sample) { return linear_to_ulaw(sample); }

}  // namespace sanad::phone
