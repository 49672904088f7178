// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/extensions.h>

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

// `sanad.loop/1` in a test: its time passes when the test says so, its descriptors are real.
namespace sanad::plugin {

/// threads  any
class FakeLoop {
public:
    struct Told {  // arguments of on_event
        std::uint32_t event;
        std::uint64_t token, arg;
    };

    FakeLoop() = default;
    FakeLoop(const FakeLoop&) = delete;
    FakeLoop& operator=(const FakeLoop&) = delete;

    /// The next timer that is due within `time` from now on, and only as much of it passes; empty:
    /// none is, and all of it has passed.
    std::optional<Told> next_timer(std::chrono::nanoseconds& time) {
        const std::lock_guard lock(mutex_);
        auto next = timers_.end();
        for (auto timer = timers_.begin(); timer != timers_.end(); ++timer)
            if (next == timers_.end() || timer->second < next->second) next = timer;
        const auto left = static_cast<std::uint64_t>(time.count());
        if (next == timers_.end() || next->second > now_ns_ + left) {
            now_ns_ += left;
            time = {};
            return std::nullopt;
        }
        const std::uint64_t passed = next->second > now_ns_ ? next->second - now_ns_ : 0;
        now_ns_ += passed;
        time -= std::chrono::nanoseconds(passed);
        const Told told{SANAD_EV_TIMER, next->first, 0};
        timers_.erase(next);
        return told;
    }
    /// A watched descriptor that is ready, waiting at most `limit` of real time for one.
    std::optional<Told> next_ready(std::chrono::milliseconds limit) {
        std::vector<pollfd> polled;
        {
            const std::lock_guard lock(mutex_);
            for (const auto& [fd, watch] : watches_) polled.push_back({fd, watch.events, 0});
        }
        if (::poll(polled.data(), polled.size(), static_cast<int>(limit.count())) <= 0)
            return std::nullopt;
        const std::lock_guard lock(mutex_);
        for (const pollfd& one : polled) {
            const auto found = watches_.find(one.fd);
            if (one.revents == 0 || found == watches_.end()) continue;
            const Told told{SANAD_EV_FD, found->second.token, what_of(one.revents)};
            watches_.erase(found);
            return told;
        }
        return std::nullopt;
    }
    /// As from `stop` on: nothing is taken any more.
    void end() {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        timers_.clear();
        watches_.clear();
    }

    /// For sanad_host.get_extension.
    const void* table() const { return &table_; }

private:
    static constexpr std::size_t timers_max = 1024, watches_max = 256;
    struct Watch {
        short events;
        std::uint64_t token;
    };

    static FakeLoop& of(void* ctx) { return *static_cast<FakeLoop*>(ctx); }
    static std::uint64_t what_of(short events) {
        std::uint64_t what = 0;
        if ((events & POLLIN) != 0) what |= SANAD_READABLE;
        if ((events & POLLOUT) != 0) what |= SANAD_WRITABLE;
        if ((events & (POLLHUP | POLLERR)) != 0) what |= SANAD_HANGUP;
        return what;
    }

    static sanad_status start_timer(void* ctx, std::uint64_t token, std::uint64_t after) noexcept {
        FakeLoop& loop = of(ctx);
        const std::lock_guard lock(loop.mutex_);
        if (loop.ended_) return SANAD_E_CLOSED;
        if (loop.timers_.size() == timers_max && loop.timers_.count(token) == 0)
            return SANAD_E_FULL;
        loop.timers_[token] = loop.now_ns_ + after;
        return SANAD_OK;
    }
    static sanad_status stop_timer(void* ctx, std::uint64_t token) noexcept {
        const std::lock_guard lock(of(ctx).mutex_);
        return of(ctx).timers_.erase(token) != 0 ? SANAD_OK : SANAD_E_NOT_FOUND;
    }
    static sanad_status watch(void* ctx, int fd, std::uint32_t events,
                              std::uint64_t token) noexcept {
        FakeLoop& loop = of(ctx);
        const std::lock_guard lock(loop.mutex_);
        if (loop.ended_) return SANAD_E_CLOSED;
        if (fd < 0 || events == 0 || (events & ~(SANAD_READABLE | SANAD_WRITABLE)) != 0)
            return SANAD_E_INVALID;
        if (loop.watches_.size() == watches_max && loop.watches_.count(fd) == 0)
            return SANAD_E_FULL;
        const int wanted = ((events & SANAD_READABLE) != 0 ? POLLIN : 0) |
                           ((events & SANAD_WRITABLE) != 0 ? POLLOUT : 0);
        loop.watches_[fd] = {static_cast<short>(wanted), token};
        return SANAD_OK;
    }
    static sanad_status unwatch(void* ctx, int fd) noexcept {
        const std::lock_guard lock(of(ctx).mutex_);
        return of(ctx).watches_.erase(fd) != 0 ? SANAD_OK : SANAD_E_NOT_FOUND;
    }

    mutable std::mutex mutex_;
    bool ended_ = false;
    std::uint64_t now_ns_ = 0;
    std::map<std::uint64_t, std::uint64_t> timers_;  // token -> when
    std::map<int, Watch> watches_;
    sanad_loop_v1 table_{sizeof(sanad_loop_v1), 0, this, start_timer, stop_timer, watch, unwatch};
};

}  // namespace sanad::plugin
