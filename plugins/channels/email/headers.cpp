#include "plugins/channels/email/headers.h"

#include "plugins/channels/email/charset.h"
#include "plugins/channels/email/transfer.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include <algorithm>
#include <cstdio>
#include <optional>

namespace sanad::email {
namespace {

constexpr std::size_t name_bytes_max = 100;
constexpr std::size_t parameters_max = 50;
constexpr std::size_t shown_bytes_looked_at = 4'000;

// The next line without its end; `at` moves behind the end.
std::string_view take_line(std::string_view bytes, std::size_t& at) {
    const auto end = std::min(bytes.find_first_of("\r\n", at), bytes.size());
    const auto line = bytes.substr(at, end - at);
    at = end;
    if (at < bytes.size()) at += bytes.substr(at, 2) == "\r\n" ? 2 : 1;
    return line;
}

bool is_header_name(std::string_view name) {
    return !name.empty() && name.size() <= name_bytes_max &&
           std::ranges::all_of(name, [](char c) { return c > 0x20 && c < 0x7f; });
}

void append_value(std::string& value, std::string_view more, const HeaderLimits& limits,
                  bool& broken) {
    const auto room = limits.bytes - std::min(limits.bytes, value.size());
    if (more.size() > room) broken = true;
    value += more.substr(0, room);
    if (value.find('\0') == std::string::npos) return;
    broken = true;
    std::ranges::replace(value, '\0', ' ');
}

char lower_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

struct Word {
    std::string_view charset;
    std::string bytes;
};

// `=?charset?B?...?=` at the front of `text`, which loses it.
std::optional<Word> take_word(std::string_view& text) {
    if (!text.starts_with("=?")) return {};
    const auto charset_end = text.find('?', 2);
    if (charset_end == text.npos || charset_end > 80 || charset_end + 2 >= text.size()) return {};
    const char encoding = lower_letter(text[charset_end + 1]);
    if ((encoding != 'b' && encoding != 'q') || text[charset_end + 2] != '?') return {};
    const auto begin = charset_end + 3;
    const auto end = text.find("?=", begin);
    if (end == text.npos) return {};
    const auto body = text.substr(begin, end - begin);
    if (body.find_first_of("\r\n") != body.npos) return {};
    auto charset = text.substr(2, charset_end - 2);
    charset = charset.substr(0, charset.find('*'));  // the language of RFC 2231
    text.remove_prefix(end + 2);
    return Word{charset, encoding == 'b' ? decode_base64(body) : decode_q(body)};
}

std::string without_controls(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = next_character(text, at);
        const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
        append_utf8(plain, control ? U' ' : c);
    }
    return plain;
}

// What is written as a letter and a sign, as on a Mac, becomes one character where there is one.
std::string composed(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const auto* nfc = icu::Normalizer2::getNFCInstance(status);
    const std::string valid = valid_utf8(text);
    std::string out;
    icu::StringByteSink<std::string> sink(&out);
    if (U_SUCCESS(status)) nfc->normalizeUTF8(0, valid, sink, nullptr, status);
    return U_SUCCESS(status) ? out : valid;
}

std::string_view skip_comment(std::string_view text) {
    int depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '(')
            ++depth;
        else if (text[at] == ')' && --depth == 0)
            return text.substr(at + 1);
    }
    return {};
}

// One value of a parameter at the front of `text`: a quoted string or all up to the next `;`.
std::string take_value(std::string_view& text) {
    text = trim(text);
    std::string value;
    if (!text.starts_with('"')) {
        const auto end = std::min(text.find(';'), text.size());
        value = trim(text.substr(0, end));
        text.remove_prefix(end);
        return value;
    }
    std::size_t at = 1;
    for (; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] == '\\' && at + 1 < text.size()) ++at;
        value += text[at];
    }
    text.remove_prefix(std::min(at + 1, text.size()));
    const auto next = text.find(';');
    text.remove_prefix(std::min(next, text.size()));
    return value;
}

struct Piece {
    int number = 0;
    bool encoded = false;
    std::string value;
};

// name*3*: the piece with number 3, encoded. The name without that stays.
Piece split_name(std::string& name) {
    Piece piece;
    if (name.ends_with('*')) {
        piece.encoded = true;
        name.pop_back();
    }
    const auto star = name.find('*');
    if (star == std::string::npos) return piece;
    for (const char c : name.substr(star + 1))
        if (c >= '0' && c <= '9' && piece.number < 1000)
            piece.number = piece.number * 10 + (c - '0');
    name.resize(star);
    return piece;
}

std::string join(std::vector<Piece>& pieces) {
    std::ranges::stable_sort(pieces, {}, &Piece::number);
    const bool encoded = std::ranges::any_of(pieces, &Piece::encoded);
    std::string bytes, charset;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        std::string_view value = pieces[i].value;
        if (i == 0 && pieces[i].encoded) {
            const auto first = value.find('\'');
            const auto second = first == value.npos ? first : value.find('\'', first + 1);
            if (second != value.npos) {
                charset = value.substr(0, first);
                value.remove_prefix(second + 1);
            }
        }
        bytes += pieces[i].encoded ? decode_percent(value) : std::string(value);
    }
    return encoded ? without_controls(to_utf8(bytes, charset).text) : decode_text(bytes);
}

}  // namespace

HeaderBlock read_headers(std::string_view bytes, const HeaderLimits& limits) {
    HeaderBlock block;
    std::size_t at = 0;
    bool keep = false;
    if (bytes.starts_with("From ") || bytes.starts_with(">From ")) take_line(bytes, at);
    while (at < bytes.size()) {
        const std::size_t before = at;
        const auto line = take_line(bytes, at);
        if (line.empty()) return block.bytes = at, block;
        if (line.front() == ' ' || line.front() == '\t') {
            if (keep) append_value(block.headers.back().value, line, limits, block.broken);
            continue;
        }
        const auto colon = line.find(':');
        const auto name = trim(line.substr(0, std::min(colon, line.size())));
        if (colon == line.npos || !is_header_name(name)) {
            block.broken = true;
            return block.bytes = before, block;
        }
        keep = block.headers.size() < limits.lines;
        if (!keep) {
            block.broken = true;
            continue;
        }
        block.headers.push_back({lower(name), {}});
        append_value(block.headers.back().value, trim(line.substr(colon + 1)), limits,
                     block.broken);
    }
    return block.bytes = at, block;
}

const std::string* find(const Headers& headers, std::string_view name) {
    const auto found = std::ranges::find(headers, name, &Header::name);
    return found == headers.end() ? nullptr : &found->value;
}

std::string_view value_of(const Headers& headers, std::string_view name) {
    const auto* value = find(headers, name);
    return value ? std::string_view(*value) : std::string_view();
}

std::string decode_text(std::string_view value) {
    // Words of one charset are joined before they are decoded: a character may be parted by two.
    std::string text, bytes, plain;
    std::string_view charset;
    const auto flush = [&] {
        if (!bytes.empty()) text += to_utf8(bytes, charset).text;
        bytes.clear();
    };
    const auto flush_plain = [&] {
        const bool between = !bytes.empty() && trim(plain).empty();
        if (!between) flush(), text += to_utf8(plain, {}).text;
        plain.clear();
    };
    while (!value.empty()) {
        if (auto word = take_word(value)) {
            const bool joins = !bytes.empty() && trim(plain).empty();
            if (!plain.empty()) flush_plain();
            if (joins && !same_ignoring_case(charset, word->charset)) flush();
            charset = word->charset;
            bytes += word->bytes;
        } else {
            const auto next = value.find("=?", 1);
            plain += value.substr(0, next);
            value.remove_prefix(std::min(next, value.size()));
        }
    }
    if (bytes.empty() || !trim(plain).empty()) flush_plain();
    flush();
    return std::string(trim(without_controls(text)));
}

std::string Parameters::get(std::string_view name) const {
    const auto found = named.find(std::string(name));
    return found == named.end() ? std::string() : found->second;
}

Parameters read_parameters(std::string_view value) {
    Parameters parameters;
    const auto first = std::min(value.find_first_of(";("), value.size());
    parameters.value = lower(trim(value.substr(0, first)));
    value.remove_prefix(first);
    std::map<std::string, std::vector<Piece>> pieces;
    std::size_t count = 0;
    while (!(value = trim(value)).empty() && count < parameters_max) {
        if (value.front() == '(') {
            value = skip_comment(value);
            continue;
        }
        if (value.front() == ';') {
            value.remove_prefix(1);
            continue;
        }
        const auto end = std::min(value.find_first_of("=;"), value.size());
        std::string name = lower(trim(value.substr(0, end)));
        value.remove_prefix(end);
        if (!value.starts_with('=')) continue;
        value.remove_prefix(1);
        ++count;
        Piece piece = split_name(name);
        piece.value = take_value(value);
        pieces[name].push_back(std::move(piece));
    }
    for (auto& [name, parts] : pieces) parameters.named[name] = join(parts);
    return parameters;
}

std::string shown(std::string_view given, std::size_t bytes_max) {
    const std::string text = composed(given.substr(0, shown_bytes_looked_at));
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = next_character(text, at);
        std::string one;
        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202A && c <= 0x202E) ||
            (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C ||
            c == 0x2028 || c == 0x2029) {
            char escaped[16];
            std::snprintf(escaped, sizeof escaped, "\\u{%04X}", static_cast<unsigned>(c));
            one = escaped;
        } else {
            append_utf8(one, c);
        }
        if (out.size() + one.size() > bytes_max) break;
        out += one;
    }
    return out;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower_letter);
    return out;
}

bool same_ignoring_case(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, {}, lower_letter, lower_letter);
}

bool begins_ignoring_case(std::string_view text, std::string_view begin) {
    return same_ignoring_case(text.substr(0, begin.size()), begin);
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace sanad::email
