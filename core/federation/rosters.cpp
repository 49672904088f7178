#include "core/federation/rosters.h"

namespace sanad::federation {

using casework::Roster;

Result<std::unique_ptr<Rosters>> Rosters::open(store::Store& store, Parts parts) {
    auto table = store::Records::open_table(store, "roster");
    if (!table) return std::unexpected(table.error());
    return std::make_unique<Rosters>(parts, std::move(*table));
}

Result<Roster> Rosters::publish(store::Draft& draft, const PeerTable& peers, Roster roster,
                                Time now) {
    const auto before = find(draft, parts_.self);
    if (!before) return std::unexpected(before.error());
    roster.number = *before ? (*before)->number + 1 : 1;
    roster.issued_at = now;
    if (const auto sound = casework::check_roster(roster, parts_.taxonomies); !sound)
        return std::unexpected(sound.error());
    const Body body{BodyKind::roster, {}, casework::write_roster(roster)};
    for (const auto& [id, peer] : peers.nodes) {
        if (id == parts_.self || !peer.active) continue;
        draft.then([this, to = id, body, now](store::Transaction& transaction) -> Result<void> {
            const auto entry =
                parts_.logs.append(transaction, to, Lane::normal, store::node_key_id, body, now);
            if (!entry && entry.error().fault != Fault::denied)  // it left the directory
                return std::unexpected(entry.error());
            return {};
        });
    }
    if (const auto kept = keep(draft, parts_.self, roster, now); !kept)
        return std::unexpected(kept.error());
    return roster;
}

Result<KeyId> Rosters::apply(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    const auto roster = casework::read_roster(entry.body->payload, parts_.taxonomies);
    if (!roster) return parts_.parking.park(draft, entry, name(roster.error().fault), now);
    const auto before = find(draft, entry.lane.peer);
    if (!before) return std::unexpected(before.error());
    if (*before && (*before)->number >= roster->number)
        return parts_.parking.park(draft, entry, "superseded", now);
    if (const auto kept = keep(draft, entry.lane.peer, *roster, now); !kept)
        return std::unexpected(kept.error());
    return store::node_key_id;
}

Result<KeyId> Rosters::apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    const auto roster = casework::read_roster(entry.body->payload, parts_.taxonomies);
    if (!roster) return store::node_key_id;
    const auto before = find(draft, parts_.self);
    if (!before) return std::unexpected(before.error());
    if (*before && (*before)->number >= roster->number) return store::node_key_id;
    if (const auto kept = keep(draft, parts_.self, *roster, now); !kept)
        return std::unexpected(kept.error());
    return store::node_key_id;
}

Result<Applier::Again> Rosters::say_again(store::Draft& draft, const LaneId&, const Body& body,
                                          Time) {
    const auto roster = casework::read_roster(body.payload, parts_.taxonomies);
    const auto newest = find(draft, parts_.self);
    if (!newest) return std::unexpected(newest.error());
    const bool is_newest = roster && *newest && **newest == *roster;
    return is_newest ? Again::as_it_was : Again::said;
}

Result<void> Rosters::keep(store::Draft& draft, const NodeId& node, const Roster& roster,
                           Time now) {
    parts_.feed.emit(
        draft, {.at = now, .name = "roster.changed", .peer = node.text, .number = roster.number});
    return parts_.records.put(draft, rosters_, bytes_of(node.text), store::node_key_id,
                              casework::write_roster(roster));
}

Result<std::vector<Rosters::Kept>> Rosters::list(store::Snapshot& from) {
    std::vector<Kept> all;
    const auto scanned = parts_.records.scan(
        from, rosters_, {}, {}, store::Order::ascending, UINT32_MAX,
        [&](ByteView key, const Bytes& plain, ByteView) {
            auto roster = casework::read_roster(plain, parts_.taxonomies);
            if (roster) all.push_back({{std::string(text_of(key))}, std::move(*roster)});
            // A list of words that has shrunk since makes a roster unreadable; the others stay.
            return true;
        });
    if (!scanned) return std::unexpected(scanned.error());
    return all;
}

Result<std::optional<Roster>> Rosters::find(store::Snapshot& from, const NodeId& node) {
    const auto bytes = parts_.records.get(from, rosters_, bytes_of(node.text));
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::optional<Roster>();
    auto roster = casework::read_roster(**bytes, parts_.taxonomies);
    if (!roster) return std::optional<Roster>();
    return std::optional<Roster>(std::move(*roster));
}

}  // namespace sanad::federation
