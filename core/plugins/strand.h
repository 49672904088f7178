#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"

#include <cstddef>
#include <functional>
#include <memory>

namespace sanad::plugins {

inline constexpr std::size_t strand_queue_max = 1024;

/// One worker thread that runs work one after the other: what a plugin instance is called on, so
/// that a call can be given up at its deadline although a thread cannot be ended. threads  any
class Strand {
public:
    using Work = std::function<void()>;

    Strand();
    /// Ends the thread once what is queued is done; a thread that is stuck is left behind, with
    /// what its work holds.
    ~Strand();
    Strand(const Strand&) = delete;
    Strand& operator=(const Strand&) = delete;

    /// Runs `work` and waits for it, at most `limit`. Work that has begun when the limit is over
    /// goes on and must hold everything it needs by itself; work that has not begun is dropped.
    /// From then until the thread comes back the strand is stuck and takes no work. errors expired;
    /// busy: stuck already, or strand_queue_max pieces of work wait
    Result<void> run(Work work, Duration limit);

    /// Queues `work` and does not wait. False: stuck, or strand_queue_max pieces wait.
    bool post(Work work);

    bool stuck() const;

    /// The last work, also when the strand is stuck: it runs when, and if, the thread comes back.
    void post_last(Work work);

private:
    struct Shared;
    std::shared_ptr<Shared> shared_;  // owners: this object and its thread, which may outlive it
};

}  // namespace sanad::plugins
