#pragma once

#include "core/base/counters.h"
#include "core/federation/applier.h"
#include "core/federation/link_logs.h"
#include "core/store/feed.h"

#include <memory>
#include <string_view>

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

    /// Parks the entry for `reason`, a code, and refuses it. returns  the key it is kept under
    Result<KeyId> park(store::Draft& draft, const ReceivedEntry& entry, std::string_view reason,
                       Time now);

    /// Answers with a refusal entry, and no more: for what is kept elsewhere.
    Result<void> refuse(store::Draft& draft, const ReceivedEntry& entry, std::string_view reason,
                        Time now);

    /// A peer's refusal of an entry of ours. One that cannot be read is not answered, so that two
    /// nodes never refuse each other's refusals.
    Result<KeyId> apply(store::Draft& draft, const ReceivedEntry& entry, Time now) override;

    Parking(Parts parts, store::SealedTable parked) : parts_(parts), parked_(std::move(parked)) {}

private:
    Parts parts_;
    store::SealedTable parked_;  // peer, zero byte, lane, index -> ParkedRecord
};

}  // namespace sanad::federation
