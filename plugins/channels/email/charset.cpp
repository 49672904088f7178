#include "plugins/channels/email/charset.h"

#include "plugins/channels/email/charset_guess.h"

#include <unicode/brkiter.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <memory>

namespace sanad::email {
namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr std::size_t cluster_bytes_max = 256;  // of what is one character to people

bool is_plain_ascii(std::string_view bytes) {
    return std::ranges::all_of(bytes, [](char c) {
        return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t' || c == '\f';
    });
}

// The end of the printable ASCII that begins at `at`: most of a mail is passed over so.
std::size_t plain_run(std::string_view text, std::size_t at) {
    while (at < text.size() && text[at] >= 0x20 && text[at] < 0x7f) ++at;
    return at;
}

std::string without_nul(std::string text) {
    std::erase(text, '\0');
    return text;
}

// How many units have the high byte of Latin or Arabic letters first, and how many last.
struct Halves {
    std::size_t first = 0, last = 0;
};

Halves halves_of(std::string_view bytes) {
    Halves halves;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        halves.first += bytes[at] == 0 || bytes[at] == 6;
        halves.last += bytes[at + 1] == 0 || bytes[at + 1] == 6;
    }
    return halves;
}

std::string_view order_of_utf16(std::string_view bytes) {
    const auto halves = halves_of(bytes);
    return halves.first >= halves.last ? "UTF-16BE" : "UTF-16LE";
}

bool has_mark(std::string_view bytes, std::string_view& mark, std::string_view& charset) {
    using namespace std::string_view_literals;
    for (const auto& [begin, name] : {std::pair{"\xEF\xBB\xBF"sv, "UTF-8"sv},
                                      {"\xFF\xFE"sv, "UTF-16LE"sv},
                                      {"\xFE\xFF"sv, "UTF-16BE"sv}})
        if (bytes.starts_with(begin)) return mark = begin, charset = name, true;
    return false;
}

bool looks_like_utf16(std::string_view bytes) {
    const auto [first, last] = halves_of(bytes);
    const std::size_t units = bytes.size() / 2;
    return units >= 4 && std::max(first, last) * 10 >= units * 8 &&
           std::min(first, last) * 10 <= units;
}

bool is_one_of(std::string_view label, std::initializer_list<std::string_view> names) {
    return std::ranges::any_of(names, [&](std::string_view name) {
        return std::ranges::equal(label, name, [](char one, char other) {
            return (one >= 'A' && one <= 'Z' ? one + 32 : one) == other;
        });
    });
}

// What mail programs say without having looked: each may stand over any of the others.
bool is_often_wrong(std::string_view label) {
    return label.empty() ||
           is_one_of(label,
                     {"us-ascii", "ascii",        "iso-8859-1",   "latin1",      "windows-1252",
                      "cp1252",   "utf-8",        "utf8",         "iso-8859-15", "windows-1256",
                      "cp1256",   "iso-8859-6",   "unknown-8bit", "x-unknown",   "8bit",
                      "binary",   "iso-8859-6-i", "iso-8859-6-e", "default",     "x-user-defined"});
}

// What ICU knows under another name, or a larger table of the same letters.
std::string_view table_of(std::string_view label) {
    if (is_one_of(label, {"iso-8859-1", "latin1", "us-ascii", "ascii"})) return "windows-1252";
    if (is_one_of(label, {"iso-8859-6-i", "iso-8859-6-e", "asmo-708"})) return "iso-8859-6";
    if (is_one_of(label, {"x-windows-1256", "x-cp1256"})) return "windows-1256";
    return label;
}

}  // namespace

Decoded to_utf8(std::string_view bytes, std::string_view label) {
    if (is_plain_ascii(bytes) && !is_one_of(label, {"utf-7", "unicode-1-1-utf-7", "hz-gb-2312"}))
        return {std::string(bytes), false};
    std::string_view mark, charset;
    if (has_mark(bytes, mark, charset)) {
        bytes.remove_prefix(mark.size());
        if (charset != "UTF-8" || is_utf8(bytes))
            return convert(bytes, charset).value_or(Decoded{valid_utf8(bytes), true});
    }
    if (is_one_of(label, {"utf-16", "utf16", "unicode", "ucs-2", "iso-10646-ucs-2"}) ||
        (looks_like_utf16(bytes) &&
         !is_one_of(label, {"utf-16le", "utf-16be", "utf-32", "utf-32le", "utf-32be"})))
        if (auto decoded = convert(bytes, order_of_utf16(bytes))) return *decoded;
    if (is_one_of(label, {"utf-16le", "utf-16be", "utf-32", "utf-32le", "utf-32be"}))
        if (auto decoded = convert(bytes, label)) return *decoded;
    const bool whole = is_utf8(bytes);
    // Letters of another charset are whole UTF-8 by chance only when they are very few.
    if (whole && (is_often_wrong(label) || bytes.size() > 8))
        return {without_nul(std::string(bytes)), false};
    if (!is_often_wrong(label))
        if (auto decoded = convert(bytes, table_of(label)); decoded && !decoded->lossy)
            return *decoded;
    if (auto best = guess(bytes, table_of(label))) return *best;
    return {without_nul(valid_utf8(bytes)), !whole};
}

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; (at = plain_run(text, at)) < text.size();) {
        const std::size_t before = at;
        if (next_character(text, at) == replacement && text.substr(before, 3) != "\xEF\xBF\xBD")
            return false;
    }
    return true;
}

std::string valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) append_utf8(valid, next_character(text, at));
    return valid;
}

std::string clean_prose(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto plain = plain_run(text, at);
        clean += text.substr(at, plain - at);
        if ((at = plain) == text.size()) break;
        const char32_t character = next_character(text, at);
        if (character == '\r') {
            if (at >= text.size() || text[at] != '\n') clean += '\n';
        } else if (character == 0x2028 || character == 0x2029 || character == 0x85 ||
                   character == '\f' || character == '\v') {
            clean += '\n';
        } else if (character == '\n' || character == '\t' ||
                   (character >= 0x20 && (character < 0x7f || character >= 0xa0))) {
            append_utf8(clean, character);
        }
    }
    return clean;
}

std::size_t cut_place(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) return text.size();
    std::size_t plain = bytes_max;  // between two code points
    while (plain > 0 && (static_cast<unsigned char>(text[plain]) & 0xC0U) == 0x80) --plain;
    const std::size_t begin = plain > 4 * cluster_bytes_max ? plain - 4 * cluster_bytes_max : 0;
    std::size_t from = begin;
    while (from > 0 && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80) --from;
    const std::string_view window = text.substr(from, plain - from + cluster_bytes_max);
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::BreakIterator> breaks(
        icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
    UText whole = UTEXT_INITIALIZER;
    utext_openUTF8(&whole, window.data(), static_cast<std::int64_t>(window.size()), &status);
    if (U_FAILURE(status)) return plain;
    breaks->setText(&whole, status);
    const auto wanted = static_cast<std::int32_t>(plain - from);
    const auto place = breaks->isBoundary(wanted) ? wanted : breaks->preceding(wanted);
    utext_close(&whole);
    const bool usable = U_SUCCESS(status) && place > 0 &&
                        static_cast<std::size_t>(wanted - place) <= cluster_bytes_max;
    return usable ? from + static_cast<std::size_t>(place) : plain;
}

char32_t next_character(std::string_view text, std::size_t& at) {
    if (const auto byte = static_cast<unsigned char>(text[at]); byte < 0x80) return ++at, byte;
    UChar32 character = 0;
    auto place = static_cast<std::int64_t>(at);
    const auto size = static_cast<std::int64_t>(text.size());
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // inside ICU's macro
    U8_NEXT_OR_FFFD(text.data(), place, size, character);
#pragma GCC diagnostic pop
    at = static_cast<std::size_t>(place);
    return static_cast<char32_t>(character);
}

void append_utf8(std::string& to, char32_t character) {
    if (character < 0x80) return to.push_back(static_cast<char>(character));
    if (character > 0x10FFFF || (character >= 0xD800 && character < 0xE000))
        character = replacement;
    char bytes[4];
    std::size_t size = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // inside ICU's macro
    U8_APPEND_UNSAFE(bytes, size, character);
#pragma GCC diagnostic pop
    to.append(bytes, size);
}

}  // namespace sanad::email
