#include "plugins/storage/postgres/sessions.h"

#include <sanad/message.hpp>

#include <utility>

namespace sanad::postgres {

namespace {

constexpr std::size_t idle_max = 8;

}  // namespace

Sessions::Pause::Pause(Sessions& sessions) : sessions_(sessions) {
    const std::lock_guard lock(sessions_.mutex_);
    sessions_.paused_ = true;
}

Sessions::Pause::~Pause() {
    const std::lock_guard lock(sessions_.mutex_);
    sessions_.paused_ = false;
    sessions_.changed_.notify_all();
}

bool Sessions::enter() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !paused_; });
    if (open_ >= settings_.snapshots_max) return false;
    ++open_;
    return true;
}

void Sessions::leave(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    --open_;
    if (connection && idle_.size() < idle_max) idle_.push_back(std::move(connection));
}

std::unique_ptr<Connection> Sessions::take_idle() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return nullptr;
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
}

sanad_status Sessions::begin(std::unique_ptr<Snapshot>& snapshot) {
    if (!enter()) return SANAD_E_BUSY;
    // A session that was left may have ended since, with its server: then the next is tried.
    for (;;) {
        auto connection = take_idle();
        const bool is_fresh = !connection;
        try {
            if (is_fresh)
                connection =
                    std::make_unique<Connection>(settings_, "sanad-view:" + settings_.schema);
        } catch (const plugin::Error&) {
            leave(nullptr);
            return SANAD_E_BUSY;
        }
        snapshot = std::make_unique<Snapshot>(std::move(connection), settings_.answer);
        const sanad_status begun = snapshot->begin();
        if (begun == SANAD_OK) return SANAD_OK;
        snapshot.reset();
        if (begun == SANAD_E_CLOSED && !is_fresh) continue;
        leave(nullptr);
        return begun == SANAD_E_CLOSED ? SANAD_E_BUSY : while_open(begun);
    }
}

void Sessions::end(std::unique_ptr<Snapshot> snapshot) { leave(snapshot->end()); }

}  // namespace sanad::postgres
