#include "core/federation/links.h"

#include <algorithm>

namespace sanad::federation {

Links::Links(Parts parts) : parts_(std::move(parts)) {
    parts_.logs.on_grown([this](const LaneId& lane, std::uint64_t size) {
        post([this, lane, size] {
            Link* link = find(lane.peer);
            if (link == nullptr) return;
            Out& out = link->out[std::size_t(lane.lane)];
            out.size = std::max(out.size, size);
            pump(lane.peer, *link);
        });
    });
}

void Links::post(std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        posted_.push_back(std::move(work));
    }
    if (parts_.wake) parts_.wake();
}

void Links::run_posted() {
    std::vector<std::function<void()>> work;
    {
        const std::lock_guard lock(mutex_);
        work.swap(posted_);
    }
    for (const auto& item : work) item();
}

void Links::connected(const NodeId& peer) {
    Link* link = find(peer);
    if (link == nullptr) return;
    link->up = false;
    link->retry = retry_first;
    say_hello(peer, *link, true);
}

// The order of checks on receipt: known and active, size (by the transport), rate, form; the rest
// belongs to each kind of frame. Nothing is answered before a push's signature holds.
void Links::received(const NodeId& peer, ByteView bytes) {
    Link* link = find(peer);
    if (link == nullptr) return drop(peer, "not_active");
    auto frame = parse_frame(bytes);
    if (!frame) return drop(peer, name(frame.error().fault));
    if (const auto* hello = std::get_if<Hello>(&*frame)) return on_hello(peer, *link, *hello);
    if (const auto* ack = std::get_if<Ack>(&*frame)) return on_ack(peer, *link, *ack);
    if (const auto* beside = std::get_if<Beside>(&*frame)) return on_beside(peer, *link, *beside);
    on_push(peer, *link, std::get<Push>(std::move(*frame)));
}

void Links::on_beside(const NodeId& peer, Link& link, const Beside& beside) {
    if (!admit(link.in[0])) return drop(peer, "rate");
    const auto known = exchanges_.find(beside.topic);
    if (known == exchanges_.end()) return drop(peer, "unknown_topic");
    known->second->received(peer, beside.payload);
}

Result<void> Links::say(const NodeId& peer, Topic topic, ByteView payload) {
    const auto frame = write_beside(topic, payload);
    if (!frame) return std::unexpected(frame.error());
    return transport_->send(peer, *frame);
}

void Links::drop(const NodeId& peer, const char* why) {
    parts_.counters.add(std::string("link.drop.") + why);
    parts_.log.debug("link.frame_dropped", {{"peer", peer.text}, {"why", why}});
}

// The link of an active node, loaded at its first use; null for anybody else.
Links::Link* Links::find(const NodeId& peer) {
    const auto table = parts_.peers.current();
    if (peer == parts_.logs.self() || table->find(peer) == nullptr) return nullptr;
    if (const auto known = links_.find(peer); known != links_.end()) return &known->second;
    Link link;
    if (const auto loaded = load(peer, link); !loaded) {
        parts_.log.error("link.not_loaded",
                         {{"peer", peer.text}, {"fault", name(loaded.error().fault)}});
        return nullptr;
    }
    return &links_.emplace(peer, std::move(link)).first->second;
}

Result<void> Links::load(const NodeId& peer, Link& link) {
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    for (const Lane lane : all_lanes) {
        const auto end = parts_.logs.end(**snapshot, {peer, Direction::out, lane});
        if (!end) return std::unexpected(end.error());
        Out& out = link.out[std::size_t(lane)];
        out.size = end->size;
        out.receipted = out.sent = end->receipted;
        if (const auto loaded = load_in(peer, lane, link.in[std::size_t(lane)]); !loaded)
            return loaded;
    }
    return {};
}

Result<void> Links::load_in(const NodeId& peer, Lane lane, In& in) {
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    const LaneId id{peer, Direction::in, lane};
    auto end = parts_.logs.end(**snapshot, id);
    if (!end) return std::unexpected(end.error());
    in.end = std::move(end->frontier);
    in.durable = in.end.size();
    in.head = std::move(end->note);
    in.key.reset();
    ++in.epoch;
    if (in.durable == 0) return {};
    auto key = parts_.logs.key_at(**snapshot, id, in.durable);
    if (key) in.key = std::move(*key);
    return {};
}

void Links::tick() {
    const auto now = parts_.clock.elapsed();
    const auto table = parts_.peers.current();
    for (const auto& [id, peer] : table->nodes) {
        Link* link = find(id);
        if (link == nullptr) continue;
        if (now < link->hello_at) {
            pump(id, *link);
            continue;
        }
        const bool waiting =
            std::ranges::any_of(link->out, [](const Out& out) { return !out.in_flight.empty(); });
        // Nothing came back in time: whatever was sent on the way may be lost, so ask and start
        // over.
        if (waiting) link->up = false;
        say_hello(id, *link, true);
    }
    for (const auto& [topic, exchange] : exchanges_) exchange->tick();
}

void Links::say_hello(const NodeId& peer, Link& link, bool wants_reply) {
    Hello hello{.directory_version = parts_.peers.current()->directory_version,
                .wants_reply = wants_reply};
    for (const Lane lane : all_lanes)
        hello.received[std::size_t(lane)] = link.in[std::size_t(lane)].durable;
    const auto sent = transport_->send(peer, write_frame(hello));
    link.retry = std::min(link.retry * 2, retry_longest);
    link.hello_at = parts_.clock.elapsed() + (link.up ? keepalive : link.retry);
    if (!sent) parts_.counters.add("link.hello_unsent");
}

void Links::on_hello(const NodeId& peer, Link& link, const Hello& hello) {
    if (!admit(link.in[0])) return drop(peer, "rate");
    for (const Lane lane : all_lanes) {
        Out& out = link.out[std::size_t(lane)];
        const std::uint64_t held = hello.received[std::size_t(lane)];
        if (held > out.size) return freeze(peer, link, "peer_holds_more_than_our_log");
        const auto from = frontier_at(peer, out, lane, held);
        if (!from) {
            parts_.log.error("link.log_unreadable",
                             {{"peer", peer.text}, {"fault", name(from.error().fault)}});
            return drop(peer, "log_unreadable");
        }
        out.sent = *from;
        out.in_flight.clear();
    }
    link.up = true;
    link.retry = retry_first;
    link.hello_at = parts_.clock.elapsed() + keepalive;
    if (hello.wants_reply) say_hello(peer, link, false);
    for (const Lane lane : all_lanes) send_receipt(peer, link, lane);
    pump(peer, link);
    for (const auto& [topic, exchange] : exchanges_) exchange->greeted(peer, hello);
}

// A log that shrank cannot be told from one that was forged: stop, and let people decide.
void Links::freeze(const NodeId& peer, Link& link, const char* why) {
    if (link.frozen.empty()) parts_.log.error("link.frozen", {{"peer", peer.text}, {"why", why}});
    link.frozen = why;
    link.up = false;
    link.hello_at = parts_.clock.elapsed() + retry_longest;
    parts_.counters.add("link.frozen");
}

std::vector<Links::Status> Links::status() const {
    std::vector<Status> all;
    for (const auto& [peer, link] : links_) {
        Status status{.peer = peer, .up = link.up, .out = {}, .in = {}, .frozen = link.frozen};
        for (std::size_t lane = 0; lane < 2; ++lane) {
            status.out[lane] = {link.out[lane].size, link.out[lane].receipted.size()};
            status.in[lane] = link.in[lane].durable;
        }
        all.push_back(std::move(status));
    }
    return all;
}

}  // namespace sanad::federation
