#include "core/store/engine.h"

#include <algorithm>
#include <iterator>

namespace sanad::store {
namespace {

constexpr int conflict_tries_max = 8;

}  // namespace

Result<void> Engine::submit(Work work, Done done, When when) {
    {
        const std::lock_guard lock(mutex_);
        if (!health_) return health_;
        if (queue_.size() >= queue_commands_max) return fail(Fault::exhausted, "command queue");
        const bool first = queue_.empty();
        queue_.push_back({std::move(work), std::move(done), {}});
        const bool presses = when == When::now && !urgent_;
        urgent_ = urgent_ || presses;
        if (!first && !presses) return {};
    }
    waiting_.notify_one();
    return {};
}

Result<std::size_t> Engine::run_once() {
    std::vector<Command> group;
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() <= group_commands_max) {
            group.swap(queue_);
            urgent_ = false;
        } else {
            const auto end = queue_.begin() + group_commands_max;
            group.assign(std::move_iterator(queue_.begin()), std::move_iterator(end));
            queue_.erase(queue_.begin(), end);
        }
    }
    if (group.empty()) return 0;
    const auto committed = commit_group(group);
    answer(group);
    if (!committed) return std::unexpected(committed.error());
    return group.size();
}

void Engine::run(const std::stop_token& stop, const std::function<Duration()>& idle) {
    for (;;) {
        const Duration wait = idle();
        {
            std::unique_lock lock(mutex_);
            waiting_.wait_for(lock, stop, wait, [this] { return !queue_.empty(); });
            // Lazy commands wait a moment for company.
            if (!queue_.empty() && !urgent_)
                waiting_.wait_for(lock, stop, lazy_wait, [this] { return urgent_; });
            if (stop.stop_requested() && queue_.empty()) return;
        }
        if (const auto ran = run_once(); !ran)
            log_.error("engine.commit_failed",
                       {{"fault", name(ran.error().fault)}, {"detail", ran.error().detail}});
    }
}

Result<void> Engine::health() const {
    const std::lock_guard lock(mutex_);
    return health_;
}

Result<void> Engine::condition() const {
    const std::lock_guard lock(mutex_);
    return health_ ? room_ : health_;
}

void Engine::found_room() {
    const std::lock_guard lock(mutex_);
    room_ = {};
}

std::uint64_t Engine::commits() const {
    const std::lock_guard lock(mutex_);
    return commits_;
}

// Runs the whole group again on a conflict; any other failure of the store is everybody's.
Result<void> Engine::commit_group(std::vector<Command>& group) {
    Result<void> committed;
    for (int tries = 0; tries < conflict_tries_max; ++tries) {
        committed = run_group(group);
        if (committed) break;
        for (auto* participant : participants_) participant->rolled_back();
        if (committed.error().fault != Fault::conflict) break;
    }
    if (committed) {
        for (auto* participant : participants_) participant->committed();
        const std::lock_guard lock(mutex_);
        ++commits_;
        return {};
    }
    for (auto& command : group) command.result = committed;
    // A full disk may have room again; a store that lost a write is not to be trusted with another.
    const std::lock_guard lock(mutex_);
    if (committed.error().fault == Fault::io) health_ = committed;
    if (committed.error().fault == Fault::exhausted) room_ = committed;
    return committed;
}

Result<void> Engine::run_group(std::vector<Command>& group) {
    auto transaction = store_.begin();
    if (!transaction) return std::unexpected(transaction.error());
    for (auto& command : group) {
        Draft draft(**transaction);
        command.result = command.work(draft);
        if (!command.result && draft.applied()) return command.result;
        if (!command.result) continue;
        if (const auto applied = draft.apply(); !applied) return applied;
    }
    for (auto* participant : participants_)
        if (const auto written = participant->before_commit(**transaction); !written)
            return written;
    return (*transaction)->commit();
}

void Engine::answer(std::vector<Command>& group) {
    for (auto& command : group)
        if (command.done) command.done(command.result);
}

}  // namespace sanad::store
