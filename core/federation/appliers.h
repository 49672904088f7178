#pragma once

#include "core/federation/parking.h"

#include <map>

namespace sanad::federation {

/// Hands each entry to whoever knows its kind; what nobody knows, or what could not be opened, is
/// parked. threads  engine
class Appliers final : public Applier {
public:
    /// `parking` outlives this, and knows refusals.
    explicit Appliers(Parking& parking) : parking_(parking) { add(BodyKind::refusal, parking); }

    /// Before the links start. `applier` outlives this.
    void add(BodyKind kind, Applier& applier) { by_kind_[kind] = &applier; }

    Result<KeyId> apply(store::Draft& draft, const ReceivedEntry& entry, Time now) override;
    /// Of a kind that nobody knows, the entry is kept and means nothing.
    Result<KeyId> apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) override;
    Result<KeyId> take_back(store::Draft& draft, const ReceivedEntry& entry) override;
    Result<Again> say_again(store::Draft& draft, const LaneId& lane, const Body& body,
                            Time now) override;

private:
    Applier* find(const std::optional<Body>& body) const;

    Parking& parking_;
    std::map<BodyKind, Applier*> by_kind_;
};

}  // namespace sanad::federation
