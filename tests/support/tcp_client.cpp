#include "tests/support/tcp_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace sanad::support {

TcpClient::TcpClient(const std::string& endpoint)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{30, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    const auto port = std::stoul(endpoint.substr(endpoint.rfind(':') + 1));
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return;
    ::close(descriptor_);
    throw std::runtime_error("nobody listens at " + endpoint);
}

TcpClient::TcpClient(TcpClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

TcpClient::~TcpClient() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool TcpClient::send(ByteView bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes = bytes.subspan(std::size_t(sent));
    }
    return true;
}

Bytes TcpClient::receive(std::size_t size) {
    Bytes bytes(size);
    std::size_t have = 0;
    while (have < size) {
        const auto got = ::recv(descriptor_, bytes.data() + have, size - have, 0);
        if (got <= 0) break;
        have += std::size_t(got);
    }
    bytes.resize(have);
    return bytes;
}

bool TcpClient::is_closed_by_other_side() {
    std::array<std::uint8_t, 4096> rest;
    for (;;) {
        const auto got = ::recv(descriptor_, rest.data(), rest.size(), 0);
        if (got == 0) return true;
        if (got < 0) return errno == ECONNRESET;
    }
}

void TcpClient::close() { ::shutdown(descriptor_, SHUT_RDWR); }

}  // namespace sanad::support
