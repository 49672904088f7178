#include "core/federation/links.h"
#include "core/trust/checkpoint.h"

#include <algorithm>

namespace sanad::federation {

Links::Links(Parts parts)
    : parts_(std::move(parts)),
      recovery_({parts_.store, parts_.engine, parts_.audit, parts_.feed, parts_.logs,
                 parts_.applier, parts_.sealing, parts_.clock, parts_.log, parts_.counters},
                *this) {
    add(recovery_topic, recovery_);
    parts_.logs.on_grown([this](const LaneId& lane, std::uint64_t size) {
        post([this, lane, size] {
            Link* link = find(lane.peer);
            if (link == nullptr) return;
            Out& out = link->out[std::size_t(lane.lane)];
            out.size = std::max(out.size, size);
            pump(lane.peer, *link);
        });
    });
    parts_.freezes.on_changed([this](const NodeId& peer, const std::string& why) {
        post([this, peer, why] { set_frozen(peer, why); });
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
    if (!link->frozen.empty()) return;
    say_hello(peer, *link, true);
    recovery_.hurry(peer);
}

void Links::retry(const NodeId& peer) { connected(peer); }

void Links::recover(const NodeId& peer) {
    recovery_.stop(peer);
    connected(peer);
}

// The order of checks on receipt: known and active, size (by the transport), rate, form; the rest
// belongs to each kind of frame. Nothing is answered before a push's signature holds.
bool Links::received(const NodeId& peer, ByteView bytes) {
    dropped_.clear();
    hear(peer, bytes);
    return dropped_.empty();
}

void Links::hear(const NodeId& peer, ByteView bytes) {
    Link* link = find(peer);
    if (link == nullptr) return drop(peer, "not_active");
    auto frame = parse_frame(bytes);
    if (!frame) return drop(peer, name(frame.error().fault));
    const auto* push = std::get_if<Push>(&*frame);
    if (!admit(link->in[push ? std::size_t(push->lane) : 0], bytes.size()))
        return drop(peer, "rate");
    if (const auto* hello = std::get_if<Hello>(&*frame)) return on_hello(peer, *link, *hello);
    if (const auto* ack = std::get_if<Ack>(&*frame)) return on_ack(peer, *link, *ack);
    if (const auto* beside = std::get_if<Beside>(&*frame)) return on_beside(peer, *beside);
    on_push(peer, *link, std::get<Push>(std::move(*frame)));
}

void Links::on_beside(const NodeId& peer, const Beside& beside) {
    const auto known = exchanges_.find(beside.topic);
    if (known == exchanges_.end()) return drop(peer, "unknown_topic");
    known->second->received(peer, beside.payload);
}

Result<void> Links::say(const NodeId& peer, Topic topic, ByteView payload) {
    const auto frame = write_beside(topic, payload);
    if (!frame) return std::unexpected(frame.error());
    return transport_->send(peer, *frame);
}

bool Links::behind(const NodeId& peer) const {
    const auto link = links_.find(peer);
    return link != links_.end() && std::ranges::any_of(link->second.out, [](const Out& out) {
               return out.receipted.size() < out.size;
           });
}

void Links::drop(const NodeId& peer, const char* why) {
    dropped_ = why;
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
    const auto frozen = parts_.freezes.find(**snapshot, peer);
    if (!frozen) return std::unexpected(frozen.error());
    if (*frozen) link.frozen = (*frozen)->why;
    for (const Lane lane : all_lanes) {
        if (const auto loaded = load_out(peer, lane, link.out[std::size_t(lane)]); !loaded)
            return loaded;
        if (const auto loaded = load_in(peer, lane, link.in[std::size_t(lane)]); !loaded)
            return loaded;
    }
    return {};
}

Result<void> Links::load_out(const NodeId& peer, Lane lane, Out& out) {
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    const auto end = parts_.logs.end(**snapshot, {peer, Direction::out, lane});
    if (!end) return std::unexpected(end.error());
    out.size = end->size;
    out.receipted = out.sent = end->receipted;
    out.in_flight.clear();
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
        if (link == nullptr || !link->frozen.empty()) continue;
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

Hello Links::hello_to(const Link& link, bool wants_reply) const {
    Hello hello{.directory_version = parts_.peers.current()->directory_version,
                .wants_reply = wants_reply};
    for (const Lane lane : all_lanes) {
        hello.received[std::size_t(lane)] = link.in[std::size_t(lane)].durable;
        hello.heads[std::size_t(lane)] = link.in[std::size_t(lane)].head;
    }
    return hello;
}

void Links::say_hello(const NodeId& peer, Link& link, bool wants_reply) {
    const Hello hello = hello_to(link, wants_reply);
    const auto sent = transport_->send(peer, write_frame(hello));
    link.retry = std::min(link.retry * 2, retry_longest);
    link.hello_at = parts_.clock.elapsed() + (link.up ? keepalive : link.retry);
    if (!sent) parts_.counters.add("link.hello_unsent");
}

void Links::on_hello(const NodeId& peer, Link& link, const Hello& hello) {
    if (!link.frozen.empty()) return drop(peer, "frozen");
    std::array<std::optional<trust::Frontier>, 2> from;
    for (const Lane lane : all_lanes) {
        const auto i = std::size_t(lane);
        auto stood = stand(peer, link, lane, hello.received[i], hello.heads[i]);
        if (!stood) return drop(peer, stood.error().detail.c_str());
        from[i] = std::move(*stood);
    }
    if (!link.frozen.empty()) return;
    link.heard = true;
    if (recovery_.is_running(peer)) {
        link.up = false;
        link.hello_at = parts_.clock.elapsed() + retry_longest;
        return;
    }
    for (std::size_t i = 0; i < from.size(); ++i) {
        link.out[i].sent = std::move(*from[i]);
        link.out[i].in_flight.clear();
    }
    link.up = true;
    link.retry = retry_first;
    link.hello_at = parts_.clock.elapsed() + keepalive;
    if (hello.wants_reply) say_hello(peer, link, false);
    for (const Lane lane : all_lanes) {
        send_receipt(peer, link, lane);
        renew_receipt(peer, link.out[std::size_t(lane)], lane);
    }
    pump(peer, link);
    for (const auto& [topic, exchange] : exchanges_) exchange->greeted(peer, hello);
}

// Our log where the peer says it stands. Nothing: it holds what we signed and do not have, which
// comes back first. A claim without our own signature under it is worth nothing.
Result<std::optional<trust::Frontier>> Links::stand(const NodeId& peer, Link& link, Lane lane,
                                                    std::uint64_t held, const std::string& head) {
    Out& out = link.out[std::size_t(lane)];
    const LaneId id{peer, Direction::out, lane};
    if (recovery_.is_running(id)) return std::optional<trust::Frontier>();
    if (held == 0) return std::optional(trust::Frontier{});
    if (held > out.size)
        if (const auto loaded = load_out(peer, lane, out); !loaded)
            return fail(loaded.error().fault, "log_unreadable");
    const auto note = trust::parse_note(head);
    if (!note) return fail(Fault::untrusted, "unproven_position");
    if (held <= out.size) {
        if (!afford(link, cost_of(out, held))) return fail(Fault::busy, "costly");
        auto end = frontier_at(peer, out, lane, held);
        if (!end) {
            parts_.log.error("link.log_unreadable",
                             {{"peer", peer.text}, {"fault", name(end.error().fault)}});
            return fail(end.error().fault, "log_unreadable");
        }
        if (note->text ==
            trust::write_checkpoint({origin(parts_.logs.self(), id), held, end->root()}))
            return std::optional(std::move(*end));
    }
    const trust::Verifier own{parts_.logs.self().text, trust::SignatureType::ed25519,
                              parts_.signing.public_key()};
    const auto said = trust::open_checkpoint(head, own);
    if (!said || said->size != held || said->origin != origin(parts_.logs.self(), id))
        return fail(Fault::untrusted, "unproven_position");
    if (held <= out.receipted.size()) {
        const auto snapshot = parts_.store.snapshot();
        const auto end = snapshot ? parts_.logs.end(**snapshot, id) : LaneEnd{};
        freeze(peer, link, "own_log_forked", {lane, end ? end->note : std::string(), head});
    } else {
        recovery_.begin(id, *said, head);
    }
    return std::optional<trust::Frontier>();
}

void Links::recovered(const LaneId& lane) {
    Link* link = find(lane.peer);
    if (link == nullptr) return;
    if (const auto loaded = load_out(lane.peer, lane.lane, link->out[std::size_t(lane.lane)]);
        !loaded)
        return drop(lane.peer, "log_unreadable");
    if (recovery_.is_running(lane.peer)) return;
    link->up = false;
    link->retry = retry_first;
    say_hello(lane.peer, *link, true);
}

void Links::unfit(const LaneId& lane, const std::string& shown_head) {
    Link* link = find(lane.peer);
    if (link == nullptr) return;
    const auto snapshot = parts_.store.snapshot();
    const auto end = snapshot ? parts_.logs.end(**snapshot, lane) : LaneEnd{};
    freeze(lane.peer, *link, "own_log_forked",
           {lane.lane, end ? end->note : std::string(), shown_head});
}

bool Links::is_frozen(const NodeId& peer) const {
    const auto known = links_.find(peer);
    return known != links_.end() && !known->second.frozen.empty();
}

// Two signed heads that contradict each other: stop, keep both, and let people decide.
void Links::freeze(const NodeId& peer, Link& link, const char* why, const Evidence& evidence) {
    if (!link.frozen.empty()) return;
    set_frozen(peer, why);
    parts_.log.error("link.frozen", {{"peer", peer.text}, {"why", why}});
    parts_.counters.add("link.frozen");
    LinkFreeze record;
    record.why = why;
    record.at = parts_.clock.now();
    record.by = "node";
    record.lane = name(evidence.lane);
    record.held_head = evidence.held;
    record.shown_head = evidence.shown;
    const auto kept = parts_.engine.submit(
        [this, peer, record](store::Draft& draft) -> Result<void> {
            const auto fresh = parts_.freezes.freeze(draft, peer, record);
            if (!fresh) return std::unexpected(fresh.error());
            if (!*fresh) return {};
            parts_.audit.append(draft,
                                {.at = record.at,
                                 .actor = "node",
                                 .role = "node",
                                 .action = "link.frozen",
                                 .reason = peer.text + " " + record.lane + " " + record.why});
            parts_.feed.emit(
                draft,
                {.at = record.at, .name = "link.frozen", .peer = peer.text + "/" + record.lane});
            return {};
        },
        {});
    if (!kept) parts_.counters.add("link.freeze_unkept");
}

void Links::set_frozen(const NodeId& peer, const std::string& why) {
    Link* link = find(peer);
    if (link == nullptr || link->frozen == why) return;
    link->frozen = why;
    link->up = false;
    if (why.empty()) return connected(peer);
    recovery_.stop(peer);
    for (Out& out : link->out) out.in_flight.clear();
}

std::vector<Links::Status> Links::status() const {
    std::vector<Status> all;
    for (const auto& [peer, link] : links_) {
        Status status{.peer = peer,
                      .up = link.up,
                      .out = {},
                      .in = {},
                      .frozen = link.frozen,
                      .heard = link.heard,
                      .recovering = recovery_.progress(peer)};
        for (std::size_t lane = 0; lane < 2; ++lane) {
            status.out[lane] = {link.out[lane].size, link.out[lane].receipted.size()};
            status.in[lane] = link.in[lane].durable;
        }
        all.push_back(std::move(status));
    }
    return all;
}

}  // namespace sanad::federation
