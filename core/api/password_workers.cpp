#include "core/api/password_workers.h"

#include <utility>

namespace sanad::api {

PasswordWorkers::~PasswordWorkers() {
    std::vector<std::jthread> threads;
    {
        const std::lock_guard lock(mutex_);
        threads.swap(threads_);
    }
    for (auto& thread : threads) thread.request_stop();
    threads.clear();  // joins them
    for (const auto& waiting : waiting_) waiting.job(fail(Fault::closed, "passwords"));
}

Result<void> PasswordWorkers::submit(Job job) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= waiting_max) return fail(Fault::busy, "passwords");
    while (threads_.size() < at_once)
        threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
    waiting_.push_back({std::move(job), clock_.elapsed() + wait_max});
    more_.notify_one();
    return {};
}

void PasswordWorkers::run(const std::stop_token& stop) {
    for (;;) {
        Waiting next;
        {
            std::unique_lock lock(mutex_);
            if (!more_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
            if (stop.stop_requested()) return;
            next = std::move(waiting_.front());
            waiting_.pop_front();
        }
        if (clock_.elapsed() > next.until)
            next.job(fail(Fault::busy, "passwords"));
        else
            next.job({});
    }
}

}  // namespace sanad::api
