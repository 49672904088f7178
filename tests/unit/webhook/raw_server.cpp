#include "tests/unit/webhook/raw_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

RawServer::RawServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, generic, &size) != 0)
        throw std::runtime_error("no loopback port");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

RawServer::~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    if (open_ >= 0) ::shutdown(open_, SHUT_RDWR);
    thread_.join();
    for (const int connection : held_) ::close(connection);
    ::close(listener_);
}

std::vector<std::string> RawServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

void RawServer::serve() {
    for (const std::string& answer : answers_) {
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) return;
        open_ = connection;
        std::string request;
        std::array<char, 4096> part{};
        while (request.find("\r\n\r\n") == std::string::npos) {
            const ssize_t got = ::recv(connection, part.data(), part.size(), 0);
            if (got <= 0) break;
            request.append(part.data(), static_cast<std::size_t>(got));
        }
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
        }
        open_ = -1;
        if (answer.empty()) {
            held_.push_back(connection);
            continue;
        }
        for (std::string_view rest = answer; !rest.empty();) {
            const ssize_t sent = ::send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent <= 0) break;
            rest.remove_prefix(static_cast<std::size_t>(sent));
        }
        ::shutdown(connection, SHUT_WR);
        while (::recv(connection, part.data(), part.size(), 0) > 0) {
        }
        ::close(connection);
    }
}
