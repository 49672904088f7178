#pragma once

#include "plugins/channels/phone/calls/lines.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace sanad::phone {

/// Telephone lines in memory: what was asked of each leg stands here, and time passes when the test
/// says so.
class FakeLines final : public Lines {
public:
    struct Leg {
        std::string device;  // that is rung; empty: a person's
        std::string number;  // that is called back
        bool answered = false;
        std::uint32_t playing = 0;  // the id; 0: nothing
        bool loop = false;
        LegId joined{};
        std::optional<Part> part;
        bool over = false;
    };

    void post(std::function<void()> work) override {
        const std::lock_guard lock(mutex_);
        posted_.push_back(std::move(work));
        changed_.notify_all();
    }
    void after(std::chrono::milliseconds wait, std::function<void()> work) override {
        timers_.emplace(now_ + wait, std::move(work));
    }
    void answer(LegId leg) override { legs[leg].answered = true; }
    void refuse(LegId leg, Refusal why) override {
        legs[leg].over = true;
        refused.push_back(why);
    }
    void play(LegId leg, std::uint32_t id, std::vector<std::shared_ptr<const Prompt>>,
              bool loop) override {
        legs[leg].playing = id;
        legs[leg].loop = loop;
        legs[leg].joined = LegId::none;
    }
    void stop_playing(LegId leg) override { legs[leg].playing = 0; }
    void listen(LegId, bool) override {}
    void part(LegId leg) override { legs[leg].joined = LegId::none; }
    void hang_up(LegId leg) override { legs[leg].over = true; }
    std::vector<std::string> devices() const override {
        return {registered.begin(), registered.end()};
    }
    LegId ring(const std::string& device, const std::string&, std::chrono::seconds) override {
        if (!registered.contains(device)) return LegId::none;
        const LegId leg = next();
        legs[leg].device = device;
        return leg;
    }
    LegId call_out(const CallOut& to, std::chrono::seconds) override {
        if (!may_call_out) return LegId::none;
        const LegId leg = next();
        legs[leg].number = to.number;
        return leg;
    }
    void join(LegId person, LegId device) override {
        legs[person].joined = device;
        legs[device].joined = person;
        legs[person].playing = 0;
    }
    void take_part(LegId person, LegId supervisor, Part part) override {
        legs[supervisor].joined = person;
        legs[supervisor].part = part;
    }

    LegId next() { return static_cast<LegId>(++last_); }

    /// Runs what was posted, until `truth` holds. False: nothing comes any more.
    template <typename Truth>
    bool until(Truth truth) {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!truth()) {
            std::function<void()> work;
            {
                std::unique_lock lock(mutex_);
                if (!changed_.wait_until(lock, limit, [this] { return !posted_.empty(); }))
                    return false;
                work = std::move(posted_.front());
                posted_.erase(posted_.begin());
            }
            work();
        }
        return true;
    }
    /// Lets time pass.
    void pass(std::chrono::milliseconds time) {
        const auto to = now_ + time;
        while (!timers_.empty() && timers_.begin()->first <= to) {
            auto first = timers_.extract(timers_.begin());
            now_ = first.key();
            first.mapped()();
        }
        now_ = to;
    }
    /// The leg that rings this device; none: it is not being rung.
    LegId rings(const std::string& device) const {
        for (const auto& [id, leg] : legs)
            if (leg.device == device && !leg.over) return id;
        return LegId::none;
    }

    std::map<LegId, Leg> legs;
    std::vector<Refusal> refused;
    std::set<std::string> registered;
    bool may_call_out = true;

private:
    std::uint32_t last_ = 0;
    std::chrono::milliseconds now_{0};
    std::multimap<std::chrono::milliseconds, std::function<void()>> timers_;
    std::mutex mutex_;  // guards posted_
    std::condition_variable changed_;
    std::vector<std::function<void()>> posted_;
};

}  // namespace sanad::phone
