#pragma once

#include "core/federation/entry.h"
#include "core/federation/link.h"
#include "core/store/draft.h"

#include <optional>

namespace sanad::federation {

/// An entry of a peer's log that has passed every check of the log.
struct ReceivedEntry {
    LaneId lane;
    std::uint64_t index = 0;
    EntryId id;
    Time created_at;
    std::optional<Body> body;  // none: it could not be opened
};

/// What entries mean. threads  engine
class Applier {
public:
    virtual ~Applier() = default;
    /// Applies the entry, or parks it and answers with a refusal: an entry never blocks its log.
    /// returns  whose key keeps the entry at rest
    /// errors   only those of the store
    virtual Result<KeyId> apply(store::Draft& draft, const ReceivedEntry& entry, Time now) = 0;
};

}  // namespace sanad::federation
