#include "tests/unit/http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace sanad::test {

RawClient::RawClient(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
        throw std::runtime_error("the server does not listen");
}

RawClient::~RawClient() { close(fd_); }

void RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;  // the server may close while we still send
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool RawClient::more() {
    std::array<char, 16384> chunk{};
    const ssize_t got = recv(fd_, chunk.data(), chunk.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        throw std::runtime_error("the server said nothing for 10 seconds");
    if (got <= 0) return false;
    unread_.append(chunk.data(), static_cast<std::size_t>(got));
    return true;
}

std::string RawClient::read_all() {
    while (more()) {
    }
    return std::exchange(unread_, {});
}

std::string RawClient::read_bytes(std::size_t count) {
    while (unread_.size() < count && more()) {
    }
    const std::string bytes = unread_.substr(0, count);
    unread_.erase(0, bytes.size());
    return bytes;
}

std::string RawClient::read_response() {
    std::size_t end = 0;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos)
        if (!more()) return std::exchange(unread_, {});
    constexpr std::string_view length_name = "Content-Length: ";
    const auto at = unread_.find(length_name);
    std::size_t length = 0;
    if (at != std::string::npos && at < end) length = std::stoul(unread_.substr(at + 16));
    return read_bytes(end + 4 + length);
}

std::string RawClient::open_socket(std::string_view extra_headers, std::string_view path) {
    send("GET " + std::string(path) +
         " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         std::string(extra_headers) + "\r\n");
    while (unread_.find("\r\n\r\n") == std::string::npos && more()) {
    }
    return read_bytes(unread_.find("\r\n\r\n") + 4);
}

void RawClient::send_frame(std::uint8_t first_byte, std::string_view payload) {
    std::string frame(1, static_cast<char>(first_byte));
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80U | payload.size());
    } else {
        frame += static_cast<char>(0xFE);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size() & 0xFF);
    }
    const std::string_view mask = "\x11\x22\x33\x44";
    frame += mask;
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame += static_cast<char>(payload[i] ^ mask[i % 4]);
    send(frame);
}

RawClient::Frame RawClient::read_frame() {
    const std::string head = read_bytes(2);
    if (head.size() < 2) return {};
    std::size_t length = static_cast<unsigned char>(head[1]);
    if (length == 126) {
        const std::string wide = read_bytes(2);
        length = static_cast<std::size_t>(static_cast<unsigned char>(wide.at(0)) << 8 |
                                          static_cast<unsigned char>(wide.at(1)));
    }
    return {static_cast<std::uint8_t>(head[0]), read_bytes(length)};
}

std::uint16_t RawClient::read_close_code() {
    while (true) {
        const Frame frame = read_frame();
        if (frame.first_byte == 0) return 0;
        if ((frame.first_byte & 0x0F) != 8) continue;
        if (frame.payload.size() < 2) return 1005;
        return static_cast<std::uint16_t>(static_cast<unsigned char>(frame.payload[0]) << 8 |
                                          static_cast<unsigned char>(frame.payload[1]));
    }
}

std::string status_of(std::string_view response) {
    return response.starts_with("HTTP/1.1 ") ? std::string(response.substr(9, 3)) : "none";
}

}  // namespace sanad::test
