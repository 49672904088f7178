// The receiving half of Links: checking what a peer pushes, and receipting what is on disk.
#include "core/federation/links.h"
#include "core/trust/checkpoint.h"

#include <algorithm>

namespace sanad::federation {

// Token buckets in the link's own time, of frames and of their bytes.
bool Links::admit(In& in, std::size_t bytes) {
    const auto now = parts_.clock.elapsed();
    const double passed = std::chrono::duration<double>(now - in.tokens_at).count();
    in.tokens = std::min(frames_burst, in.tokens + passed * frames_per_second);
    in.byte_tokens = std::min(bytes_burst, in.byte_tokens + passed * bytes_per_second);
    in.tokens_at = now;
    const auto size = static_cast<double>(bytes);
    if (in.tokens < 1 || in.byte_tokens < size) return false;
    in.tokens -= 1;
    in.byte_tokens -= size;
    return true;
}

// Whether the peer may make us read so many leaves now. It may owe, and waits longer the next time.
bool Links::afford(Link& link, std::uint64_t leaves) {
    if (leaves == 0) return true;
    const auto now = parts_.clock.elapsed();
    const double passed = std::chrono::duration<double>(now - link.leaves_at).count();
    link.leaves = std::min(leaves_burst, link.leaves + passed * leaves_per_second);
    link.leaves_at = now;
    if (link.leaves < std::min(leaves_burst, static_cast<double>(leaves))) return false;
    link.leaves -= static_cast<double>(leaves);
    return true;
}

void Links::on_push(const NodeId& peer, Link& link, Push push) {
    In& in = link.in[std::size_t(push.lane)];
    if (!link.frozen.empty()) return drop(peer, "frozen");
    // What it says may build on what we said and have forgotten.
    if (!link.heard) return drop(peer, "before_hello");
    if (recovery_.is_running(peer)) return drop(peer, "recovering");
    if (in.in_engine >= pushes_in_engine_max) return drop(peer, "busy");
    if (push.first < in.end.size()) return on_past(peer, link, std::move(push));
    if (push.first != in.end.size()) return drop(peer, "gap");

    const auto table = parts_.peers.current();
    const Peer* sender = table->find(peer);
    if (sender == nullptr) return drop(peer, "not_active");
    trust::Frontier end = in.end;
    std::vector<trust::Digest> leaves;
    leaves.reserve(push.entries.size());
    for (std::size_t i = 0; i < push.entries.size(); ++i) {
        leaves.push_back(leaf_of(push, i));
        end.append(leaves.back());
    }
    const LaneId lane{peer, Direction::in, push.lane};
    const auto note = trust::parse_note(push.head);
    if (!note) return drop(peer, "malformed_head");
    // The head we can compute ourselves: comparing its text costs less than its signature.
    if (note->text !=
        trust::write_checkpoint({origin(parts_.logs.self(), lane), end.size(), end.root()}))
        return drop(peer, "other_root");
    if (!trust::open_checkpoint(push.head, sender->head_verifier()))
        return drop(peer, "bad_signature");

    Batch batch = open_batch(peer, in, std::move(push), leaves);
    batch.end = end;
    const auto before = in.end;
    in.end = std::move(end);
    if (!submit(peer, in, std::move(batch))) {
        in.end = before;
        if (const auto loaded = load_in(peer, lane.lane, in); !loaded) return drop(peer, "store");
        drop(peer, "busy");
    }
}

Links::Batch Links::open_batch(const NodeId& peer, In& in, Push push,
                               const std::vector<trust::Digest>& leaves) {
    Batch batch{{peer, Direction::in, push.lane}, {}, std::move(push.head), {}};
    batch.items.reserve(push.entries.size());
    for (auto& raw : push.entries) {
        auto& item = batch.items.emplace_back();
        item.logged.index = push.first + batch.items.size() - 1;
        item.logged.leaf = leaves[batch.items.size() - 1];
        item.logged.raw = std::move(raw);
        open_entry_into(item, in, batch.lane);
    }
    return batch;
}

// An entry that does not open is no reason to stop: it stays in the log and is refused by name.
void Links::open_entry_into(Batch::Item& item, In& in, const LaneId& lane) {
    item.entry.lane = lane;
    item.entry.index = item.logged.index;
    if (item.logged.raw.empty()) return;  // erased before we had it
    const auto entry = parse_entry(item.logged.raw);
    if (!entry) return;
    item.entry.id = entry->id;
    item.entry.created_at = entry->created_at;
    if (const auto* key = std::get_if<KeyEntry>(&entry->content)) {
        auto opened = open_link_key(key->for_recipient, parts_.sealing);
        if (!opened) return;
        item.key = opened->copy();
        in.key = std::move(*opened);
        return;
    }
    if (!in.key) return;
    const EntryPlace place{origin(parts_.logs.self(), lane), item.logged.index};
    auto body =
        open_entry(std::get<SealedEntry>(entry->content), place, entry_key(*in.key, place.index));
    if (body) item.entry.body = std::move(*body);
}

Result<void> Links::submit(const NodeId& peer, In& in, Batch batch) {
    auto shared =
        std::make_shared<const Batch>(std::move(batch));  // of the work, and of its answer
    auto submitted = parts_.engine.submit(
        [this, shared](store::Draft& draft) { return apply(draft, *shared); },
        [this, shared, epoch = in.epoch](const Result<void>& result) {
            post([this, shared, epoch, result] {
                stored(shared->lane, epoch, shared->end.size(), shared->head, result);
            });
        });
    if (submitted)
        ++in.in_engine;
    else
        parts_.log.warn("link.push_not_taken",
                        {{"peer", peer.text}, {"fault", name(submitted.error().fault)}});
    return submitted;
}

// One transaction: append, apply, audit.
Result<void> Links::apply(store::Draft& draft, const Batch& batch) {
    const auto end = parts_.logs.current_end(draft, batch.lane);
    if (!end) return std::unexpected(end.error());
    const std::uint64_t first = batch.items.front().logged.index;
    if (end->size != first) return fail(Fault::busy, "another push came first");
    const Time now = parts_.clock.now();
    for (const auto& item : batch.items) {
        KeyId owner = store::node_key_id;
        if (item.key) {
            const auto kept = parts_.logs.keep_key(draft, batch.lane, item.logged.index, *item.key);
            if (!kept) return kept;
        } else if (item.logged.raw.empty()) {
            parts_.counters.add("link.erased_entries");
            parts_.feed.emit(draft, {.at = now,
                                     .name = "link.entry_erased",
                                     .peer = batch.lane.peer.text,
                                     .number = item.logged.index});
        } else {
            const auto applied = parts_.applier.apply(draft, item.entry, now);
            if (!applied) return std::unexpected(applied.error());
            owner = *applied;
        }
        draft.then([this, &batch, &item, owner](store::Transaction& transaction) {
            return parts_.logs.append_received(transaction, batch.lane, item.logged, owner);
        });
        // The next entry must see what this one did.
        if (const auto written = draft.apply(); !written) return written;
    }
    if (const auto noted = parts_.logs.note_head(draft, batch.lane, batch.head); !noted)
        return noted;
    parts_.audit.append(
        draft, {.at = now,
                .actor = "peer " + batch.lane.peer.text,
                .role = "peer",
                .action = "link.received",
                .reason = std::string(name(batch.lane.lane)) + " " + std::to_string(first) + "+" +
                          std::to_string(batch.items.size())});
    return {};
}

void Links::stored(const LaneId& lane, std::uint64_t epoch, std::uint64_t size,
                   const std::string& head, const Result<void>& result) {
    if (const auto waits = couriers_.extract({lane, size})) waits.mapped()(result);
    Link* link = find(lane.peer);
    if (link == nullptr) return;
    In& in = link->in[std::size_t(lane.lane)];
    --in.in_engine;
    if (epoch != in.epoch) return;  // a later failure has been dealt with already
    if (!result) {
        // Go back to what is on disk; the peer's next hello shows it where that is.
        if (const auto loaded = load_in(lane.peer, lane.lane, in); !loaded)
            parts_.log.error("link.not_loaded", {{"peer", lane.peer.text}});
        return drop(lane.peer, "not_stored");
    }
    in.durable = size;
    in.head = head;
    send_receipt(lane.peer, *link, lane.lane);
}

// The head on disk and our cosignature of now. A greeting each keepalive is most of what a link
// that rests has to do, so the same one serves for a while.
std::optional<std::string> Links::receipt_for(In& in) const {
    if (in.durable == 0 || in.head.empty()) return {};
    const Time now = parts_.clock.now();
    const auto key = parts_.signing.public_key();
    if (in.receipt && in.receipt->head == in.head && in.receipt->key == key &&
        now >= in.receipt->at && now - in.receipt->at < receipt_kept)
        return in.receipt->text;
    auto text = trust::add_cosignature(in.head, parts_.signing, parts_.logs.self().text, now);
    if (!text) return {};
    in.receipt = Receipt{*text, in.head, key, now};
    return std::move(*text);
}

void Links::send_receipt(const NodeId& peer, Link& link, Lane lane) {
    auto receipt = receipt_for(link.in[std::size_t(lane)]);
    if (!receipt) return;
    if (!transport_->send(peer, write_frame(Ack{lane, std::move(*receipt)})))
        parts_.counters.add("link.receipt_unsent");
}

}  // namespace sanad::federation
