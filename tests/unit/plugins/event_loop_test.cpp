#include "core/plugins/event_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace sanad::plugins {
namespace {

using namespace std::chrono_literals;
constexpr auto ample = 10s;

std::uint64_t ns(std::chrono::nanoseconds time) { return static_cast<std::uint64_t>(time.count()); }

struct Told {
    std::uint32_t event;
    std::uint64_t token, arg;
    bool operator==(const Told&) const = default;
};

// A strand that writes down what it is told, or is too busy for the next `busy` times.
class Strand {
public:
    bool take(std::uint32_t event, std::uint64_t token, std::uint64_t arg) {
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
        ++asked_;
        if (busy_ > 0) return --busy_, false;
        told_.push_back({event, token, arg});
        return true;
    }
    std::vector<Told> wait(std::size_t count) {
        std::unique_lock lock(mutex_);
        REQUIRE(changed_.wait_for(lock, ample, [&] { return told_.size() >= count; }));
        return told_;
    }
    void be_busy(int times) {
        const std::lock_guard lock(mutex_);
        busy_ = times;
    }
    int asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int busy_ = 0, asked_ = 0;
    std::vector<Told> told_;
};

struct Waiting {
    Strand strand;
    EventLoop loop{[this](std::uint32_t kind, std::uint64_t token, std::uint64_t arg) {
        return strand.take(kind, token, arg);
    }};
    Descriptor event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};

    void make_readable() const {
        const std::uint64_t one = 1;
        REQUIRE(::write(event.get(), &one, sizeof one) == sizeof one);
    }
};

TEST_CASE("timers are told once, in the order of their times, and not before") {
    Waiting waiting;
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(waiting.loop.start_timer(2, ns(40ms)) == SANAD_OK);
    REQUIRE(waiting.loop.start_timer(1, ns(20ms)) == SANAD_OK);
    CHECK(waiting.strand.wait(2) ==
          std::vector<Told>{{SANAD_EV_TIMER, 1, 0}, {SANAD_EV_TIMER, 2, 0}});
    CHECK(std::chrono::steady_clock::now() - begin >= 40ms);
    CHECK(waiting.loop.stop_timer(1) == SANAD_E_NOT_FOUND);
}

TEST_CASE("a timer that is started again counts anew, and one that is stopped is not told") {
    Waiting waiting;
    REQUIRE(waiting.loop.start_timer(1, ns(1h)) == SANAD_OK);
    REQUIRE(waiting.loop.start_timer(2, ns(1h)) == SANAD_OK);
    REQUIRE(waiting.loop.start_timer(3, ns(10ms)) == SANAD_OK);
    CHECK(waiting.loop.stop_timer(3) == SANAD_OK);
    REQUIRE(waiting.loop.start_timer(1, ns(20ms)) == SANAD_OK);
    CHECK(waiting.strand.wait(1) == std::vector<Told>{{SANAD_EV_TIMER, 1, 0}});
}

TEST_CASE("a descriptor is told once, when it is ready, and again when it is watched again") {
    Waiting waiting;
    REQUIRE(waiting.loop.watch(waiting.event.get(), SANAD_READABLE, 7) == SANAD_OK);
    REQUIRE(waiting.loop.start_timer(1, ns(10ms)) == SANAD_OK);
    CHECK(waiting.strand.wait(1) == std::vector<Told>{{SANAD_EV_TIMER, 1, 0}});
    waiting.make_readable();
    CHECK(waiting.strand.wait(2).back() == Told{SANAD_EV_FD, 7, SANAD_READABLE});
    CHECK(waiting.loop.unwatch(waiting.event.get()) == SANAD_E_NOT_FOUND);
    REQUIRE(waiting.loop.watch(waiting.event.get(), SANAD_READABLE | SANAD_WRITABLE, 8) ==
            SANAD_OK);
    CHECK(waiting.strand.wait(3).back() == Told{SANAD_EV_FD, 8, SANAD_READABLE | SANAD_WRITABLE});
}

TEST_CASE("a descriptor that was forgotten is not told") {
    Waiting waiting;
    REQUIRE(waiting.loop.watch(waiting.event.get(), SANAD_READABLE, 7) == SANAD_OK);
    CHECK(waiting.loop.unwatch(waiting.event.get()) == SANAD_OK);
    waiting.make_readable();
    REQUIRE(waiting.loop.start_timer(1, ns(10ms)) == SANAD_OK);
    CHECK(waiting.strand.wait(1) == std::vector<Told>{{SANAD_EV_TIMER, 1, 0}});
}

TEST_CASE("a descriptor that was closed without a word is told as gone, once") {
    Waiting waiting;
    const int closed = ::eventfd(0, EFD_CLOEXEC);
    REQUIRE(closed >= 0);
    REQUIRE(waiting.loop.watch(closed, SANAD_READABLE, 7) == SANAD_OK);
    ::close(closed);
    REQUIRE(waiting.loop.start_timer(1, 0) == SANAD_OK);  // it looks again
    const auto told = waiting.strand.wait(2);
    CHECK(std::ranges::count(told, Told{SANAD_EV_FD, 7, SANAD_HANGUP}) == 1);
}

TEST_CASE("what a busy strand does not take is told later") {
    Waiting waiting;
    waiting.strand.be_busy(3);
    waiting.make_readable();
    REQUIRE(waiting.loop.watch(waiting.event.get(), SANAD_READABLE, 7) == SANAD_OK);
    CHECK(waiting.strand.wait(1) == std::vector<Told>{{SANAD_EV_FD, 7, SANAD_READABLE}});
    CHECK(waiting.strand.asked() == 4);
}

TEST_CASE("more than can be waited for is refused, and so is what is none") {
    Waiting waiting;
    for (std::uint64_t token = 0; token < timers_max; ++token)
        REQUIRE(waiting.loop.start_timer(token, ns(1h)) == SANAD_OK);
    CHECK(waiting.loop.start_timer(timers_max, ns(1h)) == SANAD_E_FULL);
    CHECK(waiting.loop.start_timer(0, ns(2h)) == SANAD_OK);
    CHECK(waiting.loop.watch(-1, SANAD_READABLE, 1) == SANAD_E_INVALID);
    CHECK(waiting.loop.watch(waiting.event.get(), 0, 1) == SANAD_E_INVALID);
    CHECK(waiting.loop.watch(waiting.event.get(), SANAD_HANGUP, 1) == SANAD_E_INVALID);
}

TEST_CASE("from its end on a loop takes nothing and tells nothing") {
    Waiting waiting;
    REQUIRE(waiting.loop.start_timer(1, ns(1h)) == SANAD_OK);
    waiting.loop.end();
    CHECK(waiting.loop.start_timer(2, 0) == SANAD_E_CLOSED);
    CHECK(waiting.loop.watch(waiting.event.get(), SANAD_READABLE, 7) == SANAD_E_CLOSED);
    CHECK(waiting.strand.asked() == 0);
}

}  // namespace
}  // namespace sanad::plugins
