#include "core/plugins/call_workers.h"

#include <utility>

namespace sanad::plugins {

CallWorkers::~CallWorkers() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        changed_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
}

bool CallWorkers::add(Work work) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= calls_waiting_max) return false;
    waiting_.push_back(std::move(work));
    if (idle_ < waiting_.size() && threads_.size() < call_workers_max)
        threads_.emplace_back([this] { run(); });
    changed_.notify_one();
    return true;
}

void CallWorkers::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
        --idle_;
        if (closing_) return;
        Work work = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        work();
        work = nullptr;
        lock.lock();
    }
}

}  // namespace sanad::plugins
