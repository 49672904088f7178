#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <string_view>

// Texts in the lines of a gateway: a backslash is written \\ and the end of a line \n.
namespace name_of_plugin {

inline std::string one_line(std::string_view text) {
    std::string line;
    for (const char c : text)
        if (c == '\\' || c == '\n')
            line += c == '\n' ? "\\n" : "\\\\";
        else
            line += c;
    return line;
}

inline std::string as_written(std::string_view line) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i)
        if (line[i] == '\\' && i + 1 < line.size())
            text += line[++i] == 'n' ? '\n' : line[i];
        else
            text += line[i];
    return text;
}

/// Two words and the rest; what is missing is empty.
inline std::array<std::string_view, 3> three_words(std::string_view line) {
    std::array<std::string_view, 3> words;
    for (std::size_t i = 0; i < 2; ++i) {
        const auto end = line.find(' ');
        words[i] = line.substr(0, end);
        line.remove_prefix(end == line.npos ? line.size() : end + 1);
    }
    words[2] = line;
    return words;
}

inline std::string port_of(int socket) {
    sockaddr_in6 at{};  // large enough for both kinds; their ports lie at the same place
    socklen_t size = sizeof at;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size) != 0) return "unknown";
    return std::to_string(ntohs(at.sin6_port));
}

}  // namespace name_of_plugin
