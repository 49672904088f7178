#include "plugins/partners/webhook/base64.h"

#include <cstdint>

namespace sanad::webhook {
namespace {

constexpr std::string_view standard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view for_urls =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(std::string_view bytes, std::string_view alphabet) {
    std::string text;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char byte : bytes) {
        bits = (bits << 8 | static_cast<unsigned char>(byte)) & 0xffffffU;
        for (held += 8; held >= 6; held -= 6) text += alphabet[bits >> (held - 6) & 63U];
    }
    if (held > 0) text += alphabet[bits << (6 - held) & 63U];
    return text;
}

std::optional<std::string> decode(std::string_view text, std::string_view alphabet) {
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char letter : text) {
        const auto value = alphabet.find(letter);
        if (value == std::string_view::npos) return {};
        bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffffffU;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>(bits >> held & 0xffU);
    }
    // Left-over bits or letters mean that another text stands for the same bytes.
    if (encode(bytes, alphabet) != text) return {};
    return bytes;
}

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string text = encode(bytes, standard);
    while (text.size() % 4 != 0) text += '=';
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return {};
    std::string_view letters = text;
    while (letters.ends_with('=')) letters.remove_suffix(1);
    auto bytes = decode(letters, standard);
    if (!bytes || to_base64(*bytes) != text) return {};
    return bytes;
}

std::string to_base64url(std::string_view bytes) { return encode(bytes, for_urls); }

std::optional<std::string> from_base64url(std::string_view text) { return decode(text, for_urls); }

}  // namespace sanad::webhook
