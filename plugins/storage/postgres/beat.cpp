#include "plugins/storage/postgres/beat.h"

#include <sanad/message.hpp>

#include <condition_variable>

namespace sanad::postgres {

namespace {

constexpr std::chrono::seconds beat_each{1};
constexpr std::chrono::seconds beat_limit{5};
constexpr const char* beat_sql = "SELECT epoch FROM store";
constexpr const char* name_sql = "SELECT set_config('application_name', $1::text, false)";

}  // namespace

std::string beat_name(const Settings& settings, std::int32_t backend) {
    return "sanad-beat:" + settings.schema + ":" + std::to_string(backend);
}

Beat::~Beat() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
}

void Beat::connect() {
    connection_ = std::make_unique<Connection>(settings_, beat_name(settings_, backend_));
}

void Beat::speak_for(std::int32_t backend) {
    const std::lock_guard lock(mutex_);
    backend_ = backend;
    if (connection_ && connection_->is_alive()) {
        Batch batch;
        batch.add(name_sql, Parameters().text(beat_name(settings_, backend_)));
        if (connection_->run(batch, beat_limit).status == SANAD_OK) return;
    }
    connect();
}

void Beat::start(std::int64_t epoch) {
    epoch_ = epoch;
    thread_ = std::jthread([this](const std::stop_token& stop) { beat(stop); });
}

void Beat::beat(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        beat_once();
        stopped.wait_for(lock, stop, beat_each, [] { return false; });
    }
}

// A server that is away is the writer's matter: here the next beat tries again.
void Beat::beat_once() {
    const std::lock_guard lock(mutex_);
    try {
        if (!connection_ || !connection_->is_alive()) connect();
        Batch batch;
        batch.add(beat_sql);
        const Answers answers = connection_->run(batch, beat_limit);
        if (answers.status != SANAD_OK || answers.rows[0].count() != 1) return;
        if (answers.rows[0].int8(0, 0) != epoch_) replaced_ = true;
    } catch (const plugin::Error&) {
        connection_.reset();
    }
}

}  // namespace sanad::postgres
