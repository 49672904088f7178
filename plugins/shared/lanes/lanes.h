#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace sanad::lanes {

/// Threads for calls of the node, which end only after a commit. What belongs to one conversation
/// runs in the order it came, never two at once.
///
/// threads  any, but stop not from a job
class Lanes {
public:
    using Job = std::move_only_function<void()>;
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t lanes = 4;
    static constexpr std::size_t jobs_max = 2000;  // of one lane; delayed ones do not count

    Lanes();
    ~Lanes() { stop(); }
    Lanes(const Lanes&) = delete;
    Lanes& operator=(const Lanes&) = delete;

    /// False: the lane is full, or stopped; the job has gone.
    bool add(std::string_view conversation, Job job);

    /// Runs `job` after `wait`, unless stopped before.
    void add_later(std::string_view conversation, std::chrono::milliseconds wait, Job job);

    /// Jobs that wait to run now, in all lanes.
    std::size_t waiting() const;

    /// Ends the jobs under way, drops the others and joins the threads.
    void stop();

private:
    struct Lane {
        mutable std::mutex mutex;  // guards the rest
        std::condition_variable changed;
        std::deque<Job> jobs;
        std::multimap<Clock::time_point, Job> delayed;
        bool busy = false;
        bool stopped = false;
        std::thread thread;
    };

    Lane& lane_of(std::string_view conversation);
    static void run(Lane& lane);

    std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace sanad::lanes
