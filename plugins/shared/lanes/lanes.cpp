#include "plugins/shared/lanes/lanes.h"

#include <optional>
#include <utility>

namespace sanad::lanes {

Lanes::Lanes() {
    for (std::size_t i = 0; i < lanes; ++i) {
        auto& lane = lanes_.emplace_back(std::make_unique<Lane>());
        lane->thread = std::thread([raw = lane.get()] { run(*raw); });
    }
}

bool Lanes::add(std::string_view conversation, Job job) {
    Lane& lane = lane_of(conversation);
    {
        const std::lock_guard lock(lane.mutex);
        if (lane.stopped || lane.jobs.size() >= jobs_max) return false;
        lane.jobs.push_back(std::move(job));
    }
    lane.changed.notify_one();
    return true;
}

void Lanes::add_later(std::string_view conversation, std::chrono::milliseconds wait, Job job) {
    Lane& lane = lane_of(conversation);
    {
        const std::lock_guard lock(lane.mutex);
        if (lane.stopped) return;
        lane.delayed.emplace(Clock::now() + wait, std::move(job));
    }
    lane.changed.notify_one();
}

std::size_t Lanes::waiting() const {
    std::size_t count = 0;
    for (const auto& lane : lanes_) {
        const std::lock_guard lock(lane->mutex);
        count += lane->jobs.size() + (lane->busy ? 1 : 0);
    }
    return count;
}

void Lanes::stop() {
    for (const auto& lane : lanes_) {
        const std::lock_guard lock(lane->mutex);
        lane->stopped = true;
        lane->jobs.clear();
        lane->delayed.clear();
        lane->changed.notify_one();
    }
    for (const auto& lane : lanes_)
        if (lane->thread.joinable()) lane->thread.join();
}

// A conversation's name is a hash: any byte of it spreads evenly.
Lanes::Lane& Lanes::lane_of(std::string_view conversation) {
    return *lanes_[static_cast<unsigned char>(conversation.back()) % lanes];
}

void Lanes::run(Lane& lane) {
    std::unique_lock lock(lane.mutex);
    while (!lane.stopped) {
        while (!lane.delayed.empty() && lane.delayed.begin()->first <= Clock::now())
            lane.jobs.push_back(std::move(lane.delayed.extract(lane.delayed.begin()).mapped()));
        if (lane.jobs.empty()) {
            if (lane.delayed.empty()) {
                lane.changed.wait(lock);
            } else {
                const auto next = lane.delayed.begin()->first;  // a copy: stop() clears the map
                lane.changed.wait_until(lock, next);
            }
            continue;
        }
        Job job = std::move(lane.jobs.front());
        lane.jobs.pop_front();
        lane.busy = true;
        lock.unlock();
        job();
        job = nullptr;
        lock.lock();
        lane.busy = false;
    }
}

}  // namespace sanad::lanes
