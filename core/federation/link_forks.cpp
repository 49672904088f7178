// The part of Links that tells a repeated push from another story told under a good signature.
#include "core/federation/links.h"
#include "core/trust/checkpoint.h"

#include <algorithm>

namespace sanad::federation {

// A push that begins before the end of what we hold. Mostly the sender does that because our
// receipt was lost, and its next hello brings another. But its head may also be proof of a fork.
void Links::on_past(const NodeId& peer, Link& link, Push push) {
    const In& in = link.in[std::size_t(push.lane)];
    const LaneId lane{peer, Direction::in, push.lane};
    const auto note = trust::parse_note(push.head);
    const auto said = note ? trust::parse_checkpoint(note->text) : fail(Fault::malformed, "head");
    if (!said || said->origin != origin(parts_.logs.self(), lane))
        return drop(peer, "malformed_head");
    if (push.head == in.head) return drop(peer, "repeated");
    // What is on its way to the disk is looked at when it is there, and what is too dear is not.
    if (push.first > in.durable || !afford(link, in.durable)) return drop(peer, "repeated");
    const auto past = judge_past(peer, in, push, *said);
    if (!past) return drop(peer, "log_unreadable");
    if (*past == Past::same) return drop(peer, "repeated");
    if (*past == Past::longer && in.durable != in.end.size()) return drop(peer, "repeated");
    if (*past == Past::longer) {
        const auto held = std::ptrdiff_t(in.durable - push.first);
        push.entries.erase(push.entries.begin(), push.entries.begin() + held);
        push.first = in.durable;
        return on_push(peer, link, std::move(push));
    }
    const auto table = parts_.peers.current();
    const Peer* sender = table->find(peer);
    if (sender == nullptr) return drop(peer, "not_active");
    if (!trust::open_checkpoint(push.head, sender->head_verifier()))
        return drop(peer, "bad_signature");
    drop(peer, "fork");
    freeze(peer, link, "fork", {push.lane, in.head, push.head});
}

// Whether the head, if its signature holds, contradicts the log that we hold: another root at a
// size that we have; or a root that these entries lead to, of which some are not ours. Or whether
// it goes on where we end.
Result<Links::Past> Links::judge_past(const NodeId& peer, const In& in, const Push& push,
                                      const trust::Checkpoint& said) {
    const LaneId lane{peer, Direction::in, push.lane};
    if (said.size <= in.durable) {
        const auto held = extend({}, lane, said.size);
        if (!held) return std::unexpected(held.error());
        return held->root() == said.root ? Past::same : Past::fork;
    }
    auto end = extend({}, lane, push.first);
    if (!end) return std::unexpected(end.error());
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    const auto both = std::min<std::uint64_t>(in.durable - push.first, push.entries.size());
    const auto ours =
        parts_.logs.leaves(**snapshot, lane, push.first, static_cast<std::uint32_t>(both));
    if (!ours) return std::unexpected(ours.error());
    bool differs = false;
    for (std::size_t i = 0; i < push.entries.size(); ++i) {
        const auto leaf = leaf_of(push, i);
        differs = differs || (i < ours->size() && (*ours)[i] != leaf);
        end->append(leaf);
    }
    if (end->size() != said.size || end->root() != said.root) return Past::same;
    return differs ? Past::fork : Past::longer;
}

}  // namespace sanad::federation
