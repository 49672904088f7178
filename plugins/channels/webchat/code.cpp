#include "plugins/channels/webchat/code.h"

#include "plugins/channels/webchat/code_words.h"
#include "plugins/channels/webchat/token.h"


#include <sodium.h>

#include <cassert>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace sanad::webchat {
namespace {

// One code point of valid UTF-8 at the front of `text`, which loses it.
char32_t take_point(std::string_view& text) {
    const auto byte = [&](std::size_t at) {
        return static_cast<char32_t>(static_cast<unsigned char>(text[at]));
    };
    const char32_t first = byte(0);
    const std::size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (text.size() < bytes) {
        text = {};
        return 0;
    }
    char32_t point = bytes == 1 ? first : first & (0x7FU >> bytes);
    for (std::size_t at = 1; at < bytes; ++at) point = point << 6 | (byte(at) & 0x3FU);
    text.remove_prefix(bytes);
    return point;
}

// The zeros of the scripts whose digits a keyboard may write; nine more follow each.
constexpr char32_t zeros[] = {0x30,  0x660, 0x6F0,  0x7C0,  0x966,  0x9E6, 0xA66,
                              0xAE6, 0xB66, 0xBE6,  0xC66,  0xCE6,  0xD66, 0xE50,
                              0xED0, 0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10};

std::optional<char> digit_of(char32_t point) {
    for (const char32_t zero : zeros)
        if (point >= zero && point < zero + 10) return static_cast<char>('0' + (point - zero));
    return {};
}

bool is_between(char32_t point) {
    return point <= 0x20 || point == '-' || point == '.' || point == ',' || point == 0xA0 ||
           point == 0x60C || point == 0x61C || (point >= 0x2000 && point <= 0x2015) ||
           point == 0x202F || (point >= 0x202A && point <= 0x202E) || point == 0x2060 ||
           (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

std::optional<std::string> from_words(std::string_view text) {
    std::vector<std::u32string> words(1);
    while (!text.empty()) {
        const char32_t point = take_point(text);
        if (!is_between(point))
            words.back() += point;
        else if (!words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    if (words.size() != code_words) return {};
    for (const auto language : {"ar", "fr", "en"}) {
        std::string code;
        for (const auto& word : words)
            if (const auto number = number_of_word(language, word))
                code +=
                    {static_cast<char>('0' + *number / 10), static_cast<char>('0' + *number % 10)};
        if (code.size() == code_digits) return code;
    }
    return {};
}

}  // namespace

std::string make_code() {
    std::string code;
    for (std::size_t i = 0; i < code_digits; ++i)
        code += static_cast<char>('0' + randombytes_uniform(10));
    return code;
}

// 64 bytes for 16 digits: those over 249 are left out, so that each digit is as likely as another.
std::string make_code(std::string_view seed) {
    unsigned char bytes[crypto_generichash_BYTES_MAX];
    crypto_generichash(bytes, sizeof bytes, reinterpret_cast<const unsigned char*>(seed.data()),
                       seed.size(), nullptr, 0);
    std::string code;
    for (const unsigned char byte : bytes)
        if (byte < 250 && code.size() < code_digits) code += static_cast<char>('0' + byte % 10);
    assert(code.size() == code_digits);
    return code;
}

std::optional<std::string> fold_code(std::string_view text) {
    if (text.size() > code_text_bytes_max) return {};
    std::string code;
    for (std::string_view rest = text; !rest.empty();) {
        const char32_t point = take_point(rest);
        if (const auto digit = digit_of(point))
            code += *digit;
        else if (!is_between(point))
            return from_words(text);
    }
    return code.size() == code_digits ? std::optional(code) : std::nullopt;
}

std::string words_of_code(std::string_view code, std::string_view language) {
    std::string words;
    for (std::size_t at = 0; at + 1 < code.size(); at += 2) {
        if (!words.empty()) words += ' ';
        words += word_of_number(language, (code[at] - '0') * 10 + (code[at + 1] - '0'));
    }
    return words;
}

std::string token_of_code(std::string_view code) { return token_of_key(return_code::key_of(code)); }

}  // namespace sanad::webchat
