#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace sanad::http {

/// Whether `origin`, of the header of that name, is the host that served the page: `host`, of the
/// header Host, or null. The scheme may be any: a web server in front may speak TLS for us.
inline bool is_own_origin(std::string_view origin, const std::string* host) {
    const auto slashes = origin.find("://");
    return host && slashes != origin.npos &&
           std::ranges::equal(
               origin.substr(slashes + 3), *host,
               [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace sanad::http
