#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

/// A server that says exactly what a test gives it, one connection after the other, on loopback.
///
/// threads  any
class RawServer {
public:
    /// answers  the bytes sent on the first, second, ... connection once a request's head has come;
    ///          an empty one is held open and silent until the end of the test
    explicit RawServer(std::vector<std::string> answers);
    ~RawServer();
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;

    std::uint16_t port() const { return port_; }
    std::vector<std::string> requests() const;

private:
    void serve();

    std::vector<std::string> answers_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::vector<int> held_;
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::atomic<int> open_{-1};
    std::thread thread_;
};
