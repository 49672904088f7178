#include "core/federation/parking.h"

#include "core/base/message.h"
#include "schemas/records.capnp.h"
#include "schemas/wire.capnp.h"

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

}  // namespace

Result<std::unique_ptr<Parking>> Parking::open(store::Store& store, Parts parts) {
    auto parked = store::Records::open_table(store, "link.parked");
    if (!parked) return std::unexpected(parked.error());
    return std::make_unique<Parking>(parts, std::move(*parked));
}

Result<KeyId> Parking::park(store::Draft& draft, const ReceivedEntry& entry,
                            std::string_view reason, Time now) {
    Bytes key(entry.lane.peer.text.begin(), entry.lane.peer.text.end());
    key.push_back(0);
    key.push_back(static_cast<std::uint8_t>(entry.lane.lane));
    append_big_endian(key, entry.index);
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::ParkedRecord>();
    out.setAtMs(now.ms);
    out.setReason(to_text(std::string(reason)));
    const auto kept = parts_.records.put(draft, parked_, key, store::node_key_id, flatten(builder));
    if (!kept) return std::unexpected(kept.error());
    parts_.counters.add("link.parked");
    parts_.feed.emit(
        draft,
        {.at = now, .name = "link.parked", .peer = entry.lane.peer.text, .number = entry.index});
    if (const auto told = refuse(draft, entry, reason, now); !told)
        return std::unexpected(told.error());
    return store::node_key_id;
}

Result<void> Parking::refuse(store::Draft& draft, const ReceivedEntry& entry,
                             std::string_view reason, Time now) {
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

}  // namespace sanad::federation
