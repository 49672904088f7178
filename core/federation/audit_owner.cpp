// The part of AuditWitness that looks after the node's own audit log.
#include "core/federation/audit_witness.h"

#include "core/trust/checkpoint.h"

#include <algorithm>

namespace sanad::federation {
namespace {

constexpr std::uint32_t heads_to_compare = 10'000;
constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t day_ms = 24 * hour_ms;

// The next time after `now` that the hour begins, in UTC.
Time next_hour(Time now, int hour) {
    Time due{now.ms - now.ms % day_ms + hour * hour_ms};
    if (due <= now) due.ms += day_ms;
    return due;
}

}  // namespace

Result<void> AuditWitness::start(store::Draft& draft, Time now) {
    const auto check = book_.next_check(draft);
    if (!check) return std::unexpected(check.error());
    const Time wanted = next_hour(now, parts_.check_hour);
    const bool other_hour = *check && **check > now && **check != wanted;
    if (other_hour)
        if (const auto done = parts_.timers.clear(draft, {**check, audit_check_timer, {}}); !done)
            return done;
    if (!*check || other_hour) {
        if (const auto set = parts_.timers.set(draft, {wanted, audit_check_timer, {}}); !set)
            return set;
        if (const auto set = book_.set_next_check(draft, wanted); !set) return set;
    }
    const auto due = book_.next_round(draft);
    if (!due) return std::unexpected(due.error());
    const Time latest = now + parts_.round;
    if (*due && **due <= latest) return {};  // its timer runs, or is overdue
    if (*due)
        if (const auto done = parts_.timers.clear(draft, {**due, audit_round_timer, {}}); !done)
            return done;
    // A new node, or a shorter interval. The links need a moment to come up before a first round.
    const Time first = *due ? latest : now + std::min<Duration>(parts_.round, Duration(60'000));
    if (const auto set = parts_.timers.set(draft, {first, audit_round_timer, {}}); !set) return set;
    return book_.set_next_round(draft, first);
}

Result<void> AuditWitness::on_timer(store::Draft& draft, Time now) {
    const Time next = now + parts_.round;
    if (const auto set = parts_.timers.set(draft, {next, audit_round_timer, {}}); !set) return set;
    if (const auto set = book_.set_next_round(draft, next); !set) return set;
    parts_.counters.add("audit.rounds");
    messages_.clear();
    if (const auto shared = share(draft, now); !shared) return shared;
    if (const auto given_up = give_up_waiting(draft, now); !given_up) return given_up;
    const auto chosen = witnesses();
    if (chosen.empty() || parts_.audit.end().size() == 0) return {};
    const auto head = sign_head(draft, now);
    if (!head) return std::unexpected(head.error());
    for (const NodeId& witness : chosen)
        if (const auto asked = ask_witness(draft, witness, *head, now); !asked) return asked;
    return {};
}

Result<void> AuditWitness::on_check_timer(store::Draft& draft, Time now) {
    const Time next = next_hour(now, parts_.check_hour);
    if (const auto set = parts_.timers.set(draft, {next, audit_check_timer, {}}); !set) return set;
    return book_.set_next_check(draft, next);
}

Result<void> AuditWitness::checked(store::Draft& draft, const AuditChecked& found) {
    const bool sound = found.bad.empty();
    parts_.counters.add(sound ? "audit.checks_whole" : "audit.checks_bad");
    if (!sound) parts_.log.error("audit.not_whole", {{"entry", std::to_string(found.bad_index)}});
    parts_.audit.append(draft, {.at = found.at,
                                .actor = "node",
                                .role = "node",
                                .action = "audit.check",
                                .reason = std::to_string(found.size) + " entries",
                                .result = sound ? "ok" : "bad_signature"});
    parts_.feed.emit(draft, {.at = found.at,
                             .name = sound ? "audit.whole" : "audit.not_whole",
                             .number = sound ? found.size : found.bad_index});
    return book_.set_checked(draft, found);
}

Result<std::vector<store::AuditCheck::Head>> AuditWitness::heads_to_agree(
    store::Snapshot& from) const {
    const auto table = parts_.peers.current();
    const NodeId& self = parts_.logs.self();
    const trust::Verifier own{self.text, trust::SignatureType::ed25519,
                              parts_.signing.public_key()};
    const auto heads = book_.own_heads(from, heads_to_compare);
    if (!heads) return std::unexpected(heads.error());
    std::vector<store::AuditCheck::Head> all;
    for (const auto& head : *heads) {
        const auto note = trust::parse_note(head.note);
        if (!note) return std::unexpected(note.error());
        const auto said = trust::parse_checkpoint(note->text);
        if (!said) return std::unexpected(said.error());
        store::AuditCheck::Head kept{said->size, said->root, ""};
        for (const auto& signature : note->signatures) {
            if (signature.name == self.text) continue;
            const Peer* peer = table->find(NodeId{signature.name});
            if (peer != nullptr &&
                trust::verify_cosignature(note->text, signature, peer->receipt_verifier()))
                kept.holder += (kept.holder.empty() ? "" : ", ") + signature.name;
        }
        // A head that nobody else holds proves nothing against whoever has this node's keys.
        if (kept.holder.empty()) {
            const auto signers = trust::verify_note(*note, std::span(&own, 1));
            if (!signers) continue;  // by a key of before
            kept.holder = self.text;
        }
        all.push_back(std::move(kept));
    }
    return all;
}

// What the group has appended so far is in it: it is committed with this head, or neither is.
Result<OwnAuditHead> AuditWitness::sign_head(store::Draft& draft, Time now) {
    const trust::Frontier& end = parts_.audit.end();
    auto note = trust::sign_checkpoint({audit_origin(parts_.logs.self()), end.size(), end.root()},
                                       parts_.signing, parts_.logs.self().text);
    if (!note) return std::unexpected(note.error());
    OwnAuditHead head{end.size(), std::move(*note), end, now};
    const auto before = book_.own(draft, head.size);
    const auto newest = book_.own_heads(draft, 1);
    if (!before) return std::unexpected(before.error());
    if (!newest) return std::unexpected(newest.error());
    const bool other_root = *before && (*before)->frontier.root() != head.frontier.root();
    const bool smaller = !newest->empty() && newest->front().size > head.size;
    if (other_root || smaller) {
        const auto raised =
            raise(draft, {.at = now,
                          .about = parts_.logs.self(),
                          .kind = other_root ? "other_root" : "smaller",
                          .told_by = parts_.logs.self(),
                          .first = other_root ? (*before)->note : newest->front().note,
                          .second = head.note});
        if (!raised) return std::unexpected(raised.error());
        if (other_root) return head;  // the evidence stays what it was
    }
    // A log that did not grow keeps its head, with the cosignatures under it.
    if (*before) return head;
    if (const auto kept = book_.keep(draft, head); !kept) return std::unexpected(kept.error());
    return head;
}

// How our log grew from a head that we signed once; nothing when we know of no such head, or when
// the log is no longer the one that we signed.
Result<std::optional<trust::Proof>> AuditWitness::growth(store::Snapshot& from, std::uint64_t older,
                                                         const OwnAuditHead& newer) {
    if (older == 0) return trust::Proof{};
    const auto base = book_.own(from, older);
    if (!base) return std::unexpected(base.error());
    if (!*base || older > newer.size || newer.size - older > audit_growth_entries_max)
        return std::nullopt;
    const auto added = parts_.audit.leaves(from, older, std::uint32_t(newer.size - older));
    if (!added) return std::unexpected(added.error());
    auto proof = (*base)->frontier.growth(*added);
    const auto sound = trust::verify_consistency(older, newer.size, (*base)->frontier.root(),
                                                 newer.frontier.root(), proof);
    if (!sound) return std::nullopt;
    return proof;
}

Result<void> AuditWitness::ask_witness(store::Draft& draft, const NodeId& witness,
                                       const OwnAuditHead& head, Time now) {
    const auto older = book_.cosigned_by(draft, witness);
    if (!older) return std::unexpected(older.error());
    auto proof = growth(draft, *older, head);
    if (!proof) return std::unexpected(proof.error());
    AuditGrowth grown{head.note, *proof ? *older : 0, {}};
    if (*proof) grown.proof = std::move(**proof);
    say(draft, witness, AuditCosignRequest{std::move(grown)}, now);
    return {};
}

Result<bool> AuditWitness::is_ours(store::Snapshot& from, const Head& head) {
    const auto own = book_.own(from, head.size);
    if (!own) return std::unexpected(own.error());
    return *own && (*own)->frontier.root() == head.root;
}

Result<void> AuditWitness::on_cosigned(store::Draft& draft, const Peer& peer,
                                       const AuditCosigned& message, Time now) {
    auto note = trust::parse_note(message.head);
    if (!note) return std::unexpected(note.error());
    const auto said = trust::parse_checkpoint(note->text);
    if (!said) return std::unexpected(said.error());
    auto own = book_.own(draft, said->size);
    if (!own) return std::unexpected(own.error());
    if (said->origin != audit_origin(parts_.logs.self()) || !*own ||
        (*own)->frontier.root() != said->root)
        return fail(Fault::invalid, "audit: a cosignature of another head");
    const auto cosigner = peer.receipt_verifier();
    const auto fresh = std::ranges::find_if(note->signatures, [&](const auto& signature) {
        return trust::verify_cosignature(note->text, signature, cosigner).has_value();
    });
    if (fresh == note->signatures.end()) return fail(Fault::bad_signature, "audit: cosignature");
    auto kept = trust::parse_note((*own)->note);
    if (!kept) return std::unexpected(kept.error());
    std::erase_if(kept->signatures, [&](const auto& signature) {
        return signature.name == fresh->name && signature.key_id == fresh->key_id;
    });
    auto whole = trust::add_signature(std::move(*kept), *fresh);
    if (!whole) return std::unexpected(whole.error());
    (*own)->note = std::move(*whole);
    if (const auto done = book_.keep(draft, **own); !done) return done;
    const auto before = book_.cosigned_by(draft, peer.id);
    if (!before) return std::unexpected(before.error());
    parts_.counters.add("audit.cosignatures");
    parts_.feed.emit(
        draft, {.at = now, .name = "audit.cosigned", .peer = peer.id.text, .number = said->size});
    return book_.set_cosigned_by(draft, peer.id, std::max(*before, said->size));
}

// A witness says that our log is not what it cosigned. Its evidence must carry our own signature.
Result<void> AuditWitness::on_refused(store::Draft& draft, const Peer& peer,
                                      const AuditRefused& message, Time now) {
    const auto table = parts_.peers.current();
    const Peer* self = table->find(parts_.logs.self());
    if (self == nullptr) return fail(Fault::invalid, "audit: not in the directory");
    const auto held = trust::open_cosigned_checkpoint(message.held, self->head_verifier(),
                                                      peer.receipt_verifier());
    if (!held) return std::unexpected(held.error());
    if (held->checkpoint.origin != audit_origin(parts_.logs.self()))
        return fail(Fault::invalid, "audit: origin");
    const auto head = read_head({message.head, 0, {}}, *self, peer.id, now);
    if (!head) return std::unexpected(head.error());
    const auto knows_held = is_ours(draft, held->checkpoint);
    const auto knows_head = is_ours(draft, head->checkpoint);
    if (!knows_held) return std::unexpected(knows_held.error());
    if (!knows_head) return std::unexpected(knows_head.error());
    // Two heads of the log as it is contradict nothing: then the witness is mistaken.
    if (*knows_held && *knows_head && held->checkpoint.size <= head->checkpoint.size) {
        parts_.counters.add("audit.refusal_unfounded");
        return {};
    }
    constexpr std::string_view kinds[] = {"smaller", "other_root", "inconsistent"};
    const bool known = std::ranges::find(kinds, message.reason) != std::end(kinds);
    return raise(draft, {.at = now,
                         .about = parts_.logs.self(),
                         .kind = known ? message.reason : "inconsistent",
                         .told_by = peer.id,
                         .first = message.held,
                         .second = message.head});
}

// Anybody of the directory may ask how one of our heads grew out of another.
Result<void> AuditWitness::on_question(store::Draft& draft, const Peer& peer,
                                       const AuditQuestion& message, Time now) {
    const auto table = parts_.peers.current();
    const Peer* self = table->find(parts_.logs.self());
    if (self == nullptr) return fail(Fault::invalid, "audit: not in the directory");
    const auto older = read_head({message.older, 0, {}}, *self, peer.id, now);
    const auto newer = read_head({message.newer, 0, {}}, *self, peer.id, now);
    if (!older) return std::unexpected(older.error());
    if (!newer) return std::unexpected(newer.error());
    AuditAnswer answer{older->checkpoint.size, newer->checkpoint.size, false, {}};
    for (const auto* head : {&*older, &*newer}) {
        const auto ours = is_ours(draft, head->checkpoint);
        if (!ours) return std::unexpected(ours.error());
        if (*ours) continue;
        // Our signature under a head that we know nothing of.
        const auto own = book_.own_heads(draft, 1);
        if (!own) return std::unexpected(own.error());
        const auto raised = raise(draft, {.at = now,
                                          .about = parts_.logs.self(),
                                          .kind = "not_ours",
                                          .told_by = peer.id,
                                          .first = own->empty() ? "" : own->front().note,
                                          .second = head->growth.head});
        if (!raised) return raised;
        say(draft, peer.id, answer, now);
        return {};
    }
    const auto end = book_.own(draft, newer->checkpoint.size);
    if (!end) return std::unexpected(end.error());
    auto proof = growth(draft, older->checkpoint.size, **end);
    if (!proof) return std::unexpected(proof.error());
    answer.known = proof->has_value();
    if (*proof) answer.proof = std::move(**proof);
    say(draft, peer.id, answer, now);
    return {};
}

Result<KeyId> AuditWitness::apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    const auto message = read_audit_message(entry.body->payload);
    const auto* asked = message ? std::get_if<AuditCosignRequest>(&*message) : nullptr;
    if (asked == nullptr) return store::node_key_id;
    const auto note = trust::parse_note(asked->growth.head);
    if (!note) return store::node_key_id;
    const auto head = trust::parse_checkpoint(note->text);
    if (!head) return store::node_key_id;
    const auto ours = is_ours(draft, *head);
    if (!ours) return std::unexpected(ours.error());
    if (*ours) return store::node_key_id;
    const auto own = book_.own_heads(draft, 1);
    if (!own) return std::unexpected(own.error());
    const auto raised = raise(draft, {.at = now,
                                      .about = parts_.logs.self(),
                                      .kind = "not_ours",
                                      .told_by = entry.lane.peer,
                                      .first = own->empty() ? "" : own->front().note,
                                      .second = asked->growth.head});
    if (!raised) return std::unexpected(raised.error());
    return store::node_key_id;
}

}  // namespace sanad::federation
