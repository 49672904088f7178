#include "core/federation/erasures.h"

#include "core/trust/hash.h"

namespace sanad::federation {

using casework::Erasure;
using casework::ErasureKind;
using casework::ErasureMessage;
using casework::ErasureSide;
using casework::ErasureState;

namespace {

Lane lane_of(casework::Urgency urgency) {
    return casework::is_emergency(urgency) ? Lane::urgent : Lane::normal;
}

bool is_not_found(const Error& error) { return error.fault == Fault::not_found; }

}  // namespace

casework::KeyHash key_hash_of(const ReferralId& id) { return store::Keyring::hash_of(key_of(id)); }

Result<std::unique_ptr<Erasures>> Erasures::open(store::Store& store, Parts parts) {
    auto table = store::Records::open_table(store, "erasure");
    if (!table) return std::unexpected(table.error());
    return std::make_unique<Erasures>(parts, std::move(*table));
}

Result<Erasure> Erasures::request(store::Draft& draft, const ReferralId& id, std::string reason,
                                  Time now) {
    const auto record = parts_.referrals.find(draft, id);
    if (!record) return std::unexpected(record.error());
    if (record->side != casework::Side::asker) return fail(Fault::denied, "wrong_side");
    const auto before = look(draft, id);
    if (!before) return std::unexpected(before.error());
    if (*before && (*before)->state == ErasureState::erased)
        return fail(Fault::denied, "already_ended");
    if (*before && (*before)->state == ErasureState::requested)
        return fail(Fault::conflict, "erasure");
    if (const auto known = parts_.logs.check_peer(record->peer); !known)
        return std::unexpected(known.error());
    Erasure erasure;
    erasure.referral = id;
    erasure.peer = record->peer;
    erasure.side = ErasureSide::requester;
    erasure.reason = std::move(reason);
    erasure.requested_at = now;
    ErasureMessage message;
    message.kind = ErasureKind::request;
    message.reason = erasure.reason;
    if (const auto said = say(draft, erasure, message, lane_of(record->urgency), now); !said)
        return std::unexpected(said.error());
    if (const auto saved = save(draft, erasure, "erasure.requested", now); !saved)
        return std::unexpected(saved.error());
    return erasure;
}

Result<Erasure> Erasures::erase(store::Draft& draft, const ReferralId& id, Time now) {
    auto erasure = find(draft, id);
    if (!erasure) return erasure;
    if (erasure->side != ErasureSide::holder) return fail(Fault::denied, "wrong_side");
    if (erasure->state == ErasureState::erased) return fail(Fault::denied, "already_ended");
    const auto record = parts_.referrals.find(draft, id);
    if (!record) return std::unexpected(record.error());
    if (const auto certified = certify(draft, *erasure, lane_of(record->urgency), now); !certified)
        return std::unexpected(certified.error());
    return erasure;
}

Result<Erasure> Erasures::hold(store::Draft& draft, const ReferralId& id, std::string reason,
                               std::string law, Time until, Time now) {
    auto erasure = find(draft, id);
    if (!erasure) return erasure;
    if (erasure->side != ErasureSide::holder) return fail(Fault::denied, "wrong_side");
    if (erasure->state == ErasureState::erased) return fail(Fault::denied, "already_ended");
    const auto record = parts_.referrals.find(draft, id);
    if (!record) return std::unexpected(record.error());
    erasure->state = ErasureState::held;
    erasure->answered_at = now;
    erasure->hold_reason = std::move(reason);
    erasure->hold_law = std::move(law);
    erasure->hold_until = until;
    if (const auto said = say_hold(draft, *erasure, lane_of(record->urgency), now); !said)
        return std::unexpected(said.error());
    if (const auto saved = save(draft, *erasure, "erasure.held", now); !saved)
        return std::unexpected(saved.error());
    return erasure;
}

// The certificate is kept under the node's key: under the referral's it would go with it, before
// the peer has read it.
Result<void> Erasures::certify(store::Draft& draft, Erasure& erasure, Lane lane, Time now) {
    const auto said = parts_.referrals.said(draft, erasure.referral);
    if (!said && !is_not_found(said.error())) return std::unexpected(said.error());
    erasure.state = ErasureState::erased;
    erasure.answered_at = now;
    erasure.key_hash = key_hash_of(erasure.referral);
    erasure.entries = said ? static_cast<std::uint32_t>(said->size()) : 0;
    ErasureMessage message;
    message.kind = ErasureKind::certificate;
    message.key_hash = erasure.key_hash;
    message.entries = erasure.entries;
    if (const auto destroyed = destroy_own(draft, erasure.referral, now); !destroyed)
        return destroyed;
    if (const auto told = say(draft, erasure, message, lane, now); !told) return told;
    return save(draft, erasure, "erasure.certified", now);
}

Result<void> Erasures::destroy_own(store::Draft& draft, const ReferralId& id, Time now) {
    // While its key is there: afterwards nobody knows which timer is set for it.
    if (const auto gone = parts_.referrals.forget(draft, id); !gone) return gone;
    parts_.counters.add("erasure.keys_destroyed");
    parts_.feed.emit(draft, {.at = now, .name = "referral.erased", .subject = id.bytes});
    return parts_.records.keyring().destroy(draft, key_of(id));
}

Result<void> Erasures::say_hold(store::Draft& draft, const Erasure& erasure, Lane lane, Time now) {
    ErasureMessage message;
    message.kind = ErasureKind::held;
    message.reason = erasure.hold_reason;
    message.law = erasure.hold_law;
    message.until = erasure.hold_until;
    return say(draft, erasure, message, lane, now);
}

Result<void> Erasures::say(store::Draft& draft, const Erasure& erasure,
                           const ErasureMessage& message, Lane lane, Time now) {
    auto whole = message;
    whole.referral = erasure.referral;
    whole.at = now;
    if (const auto sound = casework::check_erasure(whole, parts_.taxonomies); !sound) return sound;
    Body body{BodyKind::erasure, erasure.referral.bytes, casework::write_erasure(whole)};
    draft.then([this, peer = erasure.peer, lane, body = std::move(body),
                now](store::Transaction& transaction) -> Result<void> {
        const auto entry =
            parts_.logs.append(transaction, peer, lane, store::node_key_id, body, now);
        if (!entry && entry.error().fault == Fault::denied) return {};  // it left the directory
        if (!entry) return std::unexpected(entry.error());
        return {};
    });
    return {};
}

Result<void> Erasures::save(store::Draft& draft, const Erasure& erasure, const char* name,
                            Time now) {
    const auto before = look(draft, erasure.referral);
    if (!before) return std::unexpected(before.error());
    if (const auto set = *before ? casework::next_erasure_due(**before) : std::nullopt)
        if (const auto cleared =
                parts_.timers.clear(draft, {*set, erasure_timer, erasure.referral.bytes});
            !cleared)
            return cleared;
    const auto written = parts_.records.put(draft, table_, erasure.referral, store::node_key_id,
                                            casework::write_record(erasure));
    if (!written) return written;
    parts_.feed.emit(
        draft,
        {.at = now, .name = name, .subject = erasure.referral.bytes, .peer = erasure.peer.text});
    const auto due = casework::next_erasure_due(erasure);
    if (!due) return {};
    return parts_.timers.set(draft, {std::max(*due, now), erasure_timer, erasure.referral.bytes});
}

Result<KeyId> Erasures::apply(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    const auto message = casework::read_erasure(entry.body->payload, parts_.taxonomies);
    if (!message) return parts_.parking.park(draft, entry, name(message.error().fault), now);
    if (message->referral.bytes != entry.body->subject)
        return parts_.parking.park(draft, entry, "subject_mismatch", now);
    return message->kind == ErasureKind::request ? apply_request(draft, entry, *message, now)
                                                 : apply_answer(draft, entry, *message, now);
}

Result<KeyId> Erasures::apply_request(store::Draft& draft, const ReceivedEntry& entry,
                                      const ErasureMessage& message, Time now) {
    auto before = look(draft, message.referral);
    if (!before) return std::unexpected(before.error());
    if (*before && ((*before)->peer != entry.lane.peer || (*before)->side != ErasureSide::holder))
        return parts_.parking.park(draft, entry, name(Fault::not_found), now);
    // Erased already, as after a restore of the peer: the answer is the same, and is given again.
    if (*before && (*before)->state == ErasureState::erased) {
        if (const auto again = certify(draft, **before, entry.lane.lane, now); !again)
            return std::unexpected(again.error());
        return store::node_key_id;
    }
    // Asking again does not lift a hold.
    if (*before && (*before)->state == ErasureState::held && (*before)->hold_until > now) {
        if (const auto again = say_hold(draft, **before, entry.lane.lane, now); !again)
            return std::unexpected(again.error());
        return store::node_key_id;
    }
    const auto record = parts_.referrals.find(draft, message.referral);
    if (!record && !is_not_found(record.error())) return std::unexpected(record.error());
    const bool erased_before = parts_.records.keyring().is_erased(draft, key_of(message.referral));
    if (!erased_before &&
        (!record || record->peer != entry.lane.peer || record->side != casework::Side::asked))
        return parts_.parking.park(draft, entry, name(Fault::not_found), now);
    Erasure erasure;
    erasure.referral = message.referral;
    erasure.peer = entry.lane.peer;
    erasure.side = ErasureSide::holder;
    erasure.reason = message.reason;
    erasure.requested_at = now;
    const bool by_itself =
        erased_before || (automatic_ && automatic_() && !casework::view_of(*record).accepted_once);
    const auto done = by_itself ? certify(draft, erasure, entry.lane.lane, now)
                                : save(draft, erasure, "erasure.asked", now);
    if (!done) return std::unexpected(done.error());
    return store::node_key_id;
}

Result<KeyId> Erasures::apply_answer(store::Draft& draft, const ReceivedEntry& entry,
                                     const ErasureMessage& message, Time now) {
    auto erasure = look(draft, message.referral);
    if (!erasure) return std::unexpected(erasure.error());
    if (!*erasure || (*erasure)->peer != entry.lane.peer ||
        (*erasure)->side != ErasureSide::requester)
        return parts_.parking.park(draft, entry, name(Fault::not_found), now);
    auto& ours = **erasure;
    if (ours.state == ErasureState::erased) return store::node_key_id;  // said again
    if (message.kind == ErasureKind::certificate) {
        if (message.key_hash != key_hash_of(message.referral))
            return parts_.parking.park(draft, entry, "other_key", now);
        ours.state = ErasureState::erased;
        ours.key_hash = message.key_hash;
        ours.entries = message.entries;
        // What the peer said just before has no bytes any more: the certificate ends it instead.
        if (const auto ended = parts_.referrals.end_erased(draft, message.referral, now); !ended)
            return std::unexpected(ended.error());
    } else {
        ours.state = ErasureState::held;
        ours.hold_reason = message.reason;
        ours.hold_law = message.law;
        ours.hold_until = message.until;
    }
    ours.answered_at = now;
    const char* told = ours.state == ErasureState::erased ? "erasure.erased" : "erasure.held";
    if (const auto saved = save(draft, ours, told, now); !saved)
        return std::unexpected(saved.error());
    return store::node_key_id;
}

Result<KeyId> Erasures::apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    if (!entry.body) return store::node_key_id;
    const auto message = casework::read_erasure(entry.body->payload, parts_.taxonomies);
    if (!message) return store::node_key_id;
    Erasure erasure;
    erasure.referral = message->referral;
    erasure.peer = entry.lane.peer;
    erasure.requested_at = message->at;
    erasure.side = ErasureSide::holder;
    if (message->kind == ErasureKind::certificate) {
        if (const auto gone = destroy_own(draft, message->referral, now); !gone)
            return std::unexpected(gone.error());
        erasure.state = ErasureState::erased;
        erasure.answered_at = message->at;
        erasure.key_hash = message->key_hash;
        erasure.entries = message->entries;
    } else if (message->kind == ErasureKind::held) {
        erasure.state = ErasureState::held;
        erasure.answered_at = message->at;
        erasure.hold_reason = message->reason;
        erasure.hold_law = message->law;
        erasure.hold_until = message->until;
    } else {
        erasure.side = ErasureSide::requester;
        erasure.reason = message->reason;
    }
    if (const auto saved = save(draft, erasure, "erasure.restored", now); !saved)
        return std::unexpected(saved.error());
    return store::node_key_id;
}

Result<void> Erasures::on_timer(store::Draft& draft, const ReferralId& id, Time now) {
    auto erasure = look(draft, id);
    if (!erasure) return std::unexpected(erasure.error());
    if (!*erasure) return {};
    auto& ours = **erasure;
    if (ours.state == ErasureState::held && ours.hold_until <= now) {
        // The hold is over: at the holder the request stands again, with a clock of its own.
        if (ours.side == ErasureSide::holder) {
            ours.state = ErasureState::requested;
            ours.requested_at = now;
            ours.steps_done = 0;
        } else {
            ours.hold_until = now + casework::erasure_answer_within;  // told again until answered
        }
        return save(draft, ours, "erasure.hold_over", now);
    }
    const auto due = casework::due_erasure_steps(ours, now);
    for (const auto percent : due) {
        ours.steps_done = casework::with_erasure_step(ours.steps_done, percent);
        parts_.feed.emit(draft, {.at = now,
                                 .name = percent == 50    ? "erasure.clock_half"
                                         : percent == 100 ? "erasure.clock_full"
                                                          : "erasure.clock_twice",
                                 .subject = id.bytes,
                                 .peer = ours.peer.text,
                                 .number = percent});
    }
    const auto next = casework::next_erasure_due(ours);
    if (!due.empty()) {
        const auto written =
            parts_.records.put(draft, table_, id, store::node_key_id, casework::write_record(ours));
        if (!written) return written;
    }
    if (!next) return {};
    return parts_.timers.set(draft, {std::max(*next, now), erasure_timer, id.bytes});
}

Result<std::optional<Erasure>> Erasures::look(store::Snapshot& from, const ReferralId& id) {
    const auto bytes = parts_.records.get(from, table_, id);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::optional<Erasure>{};
    auto erasure = casework::read_erasure_record(**bytes);
    if (!erasure) return std::unexpected(erasure.error());
    return std::optional<Erasure>(std::move(*erasure));
}

Result<Erasure> Erasures::find(store::Snapshot& from, const ReferralId& id) {
    auto erasure = look(from, id);
    if (!erasure) return std::unexpected(erasure.error());
    if (!*erasure) return fail(Fault::not_found, "erasure");
    return std::move(**erasure);
}

Result<std::vector<Erasure>> Erasures::list(store::Snapshot& from, std::uint32_t limit) {
    return parts_.records.collect(from, table_, {}, {}, store::Order::descending, limit,
                                  casework::read_erasure_record);
}

}  // namespace sanad::federation
