#include "plugins/desks/console/cookie.h"

#include "plugins/desks/console/secret.h"

namespace sanad::console {
namespace {

// The prefix has the browser refuse it unless it is Secure, of this host alone, for every path.
constexpr std::string_view name = "__Host-sanad=";
constexpr std::string_view flags = "; Path=/; Secure; HttpOnly; SameSite=Strict";

}  // namespace

std::string session_of(const http::Request& request) {
    for (const auto& [field, value] : request.headers) {
        if (field != "cookie" && field != "Cookie") continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            const std::size_t end = rest.find(';');
            std::string_view one = rest.substr(0, end);
            while (one.starts_with(' ')) one.remove_prefix(1);
            if (one.starts_with(name)) return from_digits(one.substr(name.size()));
            rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
        }
    }
    return {};
}

http::Header keep_session(std::string_view session) {
    return {"Set-Cookie", std::string(name) + to_digits(session) + std::string(flags)};
}

http::Header forget_session() {
    return {"Set-Cookie", std::string(name) + std::string(flags) + "; Max-Age=0"};
}

}  // namespace sanad::console
