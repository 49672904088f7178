#pragma once

#include "plugins/storage/postgres/connection.h"
#include "plugins/storage/postgres/transaction.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace sanad::postgres {

/// The sessions for views: each view has one to itself, and leaves it for the next. threads  any
class Sessions {
public:
    explicit Sessions(const Settings& settings) : settings_(settings) {}

    /// A view of this moment. Waits while there is a compaction.
    /// returns  SANAD_OK; SANAD_E_BUSY: too many are open, or the server is away
    sanad_status begin(std::unique_ptr<Snapshot>& snapshot);
    void end(std::unique_ptr<Snapshot> snapshot);

    /// While one of these lives no view begins.
    class Pause {
    public:
        explicit Pause(Sessions& sessions);
        ~Pause();
        Pause(const Pause&) = delete;
        Pause& operator=(const Pause&) = delete;

    private:
        Sessions& sessions_;
    };

private:
    std::unique_ptr<Connection> take_idle();
    bool enter();
    void leave(std::unique_ptr<Connection> connection);

    const Settings settings_;
    std::mutex mutex_;  // guards everything below
    std::condition_variable changed_;
    bool paused_ = false;
    std::size_t open_ = 0;
    std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace sanad::postgres
