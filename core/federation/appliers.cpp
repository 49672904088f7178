#include "core/federation/appliers.h"

namespace sanad::federation {

Result<KeyId> Appliers::apply(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    if (!entry.body) return parking_.park(draft, entry, "unreadable", now);
    const auto known = by_kind_.find(entry.body->kind);
    if (known == by_kind_.end()) return parking_.park(draft, entry, "unknown_kind", now);
    return known->second->apply(draft, entry, now);
}

}  // namespace sanad::federation
