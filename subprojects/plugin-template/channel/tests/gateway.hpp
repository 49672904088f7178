#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

// The program at the other end of the plugin's socket.
class Gateway {
public:
    explicit Gateway(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
            throw std::runtime_error("the plugin does not listen");
    }
    ~Gateway() { ::close(socket_); }
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    std::string ask(std::string line) {
        line += '\n';
        if (::send(socket_, line.data(), line.size(), MSG_NOSIGNAL) < 0)
            throw std::runtime_error("the plugin hung up");
        return this->line();
    }
    /// The next line, within ten seconds.
    std::string line() {
        std::string text;
        for (char c = 0;;) {
            pollfd watched{socket_, POLLIN, 0};
            if (::poll(&watched, 1, 10'000) != 1 || ::recv(socket_, &c, 1, 0) != 1)
                throw std::runtime_error("the plugin says nothing");
            if (c == '\n') return text;
            text += c;
        }
    }

private:
    int socket_;
};
