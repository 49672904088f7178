#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

// The organisation's program: takes one line and says what the test wants.
class Gateway {
public:
    /// listening  a socket of the loopback
    Gateway(int listening, std::string answer)
        : thread_([this, listening, answer = std::move(answer)] { serve(listening, answer); }) {}
    ~Gateway() {
        if (thread_.joinable()) thread_.join();
    }
    Gateway(const Gateway&) = delete;
    Gateway& operator=(const Gateway&) = delete;

    /// What it got, once the plugin has been answered.
    std::string line() {
        thread_.join();
        return line_;
    }

private:
    static bool wait(int descriptor) {
        pollfd watched{descriptor, POLLIN, 0};
        return ::poll(&watched, 1, 10'000) == 1;
    }
    void serve(int listening, const std::string& answer) {
        const int connection = wait(listening) ? ::accept(listening, nullptr, nullptr) : -1;
        for (char c = 0; wait(connection) && ::recv(connection, &c, 1, 0) == 1 && c != '\n';)
            line_ += c;
        (void)!::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
        // Stays until the plugin hangs up.
        for (char c = 0; wait(connection) && ::recv(connection, &c, 1, 0) > 0;) {
        }
        ::close(connection);
    }

    std::string line_;
    std::thread thread_;
};
