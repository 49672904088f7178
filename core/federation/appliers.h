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

private:
    Parking& parking_;
    std::map<BodyKind, Applier*> by_kind_;
};

}  // namespace sanad::federation
