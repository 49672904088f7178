#include "plugins/channels/email/charset_guess.h"

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

namespace sanad::email {
namespace {

constexpr std::size_t sample_bytes_max = 16U << 10;

// The letters that make up most of any Arabic text; others are rarer by far.
constexpr std::u32string_view common_arabic = U"اليمونرتبعدسهكأفقةحىجإ";

enum class Class : unsigned char { space, latin, accented, arabic, common, sign, digit, wrong };

Class class_of(char32_t c) {
    if (c < 0x80) {
        if ((c | 0x20U) >= 'a' && (c | 0x20U) <= 'z') return Class::latin;
        return c >= '0' && c <= '9' ? Class::digit : Class::space;
    }
    if (c == 0xFFFD || c < 0xA0) return Class::wrong;
    if ((c >= 0x600 && c <= 0x6FF) || (c >= 0x750 && c <= 0x77F)) {
        if (!u_isalpha(static_cast<UChar32>(c)))
            return c >= 0x64B && c <= 0x670 ? Class::arabic : Class::space;
        return common_arabic.find(c) != std::u32string_view::npos ? Class::common : Class::arabic;
    }
    if (c == 0xA0 || (c >= 0x2010 && c <= 0x2026) || c == 0xAB || c == 0xBB || c == 0x20AC)
        return Class::space;  // quotes and dashes stand beside words in good texts
    if (c >= 0xC0 && c < 0x250 && c != 0xD7 && c != 0xF7) return Class::accented;
    return u_isalpha(static_cast<UChar32>(c)) ? Class::latin : Class::sign;
}

bool is_arabic(Class c) { return c == Class::arabic || c == Class::common; }
bool is_latin(Class c) { return c == Class::latin || c == Class::accented; }

long of_pair(Class before, Class now) {
    if (now == Class::wrong) return -6;
    if (now == Class::sign) return is_arabic(before) || is_latin(before) ? -4 : -1;
    if (is_arabic(now)) {
        if (is_latin(before)) return -5;
        return (now == Class::common ? 3 : 0) + (before == Class::sign ? -3 : 0);
    }
    if (now == Class::accented) {
        if (is_arabic(before)) return -5;
        // In words of Latin letters two accents in a row are rare.
        return before == Class::latin ? 2 : before == Class::accented ? -2 : 1;
    }
    return now == Class::latin && is_arabic(before) ? -5 : 0;
}

}  // namespace

std::optional<Decoded> convert(std::string_view bytes, std::string_view charset) {
    if (charset.size() > 60 || bytes.size() > 0x3FFFFFFF) return {};
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UConverter, decltype(&ucnv_close)> converter(
        ucnv_open(std::string(charset).c_str(), &status), &ucnv_close);
    if (U_FAILURE(status) || charset.empty()) return {};
    const icu::UnicodeString wide(bytes.data(), static_cast<std::int32_t>(bytes.size()),
                                  converter.get(), status);
    if (U_FAILURE(status)) return {};
    Decoded decoded;
    wide.toUTF8String(decoded.text);
    std::erase(decoded.text, '\0');
    decoded.lossy = decoded.text.find("\xEF\xBF\xBD") != std::string::npos;
    return decoded;
}

long score(std::string_view text) {
    long sum = 0;
    Class before = Class::space;
    for (std::size_t at = 0; at < std::min(text.size(), sample_bytes_max);) {
        const Class now = class_of(next_character(text, at));
        sum += of_pair(before, now);
        before = now;
    }
    return sum;
}

std::optional<Decoded> guess(std::string_view bytes, std::string_view said) {
    std::optional<Decoded> best;
    long best_score = 0;
    std::array<std::string_view, 5> tables{said, "UTF-8", "windows-1256", "iso-8859-6",
                                           "windows-1252"};
    for (const auto table : tables) {
        if (table.empty()) continue;
        auto decoded = convert(bytes, table);
        if (!decoded) continue;
        const long now = score(decoded->text);
        if (best && now <= best_score) continue;
        best = std::move(decoded);
        best_score = now;
    }
    return best;
}

}  // namespace sanad::email
