#include "core/federation/directory_values.h"

#include "core/base/split.h"
#include "core/base/time_text.h"

#include <algorithm>
#include <charconv>

namespace sanad::federation {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label(std::string_view label) {  // of a host name: RFC 1123, in lower case
    return is_code(label, 63, '-');
}

bool is_ipv4(std::string_view host) {
    const auto parts = split(host, '.');
    return parts.size() == 4 && std::ranges::all_of(parts, [](std::string_view part) {
               const auto number = read_number(part);
               return number && *number <= 255;
           });
}

// Enough to keep anything but an address out: whether it is one, the socket says.
bool is_ipv6(std::string_view host) {
    if (host.size() < 4 || host.size() > 47 || !host.starts_with('[') || !host.ends_with(']'))
        return false;
    const auto inside = host.substr(1, host.size() - 2);
    return inside.find(':') != std::string_view::npos && std::ranges::all_of(inside, [](char c) {
               return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
           });
}

bool is_host(std::string_view host) {
    if (host.empty() || host.size() > 253) return false;
    if (host.front() == '[') return is_ipv6(host);
    const auto labels = split(host, '.');
    const bool only_numbers = std::ranges::all_of(labels.back(), is_digit);
    return only_numbers ? is_ipv4(host) : std::ranges::all_of(labels, is_label);
}

}  // namespace

std::optional<std::uint64_t> read_number(std::optional<std::string_view> text) {
    if (!text || text->empty() || text->size() > 19) return {};
    if (!std::ranges::all_of(*text, is_digit) || (text->size() > 1 && text->front() == '0'))
        return {};
    std::uint64_t number = 0;
    std::from_chars(text->data(), text->data() + text->size(), number);
    return number;
}

std::optional<Time> read_second(std::optional<std::string_view> text) {
    if (!text) return {};
    const auto time = parse_time(*text);
    if (!time || format_time(*time) != *text || time->ms % 1000 != 0) return {};
    return *time;
}

bool is_code(std::string_view text, std::size_t bytes_max, char separator) {
    if (text.empty() || text.size() > bytes_max) return false;
    if (text.front() == separator || text.back() == separator) return false;
    return std::ranges::all_of(
        text, [separator](char c) { return is_lower(c) || is_digit(c) || c == separator; });
}

Result<NodeId> parse_node_id(std::string_view text) {
    if (text.size() < node_id_bytes_min || text.size() > node_id_bytes_max || !is_lower(text[0]) ||
        !is_lower(text[1]) || text[2] != '.' || !is_code(text.substr(3), node_id_bytes_max, '-'))
        return fail(Fault::malformed, "node id: want country, dot, label, such as ma.cmrpi");
    return NodeId{std::string(text)};
}

Result<void> check_endpoint(std::string_view text) {
    const auto bad = [] { return fail(Fault::malformed, "endpoint: want tcp://host:port"); };
    constexpr std::string_view scheme = "tcp://";
    if (text.size() > endpoint_bytes_max || !text.starts_with(scheme)) return bad();
    const auto rest = text.substr(scheme.size());
    const auto colon = rest.rfind(':');
    if (colon == std::string_view::npos || !is_host(rest.substr(0, colon))) return bad();
    const auto port = read_number(rest.substr(colon + 1));
    if (!port || *port == 0 || *port > 65'535) return bad();
    return {};
}

bool is_language(std::string_view tag) {
    if (tag.size() > language_bytes_max) return false;
    const auto subtags = split(tag, '-');
    const auto first = subtags.front();
    if (first.size() < 2 || !std::ranges::all_of(first, is_lower)) return false;
    return std::ranges::all_of(subtags, [](std::string_view subtag) {
        return !subtag.empty() && subtag.size() <= 8 && std::ranges::all_of(subtag, [](char c) {
            return is_lower(c) || is_upper(c) || is_digit(c);
        });
    });
}

bool is_service(std::string_view code) { return is_code(code, service_bytes_max, '_'); }

}  // namespace sanad::federation
