// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/extensions.h>
#include <sanad/plugin.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

// Waiting without a thread of the plugin's own, with `sanad.loop/1`:
//
//     void start() override {
//         loop_.emplace(host());
//         look_again();
//     }
//     void look_again() {
//         look();
//         loop_->after(5s, [this] { look_again(); });
//     }
//     void on_event(std::uint32_t event, std::uint64_t token, std::uint64_t arg) override {
//         loop_->on_event(event, token, arg);
//     }
namespace sanad::plugin {

/// What to do when a time has passed or a descriptor is ready, each once. threads  strand
class Loop {
public:
    using Work = std::function<void()>;
    using Ready = std::function<void(std::uint32_t what)>;  // of SANAD_READABLE and the others

    /// throws  Error SANAD_E_UNSUPPORTED: this node offers no loop
    explicit Loop(Host& host)
        : loop_(static_cast<const sanad_loop_v1*>(host.extension(SANAD_EXT_LOOP))) {
        if (!loop_ || !SANAD_HAS(loop_, unwatch)) throw Error(SANAD_E_UNSUPPORTED, "no_loop");
    }

    /// Returns a number for cancel(). throws  Error SANAD_E_FULL, SANAD_E_CLOSED
    std::uint64_t after(std::chrono::nanoseconds time, Work work) {
        const std::uint64_t token = next_token_++;
        check(loop_->start_timer(loop_->ctx, token, static_cast<std::uint64_t>(time.count())));
        timers_[token] = std::move(work);
        return token;
    }
    void cancel(std::uint64_t timer) {
        if (timers_.erase(timer) != 0) (void)loop_->stop_timer(loop_->ctx, timer);
    }

    /// fd      open until it is told or forgotten
    /// events  SANAD_READABLE, SANAD_WRITABLE or both
    void when_ready(int fd, std::uint32_t events, Ready ready) {
        const std::uint64_t token = next_token_++;
        check(loop_->watch(loop_->ctx, fd, events, token));
        forget_work(fd);
        watches_[token] = {fd, std::move(ready)};
    }
    /// Before it is closed.
    void forget(int fd) {
        forget_work(fd);
        (void)loop_->unwatch(loop_->ctx, fd);
    }

    /// Whether it was one of ours that still waits.
    bool on_event(std::uint32_t event, std::uint64_t token, std::uint64_t arg) {
        if (event == SANAD_EV_TIMER) {
            const auto found = timers_.extract(token);
            if (found) found.mapped()();
            return bool(found);
        }
        if (event != SANAD_EV_FD) return false;
        const auto found = watches_.extract(token);
        if (found) found.mapped().second(static_cast<std::uint32_t>(arg));
        return bool(found);
    }

private:
    static void check(sanad_status status) {
        if (status != SANAD_OK) throw Error(status, "loop");
    }
    void forget_work(int fd) {
        for (auto watch = watches_.begin(); watch != watches_.end(); ++watch)
            if (watch->second.first == fd) {
                watches_.erase(watch);
                return;
            }
    }

    const sanad_loop_v1* loop_;  // the node's; outlives the instance
    std::uint64_t next_token_ = 1;
    std::map<std::uint64_t, Work> timers_;
    std::map<std::uint64_t, std::pair<int, Ready>> watches_;
};

}  // namespace sanad::plugin
