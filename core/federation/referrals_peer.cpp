// The part of Referrals that is about a peer as such.
#include "core/federation/referrals.h"

namespace sanad::federation {

// A revocation must not fail because one record cannot be read: that one is passed over.
Result<void> Referrals::peer_revoked(store::Draft& draft, const NodeId& peer, Time now) {
    std::vector<ReferralId> ids;
    const auto scanned = draft.scan(records_.table, {}, {}, store::Order::descending,
                                    referrals_told_max, [&](const store::Row& row) {
                                        if (auto id = id_from<ReferralId>(row.key))
                                            ids.push_back(*id);
                                        return true;
                                    });
    if (!scanned) return scanned;
    for (const auto& id : ids) {
        const auto record = find(draft, id);
        if (!record || record->side != casework::Side::asker || record->peer != peer) continue;
        if (!casework::is_ended(casework::view_of(*record).state))
            tell(draft, *record, "referral.peer_revoked", now);
    }
    return {};
}

}  // namespace sanad::federation
