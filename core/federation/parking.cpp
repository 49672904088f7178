#include "core/federation/parking.h"

#include "core/base/message.h"
#include "schemas/records.capnp.h"
#include "schemas/wire.capnp.h"

#include <algorithm>

namespace sanad::federation {
namespace {

Bytes encode_refusal(const ReceivedEntry& entry, std::string_view reason) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::Refusal>();
    out.setLane(entry.lane.lane == Lane::urgent ? schema::Lane::URGENT : schema::Lane::NORMAL);
    out.setIndex(entry.index);
    out.setReason(to_text(std::string(reason)));
    return flatten(builder);
}

// A peer's id has no zero byte.
Bytes peer_key(const NodeId& peer) {
    Bytes key(peer.text.begin(), peer.text.end());
    key.push_back(0);
    return key;
}

Bytes log_key(const LaneId& lane) {
    Bytes key = peer_key(lane.peer);
    key.push_back(static_cast<std::uint8_t>(lane.lane));
    return key;
}

Bytes place_key(const LaneId& lane, std::uint64_t index) {
    Bytes key = log_key(lane);
    append_big_endian(key, index);
    return key;
}

Result<std::string> reason_in(ByteView record) {
    return read_message<schema::ParkedRecord>(
        record, [](auto in) -> Result<std::string> { return from_text(in.getReason()); });
}

}  // namespace

Result<std::unique_ptr<Parking>> Parking::open(store::Store& store, Parts parts) {
    auto parked = store::Records::open_table(store, "link.parked");
    auto refused = store::Records::open_table(store, "link.refused");
    for (const auto* table : {&parked, &refused})
        if (!*table) return std::unexpected(table->error());
    return std::make_unique<Parking>(parts, std::move(*parked), std::move(*refused));
}

bool Parking::is_about_erased(store::Snapshot& from, const Body& body) const {
    const bool of_referral = body.kind == BodyKind::referral || body.kind == BodyKind::attachment;
    return of_referral && parts_.records.keyring().is_erased(from, KeyId{body.subject});
}

Result<KeyId> Parking::park(store::Draft& draft, const ReceivedEntry& entry,
                            std::string_view reason, Time now) {
    if (entry.was_parked) return parked_owner;
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::ParkedRecord>();
    out.setAtMs(now.ms);
    out.setReason(to_text(std::string(reason)));
    const auto kept = parts_.records.put(draft, parked_, place_key(entry.lane, entry.index),
                                         store::node_key_id, flatten(builder));
    if (!kept) return std::unexpected(kept.error());
    parts_.counters.add("link.parked");
    parts_.feed.emit(
        draft,
        {.at = now, .name = "link.parked", .peer = entry.lane.peer.text, .number = entry.index});
    if (reason == unreadable) {
        const auto follows = follows_unreadable(draft, entry);
        if (!follows) return std::unexpected(follows.error());
        if (*follows) return store::node_key_id;
    }
    if (const auto told = refuse(draft, entry, reason, now); !told)
        return std::unexpected(told.error());
    return owner_of(draft, entry);
}

// Erasing what an entry is about must reach the entry as well, whatever it says.
KeyId Parking::owner_of(store::Snapshot& from, const ReceivedEntry& entry) const {
    if (!entry.body) return store::node_key_id;
    const KeyId about{entry.body->subject};
    return parts_.records.keyring().find(from, about) ? about : store::node_key_id;
}

Result<bool> Parking::follows_unreadable(store::Snapshot& from, const ReceivedEntry& entry) {
    if (entry.index == 0) return false;
    const auto before = parts_.records.get(from, parked_, place_key(entry.lane, entry.index - 1));
    if (!before) return std::unexpected(before.error());
    if (!*before) return false;
    const auto reason = reason_in(**before);
    if (!reason) return std::unexpected(reason.error());
    return *reason == unreadable;
}

Result<void> Parking::refuse(store::Draft& draft, const ReceivedEntry& entry,
                             std::string_view reason, Time now) {
    const auto before = parts_.records.get(draft, refused_, place_key(entry.lane, entry.index));
    if (!before) return std::unexpected(before.error());
    if (*before) return {};
    Body body{BodyKind::refusal, entry.body ? entry.body->subject : std::array<std::uint8_t, 16>{},
              encode_refusal(entry, reason)};
    draft.then([this, lane = entry.lane, body = std::move(body),
                now](store::Transaction& transaction) -> Result<void> {
        const auto entry_index =
            parts_.logs.append(transaction, lane.peer, lane.lane, store::node_key_id, body, now);
        if (!entry_index && entry_index.error().fault == Fault::denied)
            return {};  // it left the directory
        if (!entry_index) return std::unexpected(entry_index.error());
        return {};
    });
    return {};
}

Result<KeyId> Parking::apply(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    const auto reason = read_message<schema::Refusal>(
        entry.body->payload,
        [](auto in) -> Result<std::string> { return from_text(in.getReason()); });
    parts_.counters.add(reason ? "referral.refused_by_peer" : "link.parked");
    parts_.feed.emit(draft, {.at = now,
                             .name = "referral.refused",
                             .subject = entry.body->subject,
                             .peer = entry.lane.peer.text,
                             .number = entry.index});
    return store::node_key_id;
}

Result<KeyId> Parking::apply_own(store::Draft& draft, const ReceivedEntry& entry, Time) {
    const auto index = read_message<schema::Refusal>(
        entry.body->payload, [](auto in) -> Result<std::uint64_t> { return in.getIndex(); });
    if (!index) return store::node_key_id;
    const auto kept =
        parts_.records.put(draft, refused_, place_key(entry.lane, *index), store::node_key_id, {});
    if (!kept) return std::unexpected(kept.error());
    return store::node_key_id;
}

Result<std::vector<Parking::Parked>> Parking::list(store::Snapshot& from, const LaneId& lane,
                                                   std::uint64_t first, std::uint32_t limit) {
    return parts_.records.collect(
        from, parked_, place_key(lane, first), store::after_prefix(log_key(lane)),
        store::Order::ascending, limit, [](ByteView key, ByteView record) -> Result<Parked> {
            auto reason = reason_in(record);
            if (!reason) return std::unexpected(reason.error());
            return Parked{read_big_endian<std::uint64_t>(key.last(8)), std::move(*reason)};
        });
}

Result<std::vector<NodeId>> Parking::peers(store::Snapshot& from) {
    std::vector<NodeId> all;
    for (Bytes next;;) {
        const auto before = all.size();
        const auto scanned = from.scan(parked_.table, next, {}, store::Order::ascending, 1,
                                       [&](const store::Row& row) {
                                           const auto end = std::ranges::find(row.key, 0);
                                           all.push_back({std::string(row.key.begin(), end)});
                                           return false;
                                       });
        if (!scanned) return std::unexpected(scanned.error());
        if (all.size() == before) return all;
        next = store::after_prefix(peer_key(all.back()));
    }
}

Result<void> Parking::take_out(store::Draft& draft, const LaneId& lane, std::uint64_t index) {
    return draft.del(parked_.table, place_key(lane, index));
}

}  // namespace sanad::federation
