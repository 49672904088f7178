#include "plugins/shared/http/head.h"

#include <algorithm>
#include <array>
#include <vector>

namespace sanad::http {
namespace {

constexpr Refused malformed{400, "malformed_request", "The request is not valid HTTP/1.1."};
constexpr Refused bad_target{400, "target_invalid", "The address of the page is not valid."};
constexpr Refused bad_host{400, "host_invalid", "The request needs exactly one valid Host header."};
constexpr Refused line_too_long{414, "request_line_too_long", "The request line is over 4 KiB."};
constexpr Refused head_too_large{431, "head_too_large",
                                 "The headers are over 16 KiB or more than 64."};
constexpr Refused body_too_large{413, "body_too_large", "The body is over the limit."};
constexpr Refused bad_method{405, "method_not_allowed", "This method is not served here."};
constexpr Refused bad_encoding{415, "encoding_unsupported", "Send the body uncompressed."};
constexpr Refused bad_expectation{417, "expectation_failed", "Only 100-continue is understood."};
constexpr Refused bad_upgrade{426, "upgrade_unsupported", "Only WebSocket version 13 is served."};
constexpr Refused bad_version{505, "version_unsupported", "Use HTTP/1.1."};

constexpr std::array<std::string_view, 7> methods = {"GET",   "HEAD",   "POST",   "PUT",
                                                     "PATCH", "DELETE", "OPTIONS"};
constexpr std::string_view end_of_head = "\r\n\r\n";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               marks.find(c) != marks.npos;
    });
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; }

bool equal_fold(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool list_has(std::string_view list, std::string_view item) {
    while (true) {
        const auto comma = list.find(',');
        if (equal_fold(trim(list.substr(0, comma)), item)) return true;
        if (comma == list.npos) return false;
        list.remove_prefix(comma + 1);
    }
}

std::optional<Refused> read_fields(std::string_view lines, std::size_t count_max, Headers& out) {
    while (!lines.empty()) {
        const auto end = lines.find("\r\n");
        const std::string_view line = lines.substr(0, end);
        lines.remove_prefix(end + 2);
        const auto colon = line.find(':');
        if (colon == line.npos || !is_token(line.substr(0, colon)))
            return malformed;  // or obs-fold
        const std::string_view value = trim(line.substr(colon + 1));
        const bool clean = std::ranges::none_of(value, [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return (byte < 0x20 && c != '\t') || byte == 0x7f;
        });
        if (!clean) return malformed;
        if (out.size() == count_max) return head_too_large;
        out.emplace_back(line.substr(0, colon), value);
    }
    return {};
}

// The values of every header of that name.
std::vector<std::string_view> values(const Headers& headers, std::string_view name) {
    std::vector<std::string_view> found;
    for (const auto& [key, value] : headers)
        if (equal_fold(key, name)) found.push_back(value);
    return found;
}

std::optional<Refused> read_request_line(std::string_view line, Head& head) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == line.npos || last == first) return malformed;
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method)) return malformed;
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return version.starts_with("HTTP/") ? bad_version : malformed;
    if (std::ranges::find(methods, method) == methods.end()) return bad_method;

    const auto question = target.find('?');
    auto path = decode_path(target.substr(0, question));
    const bool printable =
        std::ranges::all_of(target, [](char c) { return c > ' ' && c <= '~' && c != '#'; });
    if (!path || !printable) return bad_target;
    head.request.method = method;
    head.request.path = std::move(*path);
    if (question != target.npos) head.request.query = target.substr(question + 1);
    head.keep_alive = version == "HTTP/1.1";
    return {};
}

std::optional<Refused> read_framing(Head& head, std::uint64_t body_max) {
    const auto lengths = values(head.request.headers, "content-length");
    const auto codings = values(head.request.headers, "transfer-encoding");
    if (lengths.size() > 1 || codings.size() > 1 || (!lengths.empty() && !codings.empty()))
        return malformed;
    if (!codings.empty()) {
        if (!equal_fold(codings[0], "chunked") || !head.keep_alive) return malformed;
        head.chunked = true;
    }
    if (!lengths.empty()) {
        if (lengths[0].empty() || !std::ranges::all_of(lengths[0], is_digit)) return malformed;
        for (const char digit : lengths[0]) {
            head.content_length = head.content_length * 10 + std::uint64_t(digit - '0');
            if (head.content_length > body_max) return body_too_large;
        }
    }
    for (const auto coding : values(head.request.headers, "content-encoding"))
        if (!equal_fold(coding, "identity")) return bad_encoding;
    return {};
}

std::optional<Refused> read_upgrade(Head& head) {
    const auto& headers = head.request.headers;
    const auto wanted = values(headers, "upgrade");
    if (wanted.empty()) return {};
    const auto version = values(headers, "sec-websocket-version");
    const auto key = values(headers, "sec-websocket-key");
    const bool connection = std::ranges::any_of(
        values(headers, "connection"), [](auto value) { return list_has(value, "upgrade"); });
    if (wanted.size() != 1 || !equal_fold(wanted[0], "websocket") || !connection ||
        version.size() != 1 || version[0] != "13" || key.size() != 1 || key[0].size() != 24 ||
        head.request.method != "GET" || !head.keep_alive || head.chunked ||
        head.content_length != 0)
        return bad_upgrade;
    head.upgrade = true;
    return {};
}

std::optional<Refused> read_connection(Head& head) {
    const auto hosts = values(head.request.headers, "host");
    constexpr std::string_view marks = ".-_:[]";
    const bool plain = hosts.size() == 1 && !hosts[0].empty() && hosts[0].size() <= 255 &&
                       std::ranges::all_of(hosts[0], [&](char c) {
                           return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
                                  marks.find(c) != marks.npos;
                       });
    if (!plain) return bad_host;
    for (const auto value : values(head.request.headers, "connection"))
        if (list_has(value, "close")) head.keep_alive = false;
    for (const auto value : values(head.request.headers, "expect")) {
        if (!equal_fold(value, "100-continue")) return bad_expectation;
        head.expects_continue = true;
    }
    return {};
}

// Only a line's own end may hold CR or LF, and nothing may hold a zero byte.
bool has_stray_line_end(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\0') return true;
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) return true;
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] != '\n') return true;
    }
    return false;
}

int hex(char c) {
    if (is_digit(c)) return c - '0';
    const char small = lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

}  // namespace

std::optional<std::string> decode_path(std::string_view raw) {
    if (raw.empty() || raw[0] != '/') return {};
    std::string path;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '%') {
            path += raw[i];
            continue;
        }
        if (i + 2 >= raw.size() || hex(raw[i + 1]) < 0 || hex(raw[i + 2]) < 0) return {};
        const auto byte = static_cast<char>(hex(raw[i + 1]) * 16 + hex(raw[i + 2]));
        if (byte == '\0' || byte == '/') return {};
        path += byte;
        i += 2;
    }
    if (path.find('\\') != path.npos || path.find("//") != path.npos) return {};
    const std::string closed = path + '/';
    if (closed.find("/../") != closed.npos || closed.find("/./") != closed.npos) return {};
    return path;
}

std::variant<Incomplete, Refused, Head> read_head(std::string_view input, const Limits& limits) {
    const auto end = input.find(end_of_head);
    const auto seen = input.substr(0, end == input.npos ? end : end + end_of_head.size());
    const auto line_end = seen.find("\r\n");
    if (std::min(line_end, seen.size()) > limits.request_line_bytes) return line_too_long;
    if (has_stray_line_end(seen)) return malformed;
    const std::size_t start = line_end == seen.npos ? seen.size() : line_end + 2;
    if (seen.size() - start > limits.head_bytes) return head_too_large;
    if (end == input.npos) {
        // No method is that long: whatever this is, it is not HTTP.
        const auto word = seen.substr(0, seen.find(' '));
        return word.size() > 16 || (!word.empty() && !is_token(word))
                   ? std::variant<Incomplete, Refused, Head>{malformed}
                   : Incomplete{};
    }

    Head head;
    head.bytes = seen.size();
    const std::string_view lines = seen.substr(start, seen.size() - start - 2);
    if (auto refused = read_request_line(seen.substr(0, line_end), head)) return *refused;
    if (auto refused = read_fields(lines, limits.header_count, head.request.headers))
        return *refused;
    if (auto refused = read_connection(head)) return *refused;
    if (auto refused = read_framing(head, limits.body_bytes)) return *refused;
    if (auto refused = read_upgrade(head)) return *refused;
    return head;
}

}  // namespace sanad::http
