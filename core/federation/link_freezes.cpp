#include "core/federation/link_freezes.h"

#include "core/base/message.h"
#include "schemas/records.capnp.h"

namespace sanad::federation {
namespace {

Bytes encode(const LinkFreeze& freeze) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::FreezeRecord>();
    out.setWhy(to_text(freeze.why));
    out.setAtMs(freeze.at.ms);
    out.setBy(to_text(freeze.by));
    out.setReason(to_text(freeze.reason));
    out.setLane(to_text(freeze.lane));
    out.setHeldHead(to_text(freeze.held_head));
    out.setShownHead(to_text(freeze.shown_head));
    out.setResumeBy(to_text(freeze.resume_by));
    out.setResumeAtMs(freeze.resume_at.ms);
    out.setResumeReason(to_text(freeze.resume_reason));
    return flatten(builder);
}

Result<LinkFreeze> decode(ByteView bytes) {
    return read_message<schema::FreezeRecord>(bytes, [](auto in) -> Result<LinkFreeze> {
        return LinkFreeze{.why = from_text(in.getWhy()),
                          .at = {in.getAtMs()},
                          .by = from_text(in.getBy()),
                          .reason = from_text(in.getReason()),
                          .lane = from_text(in.getLane()),
                          .held_head = from_text(in.getHeldHead()),
                          .shown_head = from_text(in.getShownHead()),
                          .resume_by = from_text(in.getResumeBy()),
                          .resume_at = {in.getResumeAtMs()},
                          .resume_reason = from_text(in.getResumeReason())};
    });
}

}  // namespace

Result<std::unique_ptr<LinkFreezes>> LinkFreezes::open(store::Store& store,
                                                       store::Records& records) {
    auto table = store::Records::open_table(store, "link.freeze");
    if (!table) return std::unexpected(table.error());
    return std::make_unique<LinkFreezes>(records, std::move(*table));
}

Result<std::optional<LinkFreeze>> LinkFreezes::find(store::Snapshot& from, const NodeId& peer) {
    const auto bytes = records_.get(from, table_, bytes_of(peer.text));
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::optional<LinkFreeze>();
    auto freeze = decode(**bytes);
    if (!freeze) return std::unexpected(freeze.error());
    return std::optional<LinkFreeze>(std::move(*freeze));
}

Result<bool> LinkFreezes::freeze(store::Draft& draft, const NodeId& peer,
                                 const LinkFreeze& freeze) {
    const auto there = find(draft, peer);
    if (!there) return std::unexpected(there.error());
    if (*there) return false;
    if (const auto kept = put(draft, peer, freeze); !kept) return std::unexpected(kept.error());
    return true;
}

Result<LinkFreezes::Resumed> LinkFreezes::resume(store::Draft& draft, const NodeId& peer,
                                                 const std::string& by, const std::string& reason,
                                                 Time now) {
    auto there = find(draft, peer);
    if (!there) return std::unexpected(there.error());
    if (!*there) return fail(Fault::not_found, "freeze");
    LinkFreeze& freeze = **there;
    const bool open = !freeze.resume_by.empty() && now >= freeze.resume_at &&
                      now - freeze.resume_at < resume_open;
    if (open && freeze.resume_by == by) return fail(Fault::denied, "second_person_missing");
    if (!open) {
        freeze.resume_by = by;
        freeze.resume_at = now;
        freeze.resume_reason = reason;
        if (const auto kept = put(draft, peer, freeze); !kept) return std::unexpected(kept.error());
        return Resumed::asked;
    }
    if (const auto gone = draft.del(table_.table, bytes_of(peer.text)); !gone)
        return std::unexpected(gone.error());
    draft.then([this, peer](store::Transaction&) -> Result<void> {
        fresh_[peer] = "";
        return {};
    });
    return Resumed::done;
}

Result<void> LinkFreezes::put(store::Draft& draft, const NodeId& peer, const LinkFreeze& freeze) {
    draft.then([this, peer, why = freeze.why](store::Transaction&) -> Result<void> {
        fresh_[peer] = why;
        return {};
    });
    return records_.put(draft, table_, bytes_of(peer.text), store::node_key_id, encode(freeze));
}

void LinkFreezes::committed() {
    for (const auto& [peer, why] : std::exchange(fresh_, {}))
        if (changed_) changed_(peer, why);
}

}  // namespace sanad::federation
