// The part of LinkLogs that puts back what our own log had lost.
#include "core/base/message.h"
#include "core/federation/link_logs.h"
#include "schemas/records.capnp.h"

#include <algorithm>

namespace sanad::federation {
namespace {

Bytes encode(const Body& body) {
    capnp::MallocMessageBuilder builder(static_cast<unsigned>(body.payload.size() / 8 + 16));
    auto out = builder.initRoot<schema::SetAsideRecord>();
    out.setKind(static_cast<std::uint16_t>(body.kind));
    out.setSubject(to_data(body.subject));
    out.setPayload(to_data(body.payload));
    return flatten(builder);
}

Result<Body> decode(ByteView bytes) {
    return read_message<schema::SetAsideRecord>(bytes, [](auto in) -> Result<Body> {
        Body body{BodyKind(in.getKind()), {}, {}};
        const auto subject = in.getSubject();
        if (subject.size() != body.subject.size()) return fail(Fault::malformed, "subject");
        std::copy(subject.begin(), subject.end(), body.subject.begin());
        const auto payload = in.getPayload();
        body.payload.assign(payload.begin(), payload.end());
        return body;
    });
}

// So that whatever is written next begins with a new link key.
void forget_key(LaneEnd& end) {
    end.key_index = end.size;
    end.key_at = {};
    end.key_for = {};
}

}  // namespace

Result<void> LinkLogs::append_returned(store::Transaction& transaction, const LaneId& lane,
                                       const LoggedEntry& entry, const KeyId& owner) {
    const auto found = live(transaction, lane);
    if (!found) return std::unexpected(found.error());
    Live& log = **found;
    if (log.end.size != entry.index) return fail(Fault::conflict, "not the next entry");
    log.key.reset();
    const auto written = write(transaction, lane, log, entry.raw, entry.leaf, owner);
    forget_key(log.end);
    return written;
}

Result<void> LinkLogs::cut(store::Transaction& transaction, const LaneId& lane,
                           std::uint64_t size) {
    const auto found = live(transaction, lane);
    if (!found) return std::unexpected(found.error());
    Live& log = **found;
    if (size >= log.end.size) return {};
    if (size < log.end.receipted.size()) return fail(Fault::invalid, "receipted entries");
    trust::Frontier frontier = log.end.receipted;
    while (frontier.size() < size) {
        const auto kept = leaf(transaction, lane, frontier.size());
        if (!kept) return std::unexpected(kept.error());
        frontier.append(*kept);
    }
    for (std::uint64_t index = size; index < log.end.size; ++index)
        for (const auto* table : {&entries_, &keys_})
            if (const auto gone = transaction.del(table->table, entry_place_key(lane, index));
                !gone)
                return gone;
    log.end.frontier = std::move(frontier);
    log.end.size = size;
    log.key.reset();
    log.changed = true;
    forget_key(log.end);
    return {};
}

Result<void> LinkLogs::set_aside(store::Writer& writer, const LaneId& lane, std::uint64_t index,
                                 const KeyId& owner, const Body& body) {
    return records_.put(writer, aside_, entry_place_key(lane, index), owner, encode(body));
}

Result<std::vector<LinkLogs::Aside>> LinkLogs::aside(store::Snapshot& from, const LaneId& lane) {
    std::vector<Bytes> places;
    const Bytes prefix = lane_key(lane);
    const auto scanned = from.scan(aside_.table, prefix, store::after_prefix(prefix),
                                   store::Order::ascending, UINT32_MAX, [&](const store::Row& row) {
                                       places.emplace_back(row.key.begin(), row.key.end());
                                       return true;
                                   });
    if (!scanned) return std::unexpected(scanned.error());
    std::vector<Aside> all;
    for (const auto& place : places) {
        const auto bytes = records_.get(from, aside_, place);
        if (!bytes && bytes.error().fault == Fault::not_found) continue;
        if (!bytes) return std::unexpected(bytes.error());
        if (!*bytes) continue;
        auto body = decode(**bytes);
        if (!body) return std::unexpected(body.error());
        all.push_back({read_big_endian<std::uint64_t>(ByteView(place).last(8)), std::move(*body)});
    }
    return all;
}

Result<void> LinkLogs::forget_aside(store::Writer& writer, const LaneId& lane,
                                    std::uint64_t index) {
    return writer.del(aside_.table, entry_place_key(lane, index));
}

}  // namespace sanad::federation
