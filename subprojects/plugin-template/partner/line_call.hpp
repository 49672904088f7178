#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// One line to a gateway, and its answer.
namespace name_of_plugin {

inline constexpr std::size_t answer_bytes_max = 256;

struct Place {
    std::string host;
    std::uint16_t port = 0;
};

/// Of "http://host:port", as the grant net.connect wants it. Empty: it is no such text.
inline std::optional<Place> place_of(std::string_view url) {
    const auto start = url.find("://"), colon = url.rfind(':');
    if (start == url.npos || colon <= start || url.size() - colon > 6) return std::nullopt;
    unsigned port = 0;
    for (const char c : url.substr(colon + 1)) {
        if (c < '0' || c > '9') return std::nullopt;
        port = port * 10 + static_cast<unsigned>(c - '0');
    }
    if (port == 0 || port > 65535) return std::nullopt;
    return Place{std::string(url.substr(start + 3, colon - start - 3)),
                 static_cast<std::uint16_t>(port)};
}

/// A text in a line: a backslash is written \\ and the end of a line \n.
inline std::string one_line(std::string_view text) {
    std::string line;
    for (const char c : text)
        if (c == '\\' || c == '\n')
            line += c == '\n' ? "\\n" : "\\\\";
        else
            line += c;
    return line;
}

/// Sends the line over a socket that does not block, and reads one line. Empty: not within the
/// limit.
inline std::optional<std::string> ask(int socket, std::string_view line,
                                      std::chrono::milliseconds limit) {
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + limit;
    const auto wait = [&](short events) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        pollfd watched{socket, events, 0};
        return left.count() > 0 && ::poll(&watched, 1, static_cast<int>(left.count())) == 1;
    };
    while (!line.empty()) {
        if (!wait(POLLOUT)) return std::nullopt;
        const auto sent = ::send(socket, line.data(), line.size(), MSG_NOSIGNAL);
        if (sent < 0) return std::nullopt;
        line.remove_prefix(static_cast<std::size_t>(sent));
    }
    std::string answer;
    for (char c = 0; answer.size() < answer_bytes_max; answer += c) {
        if (!wait(POLLIN) || ::recv(socket, &c, 1, 0) != 1) return std::nullopt;
        if (c == '\n') return answer;
    }
    return std::nullopt;
}

}  // namespace name_of_plugin
