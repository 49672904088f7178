#pragma once

#include "core/base/descriptor.h"

#include <sanad/extensions.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace sanad::plugins {

inline constexpr std::size_t timers_max = 1024;
inline constexpr std::size_t watches_max = 256;

/// What one plugin instance waits for: timers and descriptors, behind `sanad.loop/1`. It has a
/// thread from the first of them on. threads  any
class EventLoop {
public:
    /// Told on the loop's thread, without any lock of it: on_event's arguments. False: not now, and
    /// it will be told again.
    using Tell = std::function<bool(std::uint32_t event, std::uint64_t token, std::uint64_t arg)>;

    explicit EventLoop(Tell tell) : tell_(std::move(tell)) {}
    ~EventLoop() { end(); }
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    // As in sanad_loop_v1. SANAD_E_NOMEM and SANAD_E_IO: this process has no more to give.
    sanad_status start_timer(std::uint64_t token, std::uint64_t after_ns) noexcept;
    sanad_status stop_timer(std::uint64_t token) noexcept;
    sanad_status watch(int fd, std::uint32_t events, std::uint64_t token) noexcept;
    sanad_status unwatch(int fd) noexcept;

    /// Nothing is told once this returns, and nothing more is taken.
    void end();

private:
    using Clock = std::chrono::steady_clock;
    struct Watch {
        std::uint32_t events = 0;
        std::uint64_t token = 0;
        std::uint64_t number = 0;  // so that a new one is not taken for the one that was told
    };
    struct Event {
        std::uint32_t event;
        std::uint64_t token, arg;
        int fd = -1;
        Watch watch{};
    };

    sanad_status wake();  // the mutex is held
    void run();
    bool wait(std::unique_lock<std::mutex>& lock, std::vector<Event>& due);
    bool tell(const std::vector<Event>& due, std::unique_lock<std::mutex>& lock);
    void keep(const Event& event);

    const Tell tell_;
    std::mutex mutex_;  // guards all below but the thread
    std::map<std::uint64_t, Clock::time_point> timers_;
    std::map<int, Watch> watches_;
    std::uint64_t next_number_ = 1;
    Descriptor wake_;
    bool held_back_ = false;  // something was not taken: it is told again after a pause
    bool ended_ = false;
    std::thread thread_;
};

/// The plugin's table of `loop`, which outlives it.
sanad_loop_v1 loop_table(EventLoop& loop);

}  // namespace sanad::plugins
