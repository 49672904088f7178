#include "core/base/encoding.h"

#include <array>

namespace sanad {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

}  // namespace

std::string to_hex(ByteView bytes) {
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        hex.push_back(hex_digits[byte >> 4]);
        hex.push_back(hex_digits[byte & 15]);
    }
    return hex;
}

Result<Bytes> from_hex(std::string_view hex) {
    if (hex.size() % 2 != 0) return fail(Fault::malformed, "odd number of hexadecimal digits");
    Bytes bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const int high = hex_value(hex[i]);
        const int low = hex_value(hex[i + 1]);
        if (high < 0 || low < 0) return fail(Fault::malformed, "not a hexadecimal digit");
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return bytes;
}

std::string to_base64(ByteView bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = std::uint32_t(bytes[i]) << 16;
        if (have > 1) group |= std::uint32_t(bytes[i + 1]) << 8;
        if (have > 2) group |= bytes[i + 2];
        for (std::size_t digit = 0; digit < 4; ++digit)
            text.push_back(digit <= have ? base64_digits[(group >> (18 - 6 * digit)) & 63] : '=');
    }
    return text;
}

Result<Bytes> from_base64(std::string_view text) {
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t group = 0;
    int bits = 0;
    std::string_view digits = text;
    while (digits.ends_with('=')) digits.remove_suffix(1);
    for (const char digit : digits) {
        const auto value = base64_digits.find(digit);
        if (value == std::string_view::npos) return fail(Fault::malformed, "not a base64 digit");
        group = (group << 6) | std::uint32_t(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<std::uint8_t>(group >> bits));
        }
    }
    // The same bytes must give the same text: stray bits, missing or surplus padding end here.
    if (to_base64(bytes) != text) return fail(Fault::malformed, "base64 padding");
    return bytes;
}

}  // namespace sanad
