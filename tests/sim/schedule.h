#pragma once

#include "core/base/clock.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace sanad::sim {

/// Simulated time: what will happen, in order. Nothing else makes time pass.
class Schedule {
public:
    Duration now() const { return now_; }

    void after(Duration wait, std::function<void()> work) {
        queue_.emplace(std::pair(now_ + wait, next_++), std::move(work));
    }

    /// Lets the next thing happen, unless it is later than `until`.
    bool step(Duration until) {
        if (queue_.empty() || queue_.begin()->first.first > until) return false;
        auto first = queue_.extract(queue_.begin());
        now_ = first.key().first;
        first.mapped()();
        return true;
    }

    /// Time passes up to `until` with nothing in it: step() found nothing more.
    void pass(Duration until) { now_ = std::max(now_, until); }

private:
    Duration now_{0};
    std::uint64_t next_ = 0;  // of two at one time, the older goes first
    std::map<std::pair<Duration, std::uint64_t>, std::function<void()>> queue_;
};

/// The clock of one machine: its wall clock may be wrong, and its other clock began some time ago.
class MachineClock final : public Clock {
public:
    MachineClock(const Schedule& schedule, Duration skew, Duration up_since)
        : schedule_(schedule), skew_(skew), up_since_(up_since) {}

    Time now() const override { return Time{1'795'485'600'000} + schedule_.now() + skew_; }
    Duration elapsed() const override { return schedule_.now() + up_since_; }
    /// Somebody sets the wall clock.
    void jump(Duration span) { skew_ += span; }

private:
    const Schedule& schedule_;
    Duration skew_;
    Duration up_since_;
};

}  // namespace sanad::sim
