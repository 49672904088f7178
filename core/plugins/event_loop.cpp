#include "core/plugins/event_loop.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>

namespace sanad::plugins {

namespace {

constexpr std::chrono::milliseconds held_back_pause{10};
constexpr std::uint64_t longest_ns = 1'000'000'000ULL * 86'400 * 365;  // none waits longer

short poll_events(std::uint32_t events) {
    return static_cast<short>(((events & SANAD_READABLE) != 0 ? POLLIN : 0) |
                              ((events & SANAD_WRITABLE) != 0 ? POLLOUT : 0));
}

std::uint32_t ready(short revents) {
    return ((revents & POLLIN) != 0 ? SANAD_READABLE : 0) |
           ((revents & POLLOUT) != 0 ? SANAD_WRITABLE : 0) |
           ((revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 ? SANAD_HANGUP : 0);
}

EventLoop& of(void* ctx) { return *static_cast<EventLoop*>(ctx); }

}  // namespace

sanad_status EventLoop::start_timer(std::uint64_t token, std::uint64_t after_ns) noexcept {
    try {
        const std::lock_guard lock(mutex_);
        if (timers_.size() >= timers_max && !timers_.contains(token)) return SANAD_E_FULL;
        if (const sanad_status awake = wake(); awake != SANAD_OK) return awake;
        timers_[token] = Clock::now() + std::chrono::nanoseconds(std::min(after_ns, longest_ns));
        return SANAD_OK;
    } catch (const std::exception&) {
        return SANAD_E_NOMEM;
    }
}

sanad_status EventLoop::stop_timer(std::uint64_t token) noexcept {
    const std::lock_guard lock(mutex_);
    return timers_.erase(token) != 0 ? SANAD_OK : SANAD_E_NOT_FOUND;
}

sanad_status EventLoop::watch(int fd, std::uint32_t events, std::uint64_t token) noexcept {
    if (fd < 0 || events == 0 || (events & ~(SANAD_READABLE | SANAD_WRITABLE)) != 0)
        return SANAD_E_INVALID;
    try {
        const std::lock_guard lock(mutex_);
        if (watches_.size() >= watches_max && !watches_.contains(fd)) return SANAD_E_FULL;
        if (const sanad_status awake = wake(); awake != SANAD_OK) return awake;
        watches_[fd] = {events, token, next_number_++};
        return SANAD_OK;
    } catch (const std::exception&) {
        return SANAD_E_NOMEM;
    }
}

sanad_status EventLoop::unwatch(int fd) noexcept {
    const std::lock_guard lock(mutex_);
    if (watches_.erase(fd) == 0) return SANAD_E_NOT_FOUND;
    (void)wake();
    return SANAD_OK;
}

void EventLoop::end() {
    {
        const std::lock_guard lock(mutex_);
        if (!ended_ && thread_.joinable()) (void)wake();
        ended_ = true;
    }
    if (thread_.joinable()) thread_.join();
}

// The thread looks again at what it waits for; it begins with the first thing.
sanad_status EventLoop::wake() {
    if (ended_) return SANAD_E_CLOSED;
    if (!wake_) {
        wake_ = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        if (!wake_) return SANAD_E_IO;
    }
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    const std::uint64_t one = 1;
    return ::write(wake_.get(), &one, sizeof one) == sizeof one || errno == EAGAIN ? SANAD_OK
                                                                                   : SANAD_E_IO;
}

void EventLoop::run() {
    std::unique_lock lock(mutex_);
    std::vector<Event> due;
    while (!ended_) {
        if (!wait(lock, due)) continue;
        held_back_ = !tell(due, lock);
    }
}

// Waits for the next things, and takes them out. False: there is nothing to tell.
bool EventLoop::wait(std::unique_lock<std::mutex>& lock, std::vector<Event>& due) {
    due.clear();
    std::vector<pollfd> polled{{wake_.get(), POLLIN, 0}};
    std::map<int, Watch> waited_for;
    auto until = Clock::time_point::max();
    if (held_back_) {
        until = Clock::now() + held_back_pause;
    } else {
        waited_for = watches_;
        for (const auto& [token, at] : timers_) until = std::min(until, at);
    }
    for (const auto& [fd, watch] : waited_for) polled.push_back({fd, poll_events(watch.events), 0});

    lock.unlock();
    timespec left{};
    const bool limited = until != Clock::time_point::max();
    if (limited) {
        const auto wait = std::max(Clock::duration{0}, until - Clock::now());
        const auto seconds = std::chrono::floor<std::chrono::seconds>(wait);
        left = {seconds.count(), (wait - seconds).count()};
    }
    const int found = ::ppoll(polled.data(), polled.size(), limited ? &left : nullptr, nullptr);
    std::uint64_t woken = 0;
    if (found > 0 && polled[0].revents != 0) (void)!::read(wake_.get(), &woken, sizeof woken);
    lock.lock();

    if (held_back_) {
        held_back_ = Clock::now() < until;  // woken before its time
        return false;
    }
    for (std::size_t i = 1; found > 0 && i < polled.size(); ++i) {
        const auto watch = watches_.find(polled[i].fd);
        if (polled[i].revents == 0 || watch == watches_.end() ||
            watch->second.number != waited_for[polled[i].fd].number)
            continue;
        due.push_back({SANAD_EV_FD, watch->second.token, ready(polled[i].revents), watch->first,
                       watch->second});
        watches_.erase(watch);
    }
    const auto now = Clock::now();
    for (auto timer = timers_.begin(); timer != timers_.end();) {
        if (timer->second > now) {
            ++timer;
            continue;
        }
        due.push_back({SANAD_EV_TIMER, timer->first, 0});
        timer = timers_.erase(timer);
    }
    return !due.empty() && !ended_;
}

// Without the mutex: who is told may say at once what to wait for next.
bool EventLoop::tell(const std::vector<Event>& due, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    std::size_t told = 0;
    while (told < due.size() && tell_(due[told].event, due[told].token, due[told].arg)) ++told;
    lock.lock();
    for (std::size_t i = told; i < due.size(); ++i) keep(due[i]);
    return told == due.size();
}

// What was not taken, unless something newer was said about it meanwhile.
void EventLoop::keep(const Event& event) {
    if (event.event == SANAD_EV_TIMER)
        timers_.try_emplace(event.token, Clock::now());
    else
        watches_.try_emplace(event.fd, event.watch);
}

sanad_loop_v1 loop_table(EventLoop& loop) {
    return {sizeof(sanad_loop_v1),
            0,
            &loop,
            [](void* ctx, std::uint64_t token, std::uint64_t after_ns) {
                return of(ctx).start_timer(token, after_ns);
            },
            [](void* ctx, std::uint64_t token) { return of(ctx).stop_timer(token); },
            [](void* ctx, int fd, std::uint32_t events, std::uint64_t token) {
                return of(ctx).watch(fd, events, token);
            },
            [](void* ctx, int fd) { return of(ctx).unwatch(fd); }};
}

}  // namespace sanad::plugins
