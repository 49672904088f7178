#include "plugins/channels/email/transfer.h"

#include <array>
#include <cstdint>

namespace sanad::email {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view hex = "0123456789ABCDEF";

constexpr auto values = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    table['-'] = 62;  // of base64url, which some write
    table['_'] = 63;
    return table;
}();

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::string decode_escaped(std::string_view text, char escape, char space) {
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const int high = c == escape && at + 2 < text.size() ? hex_value(text[at + 1]) : -1;
        const int low = high >= 0 ? hex_value(text[at + 2]) : -1;
        if (low >= 0) {
            bytes += static_cast<char>(high * 16 + low);
            at += 2;
        } else {
            bytes += space != '\0' && c == space ? ' ' : c;
        }
    }
    return bytes;
}

bool stands_plain(char c) { return (c > 0x20 && c < 0x7f && c != '=') || c == ' ' || c == '\t'; }

}  // namespace

std::string decode_base64(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const int value = values[static_cast<unsigned char>(c)];
        if (value < 0) continue;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(bits >> count);
    }
    return bytes;
}

std::string encode_base64(std::string_view bytes) {
    std::string text;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : bytes) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6) text += alphabet[bits >> (count - 6) & 63];
    }
    if (count > 0) text += alphabet[bits << (6 - count) & 63];
    while (text.size() % 4 != 0) text += '=';
    return text;
}

std::string decode_q(std::string_view text) { return decode_escaped(text, '=', '_'); }

std::string decode_percent(std::string_view text) { return decode_escaped(text, '%', '\0'); }

std::string encode_quoted_printable(std::string_view text, std::size_t line_max) {
    std::string out;
    std::size_t line = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '\n') {
            out += "\r\n";
            line = 0;
            continue;
        }
        const bool last = at + 1 == text.size() || text[at + 1] == '\n';
        const bool plain = stands_plain(c) && !(last && (c == ' ' || c == '\t')) &&
                           !(line == 0 && (c == '.' || c == 'F'));  // dots and From of old servers
        const std::size_t width = plain ? 1 : 3;
        if (line + width > line_max - 1) {
            out += "=\r\n";
            line = 0;
        }
        if (plain) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += {'=', hex[byte >> 4], hex[byte & 15U]};
        }
        line += width;
    }
    return out;
}

}  // namespace sanad::email
