#pragma once

#include "core/base/counters.h"
#include "core/federation/applier.h"
#include "core/federation/link_logs.h"
#include "core/store/feed.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::federation {

/// Where entries go that are valid in their log but cannot be applied: they are kept with a reason,
/// answered with a refusal entry, and a person is told. They never block their log.
/// threads  engine
class Parking final : public Applier {
public:
    /// All of it outlives the parking.
    struct Parts {
        store::Records& records;
        store::Feed& feed;
        LinkLogs& logs;
        Counters& counters;
    };

    static Result<std::unique_ptr<Parking>> open(store::Store& store, Parts parts);

    static constexpr std::string_view unreadable = "unreadable";

    /// Parks the entry for `reason`, a code, and refuses it. Of entries one after the other that
    /// cannot be opened the first alone is refused: two nodes that both lost their keys would
    /// otherwise refuse each other's refusals for ever. One that was parked before stays as it is,
    /// and nothing is said of it again. returns  the key it is kept under: of what it is about, or the node's; or
    /// parked_owner
    Result<KeyId> park(store::Draft& draft, const ReceivedEntry& entry, std::string_view reason,
                       Time now);

    /// Whether an entry is about something that was erased; what is said about the erasure itself,
    /// and refusals, are not.
    bool is_about_erased(store::Snapshot& from, const Body& body) const;

    /// Answers with a refusal entry, and no more: for what is kept elsewhere.
    Result<void> refuse(store::Draft& draft, const ReceivedEntry& entry, std::string_view reason,
                        Time now);

    /// A peer's refusal of an entry of ours. One that cannot be read is not answered, so that two
    /// nodes never refuse each other's refusals.
    Result<KeyId> apply(store::Draft& draft, const ReceivedEntry& entry, Time now) override;

    /// A refusal of ours that came back: the same entry, when it comes again, is not refused twice.
    Result<KeyId> apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) override;

    /// One entry of a log that is parked.
    struct Parked {
        std::uint64_t index = 0;
        std::string reason;
    };
    /// What is parked of a peer's log, in its order, from `first` on, at most `limit`.
    /// threads  any
    Result<std::vector<Parked>> list(store::Snapshot& from, const LaneId& lane, std::uint64_t first,
                                     std::uint32_t limit);
    /// The peers of whom anything is parked. threads  any
    Result<std::vector<NodeId>> peers(store::Snapshot& from);
    /// Takes out what has been applied after all.
    Result<void> take_out(store::Draft& draft, const LaneId& lane, std::uint64_t index);

    Parking(Parts parts, store::SealedTable parked, store::SealedTable refused)
        : parts_(parts), parked_(std::move(parked)), refused_(std::move(refused)) {}

private:
    KeyId owner_of(store::Snapshot& from, const ReceivedEntry& entry) const;
    Result<bool> follows_unreadable(store::Snapshot& from, const ReceivedEntry& entry);

    Parts parts_;
    store::SealedTable parked_;   // lane, index -> ParkedRecord
    store::SealedTable refused_;  // lane, index -> nothing: refused before our log was restored
};

}  // namespace sanad::federation
