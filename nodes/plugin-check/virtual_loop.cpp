#include "nodes/plugin-check/virtual_loop.h"

#include "core/plugins/event_loop.h"

#include <poll.h>

#include <chrono>
#include <limits>

namespace sanad::plugin_check {

namespace {

short as_poll(std::uint32_t events) {
    return static_cast<short>(((events & SANAD_READABLE) != 0 ? POLLIN : 0) |
                              ((events & SANAD_WRITABLE) != 0 ? POLLOUT : 0));
}

std::uint32_t from_poll(short events) {
    return ((events & POLLIN) != 0 ? std::uint32_t{SANAD_READABLE} : 0) |
           ((events & POLLOUT) != 0 ? std::uint32_t{SANAD_WRITABLE} : 0) |
           ((events & (POLLHUP | POLLERR)) != 0 ? std::uint32_t{SANAD_HANGUP} : 0);
}

}  // namespace

std::uint64_t VirtualLoop::now_ns() const {
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(clock_.elapsed()).count());
}

std::vector<VirtualLoop::Event> VirtualLoop::take_due() {
    const std::lock_guard lock(mutex_);
    std::vector<Event> due;
    for (auto timer = timers_.begin(); timer != timers_.end();) {
        if (timer->second > now_ns()) {
            ++timer;
            continue;
        }
        due.push_back({SANAD_EV_TIMER, timer->first, 0});
        timer = timers_.erase(timer);
    }
    for (auto watch = watches_.begin(); watch != watches_.end();) {
        pollfd looked{watch->first, as_poll(watch->second.events), 0};
        if (::poll(&looked, 1, 0) != 1) {
            ++watch;
            continue;
        }
        due.push_back({SANAD_EV_FD, watch->second.token, from_poll(looked.revents)});
        watch = watches_.erase(watch);
    }
    return due;
}

void VirtualLoop::end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    timers_.clear();
    watches_.clear();
}

void VirtualLoop::begin() {
    const std::lock_guard lock(mutex_);
    ended_ = false;
}

sanad_status VirtualLoop::start_timer(void* ctx, std::uint64_t token,
                                      std::uint64_t after_ns) noexcept {
    VirtualLoop& loop = of(ctx);
    const std::lock_guard lock(loop.mutex_);
    if (loop.ended_) return SANAD_E_CLOSED;
    if (!loop.timers_.contains(token) && loop.timers_.size() == plugins::timers_max)
        return SANAD_E_FULL;
    const std::uint64_t now = loop.now_ns();
    const bool never = after_ns > std::numeric_limits<std::uint64_t>::max() - now;
    loop.timers_[token] = never ? std::numeric_limits<std::uint64_t>::max() : now + after_ns;
    return SANAD_OK;
}

sanad_status VirtualLoop::stop_timer(void* ctx, std::uint64_t token) noexcept {
    VirtualLoop& loop = of(ctx);
    const std::lock_guard lock(loop.mutex_);
    if (loop.ended_) return SANAD_E_CLOSED;
    return loop.timers_.erase(token) != 0 ? SANAD_OK : SANAD_E_NOT_FOUND;
}

sanad_status VirtualLoop::watch(void* ctx, int fd, std::uint32_t events,
                                std::uint64_t token) noexcept {
    VirtualLoop& loop = of(ctx);
    const std::lock_guard lock(loop.mutex_);
    if (loop.ended_) return SANAD_E_CLOSED;
    if (fd < 0 || as_poll(events) == 0) return SANAD_E_INVALID;
    if (!loop.watches_.contains(fd) && loop.watches_.size() == plugins::watches_max)
        return SANAD_E_FULL;
    loop.watches_[fd] = {events, token};
    return SANAD_OK;
}

sanad_status VirtualLoop::unwatch(void* ctx, int fd) noexcept {
    VirtualLoop& loop = of(ctx);
    const std::lock_guard lock(loop.mutex_);
    if (loop.ended_) return SANAD_E_CLOSED;
    return loop.watches_.erase(fd) != 0 ? SANAD_OK : SANAD_E_NOT_FOUND;
}

}  // namespace sanad::plugin_check
