#pragma once

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

// Serves a listening socket on a thread of its own: one connection at a time, in lines.
namespace name_of_plugin {

inline constexpr std::size_t line_bytes_max = 40'000;

class LineServer {
public:
    /// Gets a line without its end; what it returns is sent back as it is.
    using Take = std::function<std::string(std::string_view)>;

    LineServer() = default;
    ~LineServer() { stop(); }
    LineServer(const LineServer&) = delete;
    LineServer& operator=(const LineServer&) = delete;

    /// listening  a socket, ours from now on; idle_ms: a silent connection is ended, -1 never
    void start(int listening, int idle_ms, Take take) {
        listening_ = listening;
        idle_ms_ = idle_ms;
        take_ = std::move(take);
        wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        thread_ = std::thread([this] { run(); });
    }
    void stop() {
        if (!thread_.joinable()) return;
        const std::uint64_t one = 1;
        (void)!::write(wake_, &one, sizeof one);
        thread_.join();
        for (const int descriptor : {wake_, listening_}) ::close(descriptor);
    }
    /// threads  any
    bool is_connected() {
        const std::lock_guard lock(mutex_);
        return connection_ >= 0;
    }
    /// Sends bytes to who is connected. false: nobody is, or does not read. threads  any
    bool say(std::string_view bytes) {
        const std::lock_guard lock(mutex_);
        if (connection_ < 0) return false;
        const auto sent = ::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent == static_cast<ssize_t>(bytes.size())) return true;
        ::shutdown(connection_, SHUT_RDWR);  // half a line is of no use: the thread closes it
        return false;
    }
    /// From within Take: ends the connection once the answer is sent.
    void hang_up() { hanging_up_ = true; }

private:
    // Whether there is something to read; false: time is up, or stop() was called.
    bool wait(int descriptor, int limit_ms) {
        pollfd watched[] = {{wake_, POLLIN, 0}, {descriptor, POLLIN, 0}};
        return ::poll(watched, 2, limit_ms) > 0 && watched[0].revents == 0;
    }
    void connect(int descriptor) {
        const std::lock_guard lock(mutex_);
        if (connection_ >= 0) ::close(connection_);
        connection_ = descriptor;
    }
    void run() {
        while (wait(listening_, -1)) {
            connect(::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
            hanging_up_ = false;
            std::string received;
            while (connection_ >= 0 && wait(connection_, idle_ms_) && read_more(received)) {
            }
            connect(-1);
        }
    }
    bool read_more(std::string& received) {
        char piece[4096];
        const auto got = ::recv(connection_, piece, sizeof piece, 0);
        if (got <= 0) return false;
        received.append(piece, static_cast<std::size_t>(got));
        for (std::size_t end; (end = received.find('\n')) != received.npos;) {
            const std::string answer = take_(std::string_view(received).substr(0, end));
            if ((!answer.empty() && !say(answer)) || hanging_up_) return false;
            received.erase(0, end + 1);
        }
        return received.size() <= line_bytes_max;
    }

    int listening_ = -1, wake_ = -1, idle_ms_ = -1;
    bool hanging_up_ = false;
    Take take_;
    std::thread thread_;
    std::mutex mutex_;  // guards connection_ where the thread writes it and others read it
    int connection_ = -1;
};

}  // namespace name_of_plugin
