#pragma once

#include "core/api/node_control.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/node/configuration.h"
#include "core/store/store.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sanad::node {

/// Makes this node's backups, on a thread of its own, while everybody works: when one is due, and
/// when somebody asks. Each holds the store as it is at one moment, and the files of the data
/// folder as they are after it; it is under its name when it is whole and on disk. Then the oldest
/// beyond `keep` go.
class Backups {
public:
    /// All of it outlives the backups.
    struct Parts {
        const Configuration& configuration;
        store::Store& store;
        const Clock& clock;
        Log& log;
        std::function<void(const char* event)> tell;  // backup.made, backup.failed. threads  own
    };
    explicit Backups(Parts parts);

    /// Begins one. errors  not_found: no key · busy: one is being made. threads  any
    Result<void> request();

    /// How they go, and those that are there, the newest first. threads  any
    api::NodeControl::Backups state() const;

    using Backup = api::NodeControl::Backup;
    /// The backups of a folder, the newest first; none where there is no folder.
    static std::vector<Backup> find(const BackupSettings& settings, const NodeId& node);

private:
    static constexpr std::chrono::minutes look_each{1};

    void run(const std::stop_token& stop);
    bool is_due() const;
    Result<void> make(const std::stop_token& stop);
    void remove_unfinished();
    void remove_old();

    Parts parts_;
    mutable std::mutex mutex_;  // guards the next four
    std::condition_variable_any asked_;
    bool requested_ = false, running_ = false;
    std::uint64_t bytes_ = 0;
    std::string fault_;
    std::jthread thread_;  // last: it ends before what it uses
};

}  // namespace sanad::node
