#pragma once

#include "core/casework/roster.h"
#include "core/federation/parking.h"
#include "core/federation/peers.h"

#include <memory>
#include <optional>
#include <vector>

namespace sanad::federation {

/// The duty rosters of this node and of its peers: the newest of each. A roster travels as an entry
/// of the link log, so the head that covers it signs it, and a passport could prove it.
/// It applies the entries of kind `roster`.
class Rosters final : public Applier {
public:
    /// All of it outlives the rosters.
    struct Parts {
        const NodeId& self;
        store::Records& records;
        store::Feed& feed;
        LinkLogs& logs;
        Parking& parking;
        const casework::Taxonomies& taxonomies;
    };
    static Result<std::unique_ptr<Rosters>> open(store::Store& store, Parts parts);

    /// Keeps our roster under the next number, and gives it to each active peer. `number` and
    /// `issued_at` are set here. errors  those of check_roster and the store
    Result<casework::Roster> publish(store::Draft& draft, const PeerTable& peers,
                                     casework::Roster roster, Time now);

    /// Gives our newest roster to each active peer that does not have it, such as one that joined
    /// since it was published. errors  those of the store
    Result<void> introduce(store::Draft& draft, const PeerTable& peers, Time now);

    /// A number that is not higher than the one that is kept is parked as "superseded": it can only
    /// come from a peer that lost its past, or lies.
    Result<KeyId> apply(store::Draft& draft, const ReceivedEntry& entry, Time now) override;

    /// A roster of ours that came back: its number is not given again.
    Result<KeyId> apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) override;
    /// One that is no longer the newest is not said again.
    Result<Again> say_again(store::Draft& draft, const LaneId& lane, const Body& body,
                            Time now) override;

    // ------------------------------------------------------------------ threads  any

    struct Kept {
        NodeId node;
        casework::Roster roster;
    };
    /// By node id; our own is among them.
    Result<std::vector<Kept>> list(store::Snapshot& from);
    Result<std::optional<casework::Roster>> find(store::Snapshot& from, const NodeId& node);

    Rosters(Parts parts, store::SealedTable rosters, store::SealedTable given)
        : parts_(parts), rosters_(std::move(rosters)), given_(std::move(given)) {}

private:
    void give(store::Draft& draft, const NodeId& peer, const casework::Roster& roster, Time now);
    Result<void> keep(store::Draft& draft, const NodeId& node, const casework::Roster& roster,
                      Time now);

    Parts parts_;
    store::SealedTable rosters_;  // node id -> schema::Roster
    store::SealedTable given_;    // node id -> number of the roster that it was given last
};

}  // namespace sanad::federation
