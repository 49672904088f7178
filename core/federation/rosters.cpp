#include "core/federation/rosters.h"

namespace sanad::federation {

using casework::Roster;

Result<std::unique_ptr<Rosters>> Rosters::open(store::Store& store, Parts parts) {
    auto table = store::Records::open_table(store, "roster");
    if (!table) return std::unexpected(table.error());
    auto given = store::Records::open_table(store, "roster.given");
    if (!given) return std::unexpected(given.error());
    return std::make_unique<Rosters>(parts, std::move(*table), std::move(*given));
}

Result<Roster> Rosters::publish(store::Draft& draft, const PeerTable& peers, Roster roster,
                                Time now) {
    const auto before = find(draft, parts_.self);
    if (!before) return std::unexpected(before.error());
    roster.number = *before ? (*before)->number + 1 : 1;
    roster.issued_at = now;
    if (const auto sound = casework::check_roster(roster, parts_.taxonomies); !sound)
        return std::unexpected(sound.error());
    for (const auto& [id, peer] : peers.nodes)
        if (id != parts_.self && peer.active) give(draft, id, roster, now);
    if (const auto kept = keep(draft, parts_.self, roster, now); !kept)
        return std::unexpected(kept.error());
    return roster;
}

Result<void> Rosters::introduce(store::Draft& draft, const PeerTable& peers, Time now) {
    const auto roster = find(draft, parts_.self);
    if (!roster) return std::unexpected(roster.error());
    if (!*roster) return {};
    for (const auto& [id, peer] : peers.nodes) {
        if (id == parts_.self || !peer.active) continue;
        const auto number = parts_.records.get(draft, given_, bytes_of(id.text));
        if (!number) return std::unexpected(number.error());
        if (*number && read_big_endian<std::uint64_t>(**number) >= (*roster)->number) continue;
        give(draft, id, **roster, now);
    }
    return {};
}

void Rosters::give(store::Draft& draft, const NodeId& peer, const Roster& roster, Time now) {
    const Body body{BodyKind::roster, {}, casework::write_roster(roster)};
    draft.then([this, peer, body, number = roster.number,
                now](store::Transaction& transaction) -> Result<void> {
        if (!parts_.logs.check_peer(peer)) return {};  // it left the directory
        const auto entry =
            parts_.logs.append(transaction, peer, Lane::normal, store::node_key_id, body, now);
        if (!entry) return std::unexpected(entry.error());
        Bytes mark;
        append_big_endian(mark, number);
        return parts_.records.put(transaction, given_, bytes_of(peer.text), store::node_key_id,
                                  mark);
    });
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
