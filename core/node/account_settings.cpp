#include "core/node/account_settings.h"

#include "core/base/text.h"
#include "core/node/settings.h"

#include <algorithm>

namespace sanad::node {
namespace {

constexpr std::size_t host_bytes_max = 253;

bool is_port(std::string_view text, std::string_view usual) {
    return !text.empty() && text.size() <= 5 && text.front() != '0' && text != usual &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }) &&
           std::stoul(std::string(text)) <= 65535;
}

// Names only: a passkey is for a domain, never for an address.
bool is_host(std::string_view host) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    if (host.empty() || host.size() > host_bytes_max || host.front() == '.' || host.back() == '.' ||
        host.find("..") != host.npos || !std::ranges::all_of(host, plain))
        return false;
    const auto last = host.substr(host.rfind('.') + 1);
    return std::ranges::any_of(last, [](char c) { return c >= 'a' && c <= 'z'; });
}

bool is_of_domain(std::string_view host, std::string_view domain) {
    return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                              host[host.size() - domain.size() - 1] == '.');
}

}  // namespace

std::string origin_host(std::string_view origin) {
    const bool secure = origin.starts_with("https://");
    if (!secure && !origin.starts_with("http://")) return {};
    const std::string_view rest = origin.substr(secure ? 8 : 7);
    const auto colon = rest.find(':');
    const std::string_view host = rest.substr(0, colon);
    if (!is_host(host) || (!secure && !is_of_domain(host, "localhost"))) return {};
    if (colon != rest.npos && !is_port(rest.substr(colon + 1), secure ? "443" : "80")) return {};
    return std::string(host);
}

AccountSettings read_accounts(Settings& settings) {
    AccountSettings out;
    out.origins = settings.texts("origins", origins_max);
    out.relying_party = settings.text("relying_party");
    out.phone_server = settings.text("phone_server");
    if (!out.phone_server.empty() && !check_label(out.phone_server, host_bytes_max))
        settings.complain("phone_server",
                          "is no address: write it as a telephone wants it, such "
                          "as sip.example.org:5061");
    for (const std::string& origin : out.origins) {
        const std::string host = origin_host(origin);
        if (host.empty()) {
            settings.complain("origins", json_string(origin) +
                                             " is no place to sign in: write it as the browser "
                                             "shows it, such as https://desk.example.org; http "
                                             "only of localhost");
            continue;
        }
        if (out.relying_party.empty()) out.relying_party = host;
        if (!is_of_domain(host, out.relying_party))
            settings.complain("relying_party",
                              "is no part of the host of " + json_string(origin) +
                                  ": write a domain that all origins end in, such as example.org");
    }
    if (out.origins.empty() && settings.has("relying_party"))
        settings.complain("relying_party", "is of no use without origins: write those, too");
    settings.finish();
    return out;
}

}  // namespace sanad::node
