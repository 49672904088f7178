#include "core/federation/appliers.h"

namespace sanad::federation {

Applier* Appliers::find(const std::optional<Body>& body) const {
    const auto known = body ? by_kind_.find(body->kind) : by_kind_.end();
    return known == by_kind_.end() ? nullptr : known->second;
}

Result<KeyId> Appliers::apply(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    if (!entry.body) return parking_.park(draft, entry, "unreadable", now);
    Applier* applier = find(entry.body);
    if (applier == nullptr) return parking_.park(draft, entry, "unknown_kind", now);
    // What was erased stays erased, whatever is still said of it, or said again after a restore.
    if (parking_.is_about_erased(draft, *entry.body)) return erased_owner;
    return applier->apply(draft, entry, now);
}

Result<KeyId> Appliers::apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    Applier* applier = find(entry.body);
    if (entry.body && parking_.is_about_erased(draft, *entry.body)) return erased_owner;
    return applier ? applier->apply_own(draft, entry, now) : store::node_key_id;
}

Result<KeyId> Appliers::take_back(store::Draft& draft, const ReceivedEntry& entry) {
    Applier* applier = find(entry.body);
    return applier ? applier->take_back(draft, entry) : store::node_key_id;
}

Result<Applier::Again> Appliers::say_again(store::Draft& draft, const LaneId& lane,
                                           const Body& body, Time now) {
    Applier* applier = find(body);
    return applier ? applier->say_again(draft, lane, body, now) : Again::as_it_was;
}

}  // namespace sanad::federation
