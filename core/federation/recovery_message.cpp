#include "core/federation/recovery_message.h"

#include "core/base/message.h"
#include "core/federation/lane_wire.h"

#include <algorithm>

namespace sanad::federation {
namespace {

Result<trust::Digest> digest_from(capnp::Data::Reader data) {
    trust::Digest digest{};
    if (data.size() != digest.size()) return fail(Fault::malformed, "digest");
    std::copy(data.begin(), data.end(), digest.begin());
    return digest;
}

Result<Returned::Item> parse_item(schema::ReturnedEntry::Reader in) {
    Returned::Item item;
    const auto raw = in.getRaw();
    if (raw.size() > entry_bytes_max) return fail(Fault::bad_size, "entry");
    item.raw.assign(raw.begin(), raw.end());
    if (!item.raw.empty()) {
        item.leaf = trust::leaf_hash(item.raw);
        return item;
    }
    const auto leaf = digest_from(in.getLeaf());
    if (!leaf) return std::unexpected(leaf.error());
    item.leaf = *leaf;
    return item;
}

Result<RecoveryMessage> parse_returned(schema::Returned::Reader in) {
    const auto lane = from_wire(in.getLane());
    if (!lane) return std::unexpected(lane.error());
    Returned returned{*lane, in.getFirstIndex(), in.getSize(), {}, {}};
    const auto entries = in.getEntries();
    const auto proof = in.getProof();
    if (entries.size() == 0 || entries.size() > push_entries_max)
        return fail(Fault::bad_size, "entries of a return");
    if (proof.size() > trust::proof_digests_max) return fail(Fault::bad_size, "proof");
    for (const auto entry : entries) {
        auto item = parse_item(entry);
        if (!item) return std::unexpected(item.error());
        returned.items.push_back(std::move(*item));
    }
    for (const auto part : proof) {
        const auto digest = digest_from(part);
        if (!digest) return std::unexpected(digest.error());
        returned.proof.push_back(*digest);
    }
    return returned;
}

}  // namespace

Bytes write_message(const RestoreAsk& ask) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::Recovery>().initAsk();
    out.setLane(to_wire(ask.lane));
    out.setFirstIndex(ask.first);
    return flatten(builder);
}

Bytes write_message(const Returned& returned) {
    std::size_t words = 64 + returned.proof.size() * 5;
    for (const auto& item : returned.items) words += item.raw.size() / 8 + 12;
    capnp::MallocMessageBuilder builder(static_cast<unsigned>(words));
    auto out = builder.initRoot<schema::Recovery>().initReturned();
    out.setLane(to_wire(returned.lane));
    out.setFirstIndex(returned.first);
    out.setSize(returned.size);
    auto entries = out.initEntries(static_cast<unsigned>(returned.items.size()));
    for (unsigned i = 0; i < entries.size(); ++i) {
        const auto& item = returned.items[i];
        if (item.raw.empty())
            entries[i].setLeaf(to_data(item.leaf));
        else
            entries[i].setRaw(to_data(item.raw));
    }
    auto proof = out.initProof(static_cast<unsigned>(returned.proof.size()));
    for (unsigned i = 0; i < proof.size(); ++i) proof.set(i, to_data(returned.proof[i]));
    return flatten(builder);
}

Result<RecoveryMessage> parse_recovery(ByteView bytes) {
    return read_message<schema::Recovery>(
        bytes,
        [](auto in) -> Result<RecoveryMessage> {
            switch (in.which()) {
                case schema::Recovery::ASK: {
                    const auto ask = in.getAsk();
                    const auto lane = from_wire(ask.getLane());
                    if (!lane) return std::unexpected(lane.error());
                    return RestoreAsk{*lane, ask.getFirstIndex()};
                }
                case schema::Recovery::RETURNED:
                    return parse_returned(in.getReturned());
            }
            return fail(Fault::unsupported, "kind of recovery message");
        },
        beside_bytes_max);
}

}  // namespace sanad::federation
