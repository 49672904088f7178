#include "core/plugins/strand.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace sanad::plugins {

namespace {

struct Item {
    Strand::Work work;
    enum class Phase : std::uint8_t { waiting, running, done } phase = Phase::waiting;
};

}  // namespace

struct Strand::Shared {
    std::mutex mutex;  // guards all below but thread
    std::condition_variable changed;
    std::deque<std::shared_ptr<Item>> queue;  // owners: the queue and who waits for the work
    bool closing = false;
    bool stuck = false;
    std::thread thread;

    void work() {
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return closing || !queue.empty(); });
            if (queue.empty()) return;
            const auto item = queue.front();
            queue.pop_front();
            item->phase = Item::Phase::running;
            lock.unlock();
            item->work();
            item->work = nullptr;  // what it held ends here, on this thread
            lock.lock();
            item->phase = Item::Phase::done;
            stuck = false;
            changed.notify_all();
        }
    }

    // The mutex is held. Null: no more work is taken.
    std::shared_ptr<Item> add(Work work) {
        if (stuck || queue.size() >= strand_queue_max) return nullptr;
        queue.push_back(std::make_shared<Item>(std::move(work)));
        changed.notify_all();
        return queue.back();
    }
};

Strand::Strand() : shared_(std::make_shared<Shared>()) {
    shared_->thread = std::thread([shared = shared_] { shared->work(); });
}

Strand::~Strand() {
    bool left_behind = false;
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->closing = true;
        left_behind = shared_->stuck;
        shared_->changed.notify_all();
    }
    if (left_behind)
        shared_->thread.detach();
    else
        shared_->thread.join();
}

Result<void> Strand::run(Work work, Duration limit) {
    std::unique_lock lock(shared_->mutex);
    const auto item = shared_->add(std::move(work));
    if (!item) return fail(Fault::busy, "the plugin takes no calls now");
    if (shared_->changed.wait_for(lock, limit, [&] { return item->phase == Item::Phase::done; }))
        return {};
    if (item->phase == Item::Phase::waiting)
        std::erase(shared_->queue, item);
    else
        shared_->stuck = true;
    return fail(Fault::expired, "the plugin did not answer in time");
}

bool Strand::post(Work work) {
    const std::lock_guard lock(shared_->mutex);
    return shared_->add(std::move(work)) != nullptr;
}

bool Strand::stuck() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->stuck;
}

void Strand::post_last(Work work) {
    const std::lock_guard lock(shared_->mutex);
    shared_->queue.push_back(std::make_shared<Item>(std::move(work)));
    shared_->changed.notify_all();
}

}  // namespace sanad::plugins
