#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sanad::api {

/// Where passwords are hashed: each takes 0.4 s and 128 MiB, so it happens on threads of its own,
/// two at once, and what has waited longer than 5 s is told that the node is busy.
class PasswordWorkers {
public:
    static constexpr std::size_t at_once = 2;
    static constexpr Duration wait_max{5000};
    // About what two workers finish within wait_max.
    static constexpr std::size_t waiting_max = 24;

    /// `clock` outlives it. Threads begin with the first job.
    explicit PasswordWorkers(const Clock& clock) : clock_(clock) {}
    ~PasswordWorkers();
    PasswordWorkers(const PasswordWorkers&) = delete;
    PasswordWorkers& operator=(const PasswordWorkers&) = delete;

    /// Called once on a worker: with nothing wrong, or with busy when it has waited too long; with
    /// closed when the node ends before its turn.
    using Job = std::function<void(const Result<void>& turn)>;
    /// errors  busy: too many wait already; then the job is not called. threads  any
    Result<void> submit(Job job);

private:
    struct Waiting {
        Job job;
        Duration until{};
    };
    void run(const std::stop_token& stop);

    const Clock& clock_;
    std::mutex mutex_;  // guards waiting_ and threads_
    std::deque<Waiting> waiting_;
    std::condition_variable_any more_;
    std::vector<std::jthread> threads_;
};

}  // namespace sanad::api
