#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sanad::plugins {

inline constexpr std::size_t call_workers_max = 8;  // calls of one plugin under way in the node
inline constexpr std::size_t calls_waiting_max = 64;

/// Threads that carry out what one isolated plugin asks of the node, several calls at once, so that
/// they can share a commit. They are made when they are needed, up to call_workers_max.
class CallWorkers {
public:
    using Work = std::move_only_function<void()>;

    CallWorkers() = default;
    ~CallWorkers();  // ends what is under way, drops the rest
    CallWorkers(const CallWorkers&) = delete;
    CallWorkers& operator=(const CallWorkers&) = delete;

    /// False: calls_waiting_max calls wait already. threads  any
    bool add(Work work);

private:
    void run();

    std::mutex mutex_;  // guards all below
    std::condition_variable changed_;
    std::deque<Work> waiting_;
    std::size_t idle_ = 0;
    bool closing_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace sanad::plugins
