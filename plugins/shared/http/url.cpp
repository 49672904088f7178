#include "plugins/shared/http/client.h"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>

namespace sanad::http {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_host_name(std::string_view host) {
    return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
           std::ranges::all_of(
               host, [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; });
}

bool is_target(std::string_view target) {
    constexpr std::string_view allowed = "-._~!$&'()*+,;=:@/?%";
    return std::ranges::all_of(target, [&](char c) {
        return is_letter(c) || is_digit(c) || allowed.find(c) != std::string_view::npos;
    });
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0) return {};
    return port;
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

/// Takes the host from the front of `authority`, which keeps what follows it.
std::optional<std::string> take_host(std::string_view& authority) {
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return {};
        const std::string host = lower(authority.substr(1, end - 1));
        authority.remove_prefix(end + 1);
        boost::system::error_code error;
        boost::asio::ip::make_address_v6(host, error);
        return error ? std::optional<std::string>() : host;
    }
    const auto end = std::min(authority.find(':'), authority.size());
    const std::string host = lower(authority.substr(0, end));
    authority.remove_prefix(end);
    return is_host_name(host) ? std::optional(host) : std::nullopt;
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
    if (text.size() > url_bytes_max) return {};
    Url url;
    if (text.starts_with("https://")) {
        text.remove_prefix(8);
    } else if (text.starts_with("http://")) {
        text.remove_prefix(7);
        url.tls = false;
        url.port = 80;
    } else {
        return {};
    }
    const auto path = std::min(text.find_first_of("/?"), text.size());
    std::string_view authority = text.substr(0, path);
    const auto host = take_host(authority);
    if (!host) return {};
    url.host = *host;
    if (!authority.empty()) {
        const auto port =
            authority.starts_with(':') ? parse_port(authority.substr(1)) : std::nullopt;
        if (!port) return {};
        url.port = *port;
    }
    const std::string_view target = text.substr(path);
    if (!is_target(target)) return {};
    url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
    return url;
}

bool names_this_machine(std::string_view host) {
    if (host == "localhost") return true;
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(host), error);
    return !error && address.is_loopback();
}

std::string origin_of(const Url& url) {
    const bool v6 = url.host.find(':') != std::string::npos;
    std::string origin = url.tls ? "https://" : "http://";
    origin += v6 ? "[" + url.host + "]" : url.host;
    if (url.port != (url.tls ? 443 : 80)) origin += ":" + std::to_string(url.port);
    return origin;
}

}  // namespace sanad::http
