#pragma once

#include "plugins/storage/postgres/connection.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace sanad::postgres {

/// A session of its own that says every second, by using the server at all, that this process
/// lives: a standby looks at when it did so last. It also learns when another node took the store.
class Beat {
public:
    explicit Beat(const Settings& settings) : settings_(settings) {}
    ~Beat();
    Beat(const Beat&) = delete;
    Beat& operator=(const Beat&) = delete;

    /// From now on it speaks for that session of the writer. Before the lock is taken, so that
    /// nobody ever holds it in silence. throws  sanad::plugin::Error as Connection does
    void speak_for(std::int32_t backend);
    /// The epoch under which this process writes; starts the thread.
    void start(std::int64_t epoch);

    /// Another node has taken the store. threads  any
    bool is_replaced() const { return replaced_; }

private:
    void beat(const std::stop_token& stop);
    void beat_once();
    void connect();

    const Settings settings_;
    std::mutex mutex_;  // guards the two below
    std::unique_ptr<Connection> connection_;
    std::int32_t backend_ = 0;
    std::atomic<std::int64_t> epoch_ = 0;
    std::atomic<bool> replaced_ = false;
    std::jthread thread_;
};

/// The name of a beat's session in pg_stat_activity.
std::string beat_name(const Settings& settings, std::int32_t backend);

}  // namespace sanad::postgres
