// The part of AuditWitness that looks at other nodes' audit logs.
#include "core/federation/audit_witness.h"

#include "core/trust/checkpoint.h"

#include <algorithm>

namespace sanad::federation {
namespace {

constexpr std::uint32_t heads_at_once = 256;

bool is_bad_message(const Error& error) {
    return error.fault == Fault::malformed || error.fault == Fault::bad_signature ||
           error.fault == Fault::untrusted || error.fault == Fault::bad_size ||
           error.fault == Fault::unsupported || error.fault == Fault::invalid;
}

}  // namespace

std::vector<NodeId> choose_witnesses(const NodeId& self, const std::vector<NodeId>& named,
                                     const PeerTable& table) {
    std::vector<std::pair<trust::Digest, NodeId>> ranked;
    for (const auto& [id, peer] : table.nodes) {
        if (id == self || !peer.active) continue;
        const bool wanted = named.empty() || std::ranges::find(named, id) != named.end();
        const std::string pair = "sanad/audit-witness/v1\n" + self.text + "\n" + id.text + "\n";
        if (wanted) ranked.emplace_back(trust::sha256(bytes_of(pair)), id);
    }
    std::ranges::sort(ranked);
    std::vector<NodeId> chosen;
    for (const auto& [rank, id] : ranked)
        if (chosen.size() < audit_witnesses) chosen.push_back(id);
    return chosen;
}

Result<std::unique_ptr<AuditWitness>> AuditWitness::open(store::Store& store, Parts parts) {
    auto book = AuditBook::open(store, parts.records);
    if (!book) return std::unexpected(book.error());
    return std::make_unique<AuditWitness>(std::move(parts), std::move(*book));
}

std::vector<NodeId> AuditWitness::witnesses() const {
    return choose_witnesses(parts_.logs.self(), parts_.witnesses, *parts_.peers.current());
}

// What cannot be true as it stands is parked and refused; only the store's errors go further.
Result<KeyId> AuditWitness::apply(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    const auto table = parts_.peers.current();
    const Peer* peer = table->find(entry.lane.peer);
    if (peer == nullptr) return parts_.parking.park(draft, entry, "not_active", now);
    if (++messages_[peer->id] > audit_messages_max)
        return parts_.parking.park(draft, entry, "limit", now);
    const auto message = read_audit_message(entry.body->payload);
    if (!message) return parts_.parking.park(draft, entry, name(message.error().fault), now);
    const auto done = std::visit(
        [&](const auto& one) -> Result<void> {
            using One = std::decay_t<decltype(one)>;
            if constexpr (std::is_same_v<One, AuditCosignRequest>)
                return on_request(draft, *peer, one, now);
            else if constexpr (std::is_same_v<One, AuditCosigned>)
                return on_cosigned(draft, *peer, one, now);
            else if constexpr (std::is_same_v<One, AuditRefused>)
                return on_refused(draft, *peer, one, now);
            else if constexpr (std::is_same_v<One, AuditSeen>)
                return on_seen(draft, *peer, one, now);
            else if constexpr (std::is_same_v<One, AuditQuestion>)
                return on_question(draft, *peer, one, now);
            else
                return on_answer(draft, *peer, one, now);
        },
        *message);
    if (done) return store::node_key_id;
    if (!is_bad_message(done.error())) return std::unexpected(done.error());
    parts_.counters.add(std::string("audit.refused.") + name(done.error().fault));
    return parts_.parking.park(draft, entry, name(done.error().fault), now);
}

void AuditWitness::say(store::Draft& draft, const NodeId& peer, const AuditMessage& message,
                       Time now) {
    Body body{BodyKind::audit, {}, write_audit_message(message)};
    if (!parts_.logs.check_peer(peer)) return;  // it left the directory
    draft.then(
        [this, peer, body = std::move(body), now](store::Transaction& transaction) -> Result<void> {
            const auto entry =
                parts_.logs.append(transaction, peer, Lane::normal, store::node_key_id, body, now);
            if (!entry) return std::unexpected(entry.error());
            return {};
        });
}

// The head in `growth`, signed by the owner of the log that it says it is of.
Result<SeenAuditHead> AuditWitness::read_head(const AuditGrowth& growth, const Peer& owner,
                                              const NodeId& told_by, Time now) const {
    auto checkpoint = trust::open_checkpoint(growth.head, owner.head_verifier());
    if (!checkpoint) return std::unexpected(checkpoint.error());
    if (checkpoint->origin != audit_origin(owner.id) || checkpoint->size == 0)
        return fail(Fault::invalid, "audit: head of another log");
    return SeenAuditHead{.owner = owner.id,
                         .checkpoint = std::move(*checkpoint),
                         .growth = growth,
                         .told_by = told_by,
                         .at = now};
}

// A peer wants its head cosigned. It must be what the last one was, or have grown out of it.
Result<void> AuditWitness::on_request(store::Draft& draft, const Peer& peer,
                                      const AuditCosignRequest& message, Time now) {
    auto head = read_head(message.growth, peer, peer.id, now);
    if (!head) return std::unexpected(head.error());
    const auto position = book_.position(draft, peer.id);
    if (!position) return std::unexpected(position.error());
    if (position->cosigned == 0 && position->proven == 0)
        return cosign(draft, std::move(*head), now);
    if (position->cosigned == 0) {
        // New to us, but others have told us of this log: it must fit what they said.
        const auto heard = book_.seen(draft, peer.id, head->checkpoint.size);
        if (!heard) return std::unexpected(heard.error());
        return *heard ? cosign(draft, std::move(*head), now)
                      : ask_owner(draft, std::move(*head), *position, now);
    }
    const auto held = book_.seen(draft, peer.id, position->cosigned);
    if (!held) return std::unexpected(held.error());
    if (!*held) return fail(Fault::io, "audit: a cosigned head is not in the store");

    const Head before = (*held)->checkpoint;
    const Head after = head->checkpoint;
    const auto alarm = [&](const char* kind) -> Result<void> {
        say(draft, peer.id, AuditRefused{kind, message.growth.head, (*held)->growth.head}, now);
        return raise(draft, {.at = now,
                             .about = peer.id,
                             .kind = kind,
                             .told_by = peer.id,
                             .first = (*held)->growth.head,
                             .second = message.growth.head});
    };
    if (after.size < before.size) return alarm("smaller");
    if (after.size == before.size)
        return after.root == before.root ? cosign(draft, std::move(*head), now)
                                         : alarm("other_root");
    // Our last cosignature may be on its way yet; so the proof is of an older head than ours.
    if (message.growth.from != before.size)
        return ask_owner(draft, std::move(*head), {.cosigned = before.size, .proven = before.size},
                         now);
    const auto grown = trust::verify_consistency(before.size, after.size, before.root, after.root,
                                                 message.growth.proof);
    if (!grown) return alarm("inconsistent");
    // Others have told us of a later head than the one we cosigned: it must fit that one as well.
    if (position->proven > before.size && position->proven != after.size)
        return ask_owner(draft, std::move(*head), *position, now);
    return cosign(draft, std::move(*head), now);
}

Result<void> AuditWitness::cosign(store::Draft& draft, SeenAuditHead head, Time now) {
    // First what others have told us of this log: after our cosignature it would be too late.
    const NodeId owner = head.owner;
    const auto size = head.checkpoint.size;
    const auto other = book_.seen(draft, owner, size);
    if (!other) return std::unexpected(other.error());
    if (*other && (*other)->checkpoint.root != head.checkpoint.root)
        return raise(draft, {.at = now,
                             .about = owner,
                             .kind = "other_root",
                             .told_by = (*other)->told_by,
                             .first = (*other)->growth.head,
                             .second = head.growth.head});
    auto cosigned =
        trust::add_cosignature(head.growth.head, parts_.signing, parts_.logs.self().text, now);
    if (!cosigned) return std::unexpected(cosigned.error());
    head.growth.head = std::move(*cosigned);
    head.cosigned = true;
    head.proven = true;
    auto position = book_.position(draft, owner);
    if (!position) return std::unexpected(position.error());
    const AuditPosition before = *position;
    position->cosigned = size;
    position->proven = std::max(before.proven, size);
    if (const auto kept = book_.keep(draft, head); !kept) return kept;
    if (const auto kept = book_.set_position(draft, owner, *position); !kept) return kept;
    if (const auto kept = book_.note(draft, AuditBook::List::unshared, owner, size); !kept)
        return kept;
    parts_.counters.add("audit.cosigned");
    say(draft, owner, AuditCosigned{head.growth.head}, now);
    return {};
}

// A peer passes on heads of third nodes that it has cosigned.
Result<void> AuditWitness::on_seen(store::Draft& draft, const Peer& peer, const AuditSeen& message,
                                   Time now) {
    const auto table = parts_.peers.current();
    for (const AuditGrowth& growth : message.heads) {
        const auto note = trust::parse_note(growth.head);
        if (!note) return std::unexpected(note.error());
        const auto said = trust::parse_checkpoint(note->text);
        if (!said) return std::unexpected(said.error());
        constexpr std::string_view family = "sanad/audit/";
        if (!said->origin.starts_with(family)) return fail(Fault::invalid, "audit: origin");
        const Peer* owner = table->find(NodeId{said->origin.substr(family.size())});
        if (owner == nullptr || owner->id == peer.id) continue;  // nobody that we could judge
        auto head = read_head(growth, *owner, peer.id, now);
        if (!head) return std::unexpected(head.error());
        const auto cosigner = peer.receipt_verifier();
        if (const auto good = trust::verify_note(*note, std::span(&cosigner, 1)); !good)
            return std::unexpected(good.error());
        if (owner->id != parts_.logs.self()) {
            if (const auto done = learn(draft, std::move(*head), now); !done) return done;
            continue;
        }
        const auto ours = is_ours(draft, head->checkpoint);
        if (!ours) return std::unexpected(ours.error());
        if (*ours) continue;
        const auto own = book_.own_heads(draft, 1);
        if (!own) return std::unexpected(own.error());
        const auto raised = raise(draft, {.at = now,
                                          .about = owner->id,
                                          .kind = "not_ours",
                                          .told_by = peer.id,
                                          .first = own->empty() ? "" : own->front().note,
                                          .second = growth.head});
        if (!raised) return raised;
    }
    return {};
}

// Compares a head with what is known of that log, and keeps it.
Result<void> AuditWitness::learn(store::Draft& draft, SeenAuditHead head, Time now) {
    const auto& checkpoint = head.checkpoint;
    const auto known = book_.seen(draft, head.owner, checkpoint.size);
    if (!known) return std::unexpected(known.error());
    if (*known && (*known)->checkpoint.root == checkpoint.root) return {};
    if (*known) {
        // The owner shall see what stands under its name; there is no answer that could help.
        say(draft, head.owner, AuditQuestion{(*known)->growth.head, head.growth.head}, now);
        return raise(draft, {.at = now,
                             .about = head.owner,
                             .kind = "other_root",
                             .told_by = head.told_by,
                             .first = (*known)->growth.head,
                             .second = head.growth.head});
    }
    auto position = book_.position(draft, head.owner);
    if (!position) return std::unexpected(position.error());
    const auto from = book_.seen(draft, head.owner, head.growth.from);
    if (!from) return std::unexpected(from.error());
    const bool first = position->proven == 0;
    // Only against the newest that is proven: two that part after an older one both grew out of it.
    const bool grown =
        *from && head.growth.from == position->proven && head.growth.from < checkpoint.size &&
        trust::verify_consistency(head.growth.from, checkpoint.size, (*from)->checkpoint.root,
                                  checkpoint.root, head.growth.proof)
            .has_value();
    if (!first && !grown) return ask_owner(draft, std::move(head), *position, now);
    head.proven = true;
    position->proven = std::max(position->proven, checkpoint.size);
    if (const auto kept = book_.keep(draft, head); !kept) return kept;
    return book_.set_position(draft, head.owner, *position);
}

// Whether it grew out of what we know, only the owner can show.
Result<void> AuditWitness::ask_owner(store::Draft& draft, SeenAuditHead head,
                                     const AuditPosition& known, Time now) {
    const auto proven = book_.seen(draft, head.owner, known.proven);
    if (!proven) return std::unexpected(proven.error());
    if (!*proven) return fail(Fault::io, "audit: a proven head is not in the store");
    const bool is_newer = head.checkpoint.size > known.proven;
    const auto& older = is_newer ? (*proven)->growth.head : head.growth.head;
    const auto& newer = is_newer ? head.growth.head : (*proven)->growth.head;
    head.asked = known.proven;
    head.asked_at = now;
    if (const auto kept = book_.keep(draft, head); !kept) return kept;
    const auto noted = book_.note(draft, AuditBook::List::asked, head.owner, head.checkpoint.size);
    if (!noted) return noted;
    parts_.counters.add("audit.questions");
    say(draft, head.owner, AuditQuestion{older, newer}, now);
    return {};
}

Result<void> AuditWitness::on_answer(store::Draft& draft, const Peer& peer,
                                     const AuditAnswer& message, Time now) {
    auto older = book_.seen(draft, peer.id, message.older);
    auto newer = book_.seen(draft, peer.id, message.newer);
    if (!older) return std::unexpected(older.error());
    if (!newer) return std::unexpected(newer.error());
    if (!*older || !*newer) return fail(Fault::invalid, "audit: an answer to no question");
    // One of the two is proven; the other is what the question was about.
    auto& open = (*newer)->asked == message.older ? **newer : **older;
    const auto& base = &open == &**newer ? **older : **newer;
    if (open.asked == 0 || open.proven) return {};  // proven in another way meanwhile
    if (open.asked != base.checkpoint.size || !base.proven)
        return fail(Fault::invalid, "audit: an answer to no question");
    const auto grown =
        message.known && message.older < message.newer &&
        trust::verify_consistency(message.older, message.newer, (*older)->checkpoint.root,
                                  (*newer)->checkpoint.root, message.proof)
            .has_value();
    const auto size = open.checkpoint.size;
    if (const auto done = book_.forget(draft, AuditBook::List::asked, peer.id, size); !done)
        return done;
    if (!grown)
        return raise(draft, {.at = now,
                             .about = peer.id,
                             .kind = "inconsistent",
                             .told_by = open.told_by,
                             .first = base.growth.head,
                             .second = open.growth.head});
    auto position = book_.position(draft, peer.id);
    if (!position) return std::unexpected(position.error());
    if (open.told_by == peer.id && size > position->cosigned)
        return cosign(draft, std::move(open), now);  // it was asked for a cosignature
    open.proven = true;
    if (const auto kept = book_.keep(draft, open); !kept) return kept;
    position->proven = std::max(position->proven, size);
    return book_.set_position(draft, peer.id, *position);
}

// Everybody hears of what we cosigned since the last round, but for the owners themselves.
Result<void> AuditWitness::share(store::Draft& draft, Time now) {
    const auto fresh = book_.listed(draft, AuditBook::List::unshared, heads_at_once);
    if (!fresh) return std::unexpected(fresh.error());
    for (const auto& [id, peer] : parts_.peers.current()->nodes) {
        if (id == parts_.logs.self() || !peer.active) continue;
        AuditSeen seen;
        std::size_t bytes = 0;
        const auto send = [&] {
            if (!seen.heads.empty()) say(draft, id, seen, now);
            seen.heads.clear();
            bytes = 0;
        };
        for (const auto& head : *fresh) {
            if (head.owner == id) continue;
            seen.heads.push_back(head.growth);
            bytes += head.growth.head.size() + (head.growth.proof.size() + 2) * 32;
            if (seen.heads.size() == audit_heads_max || bytes > audit_heads_bytes_max - 4'096)
                send();
        }
        send();
    }
    for (const auto& head : *fresh) {
        const auto done =
            book_.forget(draft, AuditBook::List::unshared, head.owner, head.checkpoint.size);
        if (!done) return done;
    }
    return {};
}

}  // namespace sanad::federation
