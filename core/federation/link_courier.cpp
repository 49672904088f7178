// The part of Links for what goes by hand: the same frames, the same checks, and no connection.
#include "core/federation/links.h"
#include "core/trust/checkpoint.h"

#include <algorithm>

namespace sanad::federation {

Result<Links::CourierPart> Links::courier_greeting(const NodeId& peer) {
    Link* link = find(peer);
    if (link == nullptr) return fail(Fault::denied, "node_unknown");
    if (!link->frozen.empty()) return fail(Fault::denied, "link_frozen");
    CourierPart part;
    part.frames.push_back(write_frame(hello_to(*link, false)));
    for (const Lane lane : all_lanes)
        if (auto receipt = receipt_for(link->in[std::size_t(lane)]))
            part.frames.push_back(write_frame(Ack{lane, std::move(*receipt)}));
    return part;
}

Result<Links::CourierPart> Links::courier_push(const NodeId& peer, Lane lane, std::uint64_t first,
                                               Heard heard) {
    Link* link = find(peer);
    if (link == nullptr) return fail(Fault::denied, "node_unknown");
    if (!link->frozen.empty()) return fail(Fault::denied, "link_frozen");
    if (recovery_.is_running(peer)) return fail(Fault::denied, "link_recovering");
    // As on a connection: a node restored from a backup must not show another story first.
    if (heard == Heard::must && !link->heard) return fail(Fault::denied, "link_not_heard");
    Out& out = link->out[std::size_t(lane)];
    const LaneId id{peer, Direction::out, lane};
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    const auto end = parts_.logs.end(**snapshot, id);
    if (!end) return std::unexpected(end.error());
    CourierPart part{{}, first, end->size};
    if (first >= end->size) return part;
    auto frontier = frontier_at(peer, out, lane, first);
    if (!frontier) return std::unexpected(frontier.error());
    const auto entries =
        parts_.logs.read(**snapshot, id, first, push_entries_max, courier_bytes_max);
    if (!entries) return std::unexpected(entries.error());
    for (const auto& entry : *entries) frontier->append(entry.leaf);
    const auto head =
        trust::sign_checkpoint({origin(parts_.logs.self(), id), frontier->size(), frontier->root()},
                               parts_.signing, parts_.logs.self().text);
    if (!head) return std::unexpected(head.error());
    auto frame = write_push(lane, *entries, *head);
    if (!frame) return std::unexpected(frame.error());
    part.frames.push_back(std::move(*frame));
    part.next = frontier->size();
    return part;
}

void Links::courier_take(const NodeId& peer, ByteView bytes, CourierDone done) {
    Link* link = find(peer);
    if (link == nullptr) return done(fail(Fault::denied, "node_unknown"));
    if (!link->frozen.empty()) return done(fail(Fault::denied, "link_frozen"));
    auto frame = parse_frame(bytes);
    if (!frame) return done(std::unexpected(frame.error()));
    dropped_.clear();
    if (const auto* hello = std::get_if<Hello>(&*frame)) {
        done(courier_hello(peer, *link, *hello));
    } else if (const auto* ack = std::get_if<Ack>(&*frame)) {
        on_ack(peer, *link, *ack);
        done(dropped_.empty() ? Result<CourierTaken>{} : fail(Fault::denied, dropped_));
    } else if (auto* push = std::get_if<Push>(&*frame)) {
        courier_entries(peer, *link, std::move(*push), std::move(done));
    } else {
        done(fail(Fault::unsupported, "kind of frame"));
    }
}

// What a hello means where no connection is: the peer is heard, and a loss of ours is seen.
Result<Links::CourierTaken> Links::courier_hello(const NodeId& peer, Link& link,
                                                 const Hello& hello) {
    for (const Lane lane : all_lanes) {
        const auto i = std::size_t(lane);
        const auto stood = stand(peer, link, lane, hello.received[i], hello.heads[i]);
        if (!stood) return fail(Fault::denied, stood.error().detail);
    }
    if (!link.frozen.empty()) return fail(Fault::denied, "link_frozen");
    link.heard = true;
    if (recovery_.is_running(peer)) return fail(Fault::denied, "link_recovering");
    return CourierTaken{};
}

void Links::courier_entries(const NodeId& peer, Link& link, Push push, CourierDone done) {
    const std::pair place(LaneId{peer, Direction::in, push.lane}, push.first + push.entries.size());
    if (couriers_.contains(place)) return done(fail(Fault::busy, "the same entries"));
    const std::uint64_t held = link.in[std::size_t(push.lane)].end.size();
    on_push(peer, link, std::move(push));
    if (dropped_ == "repeated") return done(CourierTaken{});
    if (!dropped_.empty()) return done(fail(Fault::denied, dropped_));
    couriers_.emplace(place, [done = std::move(done),
                              fresh = place.second - held](const Result<void>& result) {
        done(result ? Result<CourierTaken>(CourierTaken{fresh}) : std::unexpected(result.error()));
    });
}

}  // namespace sanad::federation
