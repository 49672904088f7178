#pragma once

#include "core/store/engine.h"
#include "core/store/records.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sanad::store {

/// Something changed: which thing, and the name of the change. Never what was written.
struct Event {
    Time at;
    std::string name;  // such as "contact.message", "referral.changed", "link.receipted"
    std::array<std::uint8_t, 16> subject{};
    std::string peer{};          // where a peer or a plugin instance is concerned
    std::uint64_t number = 0;    // a sequence number or a log size, where the name has one
    std::uint64_t sequence = 0;  // its place in the feed, from 1; set by the feed
    std::string who{};  // members of staff it is for, with commas; empty: whoever it concerns
};

/// The live feed of events: numbered, durable, and kept for `kept_events_max`, so that a desk that
/// was away goes on from where it was.
class Feed final : public Engine::Participant {
public:
    static constexpr std::uint64_t kept_events_max = 100'000;
    using Subscriber = std::function<void(const std::vector<Event>&)>;

    static Result<std::unique_ptr<Feed>> open(Store& store, Records& records);

    /// Drafts the event. threads  engine
    void emit(Draft& draft, Event event);

    /// Called with the events of each commit, on the engine's thread. Before the first command.
    void subscribe(Subscriber subscriber) { subscribers_.push_back(std::move(subscriber)); }

    /// The sequence of the newest event on disk. Before the first command.
    std::uint64_t newest() const { return durable_last_; }

    /// Events with a sequence above `after`, at most `limit`. threads  any
    Result<std::vector<Event>> read(Snapshot& from, std::uint64_t after, std::uint32_t limit);

    Result<void> before_commit(Transaction& transaction) override;
    void committed() override;
    void rolled_back() override;

    Feed(Records& records, SealedTable events) : records_(records), events_(std::move(events)) {}

private:
    Records& records_;
    SealedTable events_;  // sequence, big-endian -> FeedEvent
    std::uint64_t last_ = 0;
    std::uint64_t durable_last_ = 0;
    std::vector<Event> fresh_;
    std::vector<Subscriber> subscribers_;
};

}  // namespace sanad::store
