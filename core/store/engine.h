#pragma once

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/store/draft.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <vector>

namespace sanad::store {

/// The one writer. Producers submit commands; the engine takes all that wait, runs them in one
/// transaction, syncs once, and only then answers each of them.
///
/// A command is work on a Draft: it reads, decides, and either drafts its writes or fails and
/// leaves nothing. It must be pure but for its Draft, since the group runs again when the store
/// reports a conflict.
class Engine {
public:
    using Work = std::move_only_function<Result<void>(Draft&)>;
    using Done = std::move_only_function<void(const Result<void>&)>;

    /// Whether a command starts a transaction or may ride in the next one, at most lazy_wait later.
    enum class When : std::uint8_t { now, lazy };

    /// Holds state in memory that belongs to the transaction: the ends of logs, next numbers.
    class Participant {
    public:
        virtual ~Participant() = default;
        /// Writes what changed in memory since the last commit. threads  engine
        virtual Result<void> before_commit(Transaction& transaction) = 0;
        /// Everything is on disk. threads  engine
        virtual void committed() = 0;
        /// Nothing is: forget what changed, and read it from the store again. threads  engine
        virtual void rolled_back() = 0;
    };

    static constexpr std::size_t queue_commands_max = 65'536;
    static constexpr std::size_t group_commands_max = 4'096;
    static constexpr std::chrono::microseconds lazy_wait{200};

    Engine(Store& store, Log& log) : store_(store), log_(log) {}

    /// Before the first command. `participant` outlives the engine.
    void add(Participant& participant) { participants_.push_back(&participant); }

    /// Queues a command. `done` is called exactly once, on the engine's thread, after the commit or
    /// the failure; when submit itself fails, it is never called.
    /// errors  exhausted: the queue is full · closed: the store failed, or the node is stopping
    /// threads  any
    Result<void> submit(Work work, Done done, When when = When::now);

    /// Runs everything that waits now, in one transaction; returns how many commands that were.
    /// errors  those of the store; every command of the group has got the same error
    /// threads  engine
    Result<std::size_t> run_once();

    /// Waits for commands and runs them until asked to stop; what waits then is still run. `idle`
    /// is called before each wait and returns how long it may last. threads  engine
    void run(const std::stop_token& stop, const std::function<Duration()>& idle);

    /// No error, or why the engine accepts nothing any more: the disk failed under it. threads  any
    Result<void> health() const;

    /// As health(); and from the first group that found no room on, that, until somebody has tried
    /// and found_room(): what is small may find some long before what is not. threads  any
    Result<void> condition() const;
    void found_room();

    /// How many transactions have been committed. threads  any
    std::uint64_t commits() const;

private:
    struct Command {
        Work work;
        Done done;
        Result<void> result;
    };

    Result<void> run_group(std::vector<Command>& group);
    Result<void> commit_group(std::vector<Command>& group);
    void answer(std::vector<Command>& group);

    Store& store_;
    Log& log_;
    std::vector<Participant*> participants_;

    mutable std::mutex mutex_;  // guards everything below
    std::condition_variable_any waiting_;
    std::vector<Command> queue_;
    bool urgent_ = false;  // some command in the queue is not lazy
    Result<void> health_;
    Result<void> room_;  // or that there is none
    std::uint64_t commits_ = 0;
};

}  // namespace sanad::store
