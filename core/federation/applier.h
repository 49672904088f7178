#pragma once

#include "core/federation/entry.h"
#include "core/federation/link.h"
#include "core/store/draft.h"
#include "core/store/keyring.h"

#include <optional>

namespace sanad::federation {

/// An entry of a peer's log that has passed every check of the log.
struct ReceivedEntry {
    LaneId lane;
    std::uint64_t index = 0;
    EntryId id;
    Time created_at;
    std::optional<Body> body;  // none: it could not be opened
    bool was_parked = false;   // it is tried once more: see TakingUp
};

/// What apply() returns of an entry that was parked before and has to stay so.
inline constexpr KeyId parked_owner{{'p', 'a', 'r', 'k', 'e', 'd'}};

/// What entries mean. threads  engine
class Applier {
public:
    virtual ~Applier() = default;
    /// Applies the entry, or parks it and answers with a refusal: an entry never blocks its log.
    /// returns  whose key keeps the entry at rest
    /// errors   only those of the store
    virtual Result<KeyId> apply(store::Draft& draft, const ReceivedEntry& entry, Time now) = 0;

    // A node that lost the end of its own log gets it back from the peer that read it
    // (link_recovery.h). `entry.lane` is then our own log.

    /// Applies an entry of our own that came back: what we said and had forgotten.
    /// returns  whose key keeps the entry at rest. errors  only those of the store
    virtual Result<KeyId> apply_own(store::Draft& /*draft*/, const ReceivedEntry& /*entry*/,
                                    Time /*now*/) {
        return store::node_key_id;
    }
    /// Undoes an entry that we wrote before we knew that others stand in its place; the peer never
    /// saw it. Called for the newest one first. returns  whose key keeps what was in it
    virtual Result<KeyId> take_back(store::Draft& /*draft*/, const ReceivedEntry& /*entry*/) {
        return store::node_key_id;
    }
    enum class Again : std::uint8_t { said, as_it_was };
    /// Says again what was taken back, behind what came back, or tells a person that the rules no
    /// longer allow it. returns  as_it_was: the body may go to the end of the log unchanged
    virtual Result<Again> say_again(store::Draft& /*draft*/, const LaneId& /*lane*/,
                                    const Body& /*body*/, Time /*now*/) {
        return Again::as_it_was;
    }
};

}  // namespace sanad::federation
