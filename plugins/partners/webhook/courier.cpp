#include "plugins/partners/webhook/courier.h"

#include "plugins/partners/webhook/crypto.h"
#include "plugins/partners/webhook/schedule.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace sanad::webhook {
namespace {

using plugin::Outcome;
using plugin::schema::HealthReply;

std::int64_t wall_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

double random_chance() {
    double chance = 0;
    for (const char byte : random_bytes(4))
        chance = (chance + static_cast<unsigned char>(byte)) / 256;
    return chance;
}

bool is_final(const Outcome& outcome) {
    return outcome.result != plugin::schema::Outcome::Result::RETRY;
}

}  // namespace

Outcome judge(const std::expected<http::ClientResponse, http::ClientFault>& answer,
              std::uint32_t attempt, std::int64_t now_s, double chance) {
    if (!answer)
        return Outcome::retry(wait_after(attempt, chance), std::string(name(answer.error())));
    const std::string code = "http_" + std::to_string(answer->status);
    if (answer->status >= 200 && answer->status <= 299) return Outcome::accepted();
    if (answer->status == 410) return Outcome::rejected(code);
    if (answer->status == 429 || answer->status == 503)
        if (const std::string* text = answer->header("Retry-After"))
            if (const auto asked = parse_retry_after(*text, now_s))
                return Outcome::retry(wait_as_asked(*asked, chance), code);
    return Outcome::retry(wait_after(attempt, chance), code);
}

class Courier::State {
public:
    State(const Settings& settings, std::chrono::milliseconds waits)
        : settings_(settings), waits_(waits), client_(settings.client) {
        for (std::size_t at = 0; at < couriers; ++at) threads_.emplace_back([this] { work(); });
    }

    ~State() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        client_.cancel();
        changed_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }

    Outcome deliver(const Parcel& parcel) {
        std::unique_lock lock(mutex_);
        if (disabled_) return Outcome::rejected("endpoint_disabled");
        auto found = entries_.find(parcel.delivery_id);
        const bool waiting = found != entries_.end() && found->second.stage != Stage::idle;
        if (!waiting) {
            if (draining_) return Outcome::retry(ask_again, "draining");
            if (found == entries_.end() && !make_room()) return Outcome::retry(ask_again, "busy");
            Entry& entry = entries_[parcel.delivery_id];
            entry.stage = Stage::queued;
            entry.parcel = parcel;
            entry.parcel.attempt -= std::min(entry.postponed, parcel.attempt - 1);
            queue_.push_back(parcel.delivery_id);
            changed_.notify_all();
        }
        return wait(lock, parcel.delivery_id);
    }

    bool drain() {
        const std::lock_guard lock(mutex_);
        draining_ = true;
        return busy() == 0;
    }

    plugin::Health health() {
        const std::lock_guard lock(mutex_);
        const auto state = disabled_         ? HealthReply::State::FAILED
                           : reason_.empty() ? HealthReply::State::OK
                                             : HealthReply::State::DEGRADED;
        return {state, reason_, static_cast<std::uint32_t>(busy())};
    }

private:
    enum class Stage { idle, queued, sending, done };
    struct Entry {
        Stage stage = Stage::idle;
        Parcel parcel;
        Outcome outcome;              // when done
        std::uint32_t postponed = 0;  // answers "under_way", which the node counted as tries
    };

    // All below with the mutex held, but send.

    std::size_t busy() const {
        std::size_t count = 0;
        for (const auto& [id, entry] : entries_)
            count += entry.stage == Stage::queued || entry.stage == Stage::sending;
        return count;
    }

    /// Forgets how often an idle parcel was postponed, before it refuses a new one.
    bool make_room() {
        if (entries_.size() < parcels_max) return true;
        return std::erase_if(entries_, [](const auto& entry) {
                   return entry.second.stage == Stage::idle;
               }) > 0;
    }

    Outcome wait(std::unique_lock<std::mutex>& lock, const std::string& id) {
        Entry& entry = entries_.at(id);
        const bool done =
            changed_.wait_for(lock, waits_, [&] { return entry.stage == Stage::done; });
        if (!done) {
            ++entry.postponed;
            return Outcome::retry(ask_again, "under_way");
        }
        Outcome outcome = std::move(entry.outcome);
        entry.stage = Stage::idle;
        if (is_final(outcome) || entry.postponed == 0) entries_.erase(id);
        return outcome;
    }

    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
            if (stopping_) return;
            Entry& entry = entries_.at(queue_.front());  // stays where it is until it is done
            queue_.pop_front();
            entry.stage = Stage::sending;
            lock.unlock();
            Outcome outcome = send(entry.parcel);
            lock.lock();
            if (outcome.result == plugin::schema::Outcome::Result::REJECTED) disabled_ = true;
            reason_ = outcome.reason;
            entry.outcome = std::move(outcome);
            entry.stage = Stage::done;
            changed_.notify_all();
        }
    }

    Outcome send(const Parcel& parcel) {
        const std::int64_t now_s = wall_seconds();
        http::ClientRequest request;
        request.url = settings_.endpoint;
        request.headers = {
            {"Content-Type", "application/json; charset=utf-8"},
            {"webhook-id", parcel.delivery_id},
            {"webhook-timestamp", std::to_string(now_s)},
            {"webhook-signature", sign(settings_.seed, parcel.delivery_id, now_s, parcel.body)}};
        request.body = parcel.body;
        return judge(client_.send(request), parcel.attempt, wall_seconds(), random_chance());
    }

    const Settings& settings_;
    const std::chrono::milliseconds waits_;
    http::Client client_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Entry> entries_;  // by delivery id
    std::deque<std::string> queue_;
    bool disabled_ = false;  // the partner said 410: until the node is configured again
    bool draining_ = false;
    bool stopping_ = false;
    std::string reason_;  // of the newest failure; empty after a success
    std::vector<std::thread> threads_;
};

Courier::Courier(const Settings& settings, std::chrono::milliseconds waits)
    : state_(std::make_unique<State>(settings, waits)) {}
Courier::~Courier() = default;
Outcome Courier::deliver(const Parcel& parcel) { return state_->deliver(parcel); }
bool Courier::drain() { return state_->drain(); }
plugin::Health Courier::health() { return state_->health(); }

}  // namespace sanad::webhook
