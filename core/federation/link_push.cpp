// The sending half of Links: pushing our logs and taking the peer's receipts.
#include "core/federation/links.h"
#include "core/trust/checkpoint.h"

#include <algorithm>

namespace sanad::federation {
namespace {

trust::Checkpoint checkpoint(const NodeId& self, const LaneId& lane, const trust::Frontier& end) {
    return {origin(self, lane), end.size(), end.root()};
}

}  // namespace

void Links::pump(const NodeId& peer, Link& link) {
    if (!link.up || !link.frozen.empty() || recovery_.is_running(peer)) return;
    bool pushed = false;
    for (const Lane lane : all_lanes) {
        Out& out = link.out[std::size_t(lane)];
        while (out.in_flight.size() < pushes_in_flight_max && out.sent.size() < out.size &&
               push_next(peer, out, lane))
            pushed = true;
    }
    // An answer is due: without one, the next hello starts over from where the peer stands.
    if (pushed) link.hello_at = parts_.clock.elapsed() + link.retry * 2;
}

// The entries are read back from the disk and hashed again before the head over them is signed.
bool Links::push_next(const NodeId& peer, Out& out, Lane lane) {
    const LaneId id{peer, Direction::out, lane};
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return false;
    const auto entries = parts_.logs.read_with_erased(**snapshot, id, out.sent.size(),
                                                      push_entries_max, push_bytes_max);
    if (!entries || entries->empty()) {
        parts_.counters.add("link.log_unreadable");
        return false;
    }
    trust::Frontier end = out.sent;
    for (const auto& entry : *entries) end.append(entry.leaf);
    auto head = trust::sign_checkpoint(checkpoint(parts_.logs.self(), id, end), parts_.signing,
                                       parts_.logs.self().text);
    if (!head) return false;
    const auto frame = write_push(lane, *entries, *head);
    if (!frame || !transport_->send(peer, *frame)) return false;
    // The disk may be ahead of what the engine has told us; what the peer is told it may confirm.
    out.size = std::max(out.size, end.size());
    out.sent = end;
    out.in_flight.push_back({std::move(end), std::move(*head)});
    parts_.counters.add("link.pushes");
    return true;
}

// Our own log as it was at `size`: from what was sent, from what was receipted, or from its leaves.
Result<trust::Frontier> Links::frontier_at(const NodeId& peer, const Out& out, Lane lane,
                                           std::uint64_t size) {
    if (out.sent.size() == size) return out.sent;
    for (const auto& sent : out.in_flight)
        if (sent.end.size() == size) return sent.end;
    trust::Frontier end = out.receipted.size() <= size ? out.receipted : trust::Frontier{};
    return extend(std::move(end), {peer, Direction::out, lane}, size);
}

// How many leaves frontier_at() would read.
std::uint64_t Links::cost_of(const Out& out, std::uint64_t size) const {
    if (out.sent.size() == size) return 0;
    return out.receipted.size() <= size ? size - out.receipted.size() : size;
}

Result<trust::Frontier> Links::extend(trust::Frontier end, const LaneId& lane, std::uint64_t size) {
    constexpr std::uint64_t leaves_at_once = 4'096;
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return std::unexpected(snapshot.error());
    while (end.size() < size) {
        const auto count = std::min(leaves_at_once, size - end.size());
        const auto leaves =
            parts_.logs.leaves(**snapshot, lane, end.size(), static_cast<std::uint32_t>(count));
        if (!leaves) return std::unexpected(leaves.error());
        for (const auto& leaf : *leaves) end.append(leaf);
    }
    return end;
}

// The receipt must be over exactly what our log was at that size: then, and only then, is it kept.
void Links::on_ack(const NodeId& peer, Link& link, const Ack& ack) {
    if (!link.frozen.empty()) return drop(peer, "frozen");
    if (recovery_.is_running(peer)) return drop(peer, "recovering");
    const auto table = parts_.peers.current();
    const Peer* witness = table->find(peer);
    const LaneId id{peer, Direction::out, ack.lane};
    Out& out = link.out[std::size_t(ack.lane)];
    const auto note = trust::parse_note(ack.head);
    if (!note || witness == nullptr) return drop(peer, "malformed_receipt");
    const auto said = trust::parse_checkpoint(note->text);
    if (!said || said->size > out.size) return drop(peer, "malformed_receipt");
    const bool is_newer = said->size > out.receipted.size();
    const bool is_awaited = std::ranges::any_of(
        out.in_flight, [&](const Sent& sent) { return sent.end.size() == said->size; });
    if (!is_newer && !is_awaited) return;  // nothing new: a repeated receipt
    if (!afford(link, cost_of(out, said->size))) return drop(peer, "costly");
    const auto end = frontier_at(peer, out, ack.lane, said->size);
    if (!end || *said != checkpoint(parts_.logs.self(), id, *end))
        return drop(peer, "receipt_of_other_log");
    const auto signature =
        std::ranges::find_if(note->signatures, [&](const trust::NoteSignature& one) {
            return trust::verify_cosignature(note->text, one, witness->receipt_verifier())
                .has_value();
        });
    if (signature == note->signatures.end()) return drop(peer, "bad_receipt");

    auto head = trust::sign_checkpoint(*said, parts_.signing, parts_.logs.self().text);
    while (!out.in_flight.empty() && out.in_flight.front().end.size() <= said->size) {
        if (out.in_flight.front().end.size() == said->size)
            head = std::move(out.in_flight.front().head);
        out.in_flight.pop_front();
    }
    if (!head) return;
    link.retry = retry_first;
    link.hello_at = parts_.clock.elapsed() + keepalive;
    if (!is_newer) return pump(peer, link);  // pushed again to a peer that had lost it
    out.receipted = *end;
    if (out.sent.size() < said->size) out.sent = *end;
    parts_.counters.add("link.receipts");
    if (receipted_) receipted_(id, said->size);
    // Losing a receipt costs a second push of what it covers, so it may ride in the next commit.
    const auto kept = parts_.engine.submit(
        [this, id, end = *end,
         receipt = *head + trust::format(*signature)](store::Draft& draft) -> Result<void> {
            if (const auto noted = parts_.logs.note_receipt(draft, id, end, receipt); !noted)
                return noted;
            parts_.feed.emit(draft, {.at = parts_.clock.now(),
                                     .name = "link.receipted",
                                     .peer = id.peer.text + "/" + name(id.lane),
                                     .number = end.size()});
            return {};
        },
        {}, store::Engine::When::lazy);
    if (!kept) parts_.counters.add("link.receipt_unkept");
    pump(peer, link);
}

// A passport proves a log under one directory. So where a signing key changed since the newest
// receipt of a log that rests, a key entry brings a head and a receipt under the keys of now.
void Links::renew_receipt(const NodeId& peer, Out& out, Lane lane) {
    const auto table = parts_.peers.current();
    const Peer* witness = table->find(peer);
    if (witness == nullptr || out.size == 0 || out.receipted.size() != out.size) return;
    const std::vector<trust::Verifier> keys{
        {parts_.logs.self().text, trust::SignatureType::ed25519, parts_.signing.public_key()},
        witness->receipt_verifier()};
    if (out.receipted_under == keys) return;
    const LaneId id{peer, Direction::out, lane};
    const auto snapshot = parts_.store.snapshot();
    if (!snapshot) return;
    const auto end = parts_.logs.end(**snapshot, id);
    const auto note = end ? trust::parse_note(end->note) : fail(Fault::not_found, "receipt");
    if (!note || end->receipted.size() != out.size) return;  // not on disk yet
    const bool signed_by_both = std::ranges::all_of(keys, [&](const trust::Verifier& key) {
        return std::ranges::any_of(note->signatures, [&](const trust::NoteSignature& one) {
            return trust::is_signed_by(note->text, one, key);
        });
    });
    if (signed_by_both) {
        out.receipted_under = keys;
        return;
    }
    const auto begun = parts_.engine.submit(
        [this, id, size = out.size](store::Draft& draft) -> Result<void> {
            const auto now = parts_.logs.current_end(draft, id);
            if (!now) return std::unexpected(now.error());
            if (now->size != size) return {};  // something else brought a new head
            if (const auto known = parts_.logs.check_peer(id.peer); !known) return known;
            draft.then([this, id](store::Transaction& transaction) {
                return parts_.logs.append_key(transaction, id.peer, id.lane, parts_.clock.now());
            });
            return {};
        },
        {});
    parts_.counters.add(begun ? "link.receipts_renewed" : "link.receipt_unrenewed");
}

}  // namespace sanad::federation
