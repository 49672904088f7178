#include "plugins/channels/phone/sip/header_values.h"

#include "plugins/channels/phone/sip/endpoint.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace sanad::phone {
namespace {

constexpr std::size_t number_bytes_max = 40, words_bytes_max = 60;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trim(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == text.npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

// Takes the part before `separator` off `text`.
std::string_view next(std::string_view& text, char separator) {
    const auto at = text.find(separator);
    const auto part = text.substr(0, at);
    text = at == text.npos ? std::string_view{} : text.substr(at + 1);
    return trim(part);
}

std::optional<char> digit(std::string_view text) {
    if (text == "10") return '*';
    if (text == "11") return '#';
    if (text.size() != 1) return {};
    const char c = lower(text[0]);
    if ((c >= '0' && c <= '9') || c == '*' || c == '#') return c;
    if (c >= 'a' && c <= 'd') return static_cast<char>(c - 'a' + 'A');
    return {};
}

std::optional<std::string> number(std::string_view user) {
    user = user.substr(0, user.find(';'));
    if (user.empty() || user.size() > number_bytes_max) return {};
    const auto plain = [](char c) {
        return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '+' ||
               c == '.' || c == '_' || c == '-';
    };
    if (!std::ranges::all_of(user, plain)) return {};
    return std::string{user};
}

struct Expires {
    std::chrono::seconds value{0};
    std::string_view refresher;
};

std::optional<Expires> expires(std::string_view header) {
    const auto value = next(header, ';');
    std::uint32_t seconds = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (value.empty() || read.ec != std::errc{} || read.ptr != value.data() + value.size())
        return {};
    Expires expires{std::chrono::seconds{seconds}, {}};
    while (!header.empty()) {
        auto parameter = next(header, ';');
        if (same_word(next(parameter, '='), "refresher")) expires.refresher = trim(parameter);
    }
    return expires;
}

}  // namespace

std::optional<char> info_digit(std::string_view media_type, std::string_view body) {
    if (same_word(media_type, "application/dtmf")) return digit(trim(body));
    if (!same_word(media_type, "application/dtmf-relay")) return {};
    while (!body.empty()) {
        auto line = next(body, '\n');
        if (same_word(next(line, '='), "signal")) return digit(trim(line));
    }
    return {};
}

bool hides_number(std::string_view privacy) {
    while (!privacy.empty()) {
        const auto value = next(privacy, ';');
        for (const std::string_view hiding : {"id", "user", "header"})
            if (same_word(value, hiding)) return true;
    }
    return false;
}

std::optional<std::string> caller_number(std::string_view asserted, std::string_view from_user,
                                         std::string_view from_host, std::string_view privacy) {
    if (hides_number(privacy)) return {};
    if (same_word(from_user, "anonymous") || same_word(from_host, "anonymous.invalid")) return {};
    for (const std::string_view nobody : {"anonymous", "unknown", "unavailable", "restricted"})
        if (same_word(asserted, nobody) || (asserted.empty() && same_word(from_user, nobody)))
            return {};
    return number(asserted.empty() ? from_user : asserted);
}

std::optional<SessionTimer> accept_timer(std::string_view header) {
    const auto wanted = expires(header);
    if (!wanted) return {};
    return SessionTimer{std::clamp(wanted->value, session_min, session_max),
                        same_word(wanted->refresher, "uac") ? Refresher::they : Refresher::we};
}

std::optional<SessionTimer> read_timer(std::string_view header) {
    const auto settled = expires(header);
    if (!settled || settled->value < session_min) return {};
    return SessionTimer{std::min(settled->value, session_max),
                        same_word(settled->refresher, "uas") ? Refresher::they : Refresher::we};
}

std::string display_words(std::string_view words) {
    std::string clean;
    for (const char c : words)
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '"' && c != '\\') clean += c;
    if (clean.size() <= words_bytes_max) return clean;
    auto cut = words_bytes_max;  // not within a character of UTF-8
    while (cut > 0 && (static_cast<unsigned char>(clean[cut]) & 0xc0) == 0x80) --cut;
    return clean.substr(0, cut);
}

}  // namespace sanad::phone
