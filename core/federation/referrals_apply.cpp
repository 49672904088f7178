// The part of Referrals that takes what a peer's log says.
#include "core/base/message.h"
#include "core/federation/referrals.h"
#include "schemas/records.capnp.h"
#include "schemas/wire.capnp.h"

namespace sanad::federation {

using casework::ReferralEventKind;
using casework::ReferralMessage;
using casework::ReferralRecord;
using casework::Side;

namespace {

Bytes encode_refusal(const ReceivedEntry& entry, std::string_view reason) {
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::Refusal>();
    out.setLane(entry.lane.lane == Lane::urgent ? schema::Lane::URGENT : schema::Lane::NORMAL);
    out.setIndex(entry.index);
    out.setReason(to_text(std::string(reason)));
    return flatten(builder);
}

}  // namespace

Result<KeyId> Referrals::apply(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    if (!entry.body) return park(draft, entry, "unreadable", now);
    switch (entry.body->kind) {
        case BodyKind::referral:
            return apply_referral(draft, entry, now);
        case BodyKind::refusal:
            return apply_refusal(draft, entry, now);
    }
    return park(draft, entry, "unknown_kind", now);
}

Result<KeyId> Referrals::apply_referral(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    const auto message = casework::read_referral_message(entry.body->payload, parts_.taxonomies);
    if (!message) return park(draft, entry, name(message.error().fault), now);
    if (message->referral.bytes != entry.body->subject)
        return park(draft, entry, "subject_mismatch", now);
    auto record = load(draft, message->referral);
    if (!record && record.error().fault != Fault::not_found) return std::unexpected(record.error());
    if (!record) record = begin(draft, entry, *message, now);
    if (!record) return park(draft, entry, name(record.error().fault), now);
    // Somebody else's referral is to this peer as if it were not there.
    if (record->peer != entry.lane.peer) return park(draft, entry, name(Fault::not_found), now);

    const Side writer = casework::other(record->side);
    const auto appended =
        casework::append_event(*record, writer, message->index, casework::mark_of(*message), now);
    if (!appended) return park(draft, entry, name(appended.error().fault), now);
    if (*appended == casework::Appended::repeated) return park(draft, entry, "repeated", now);
    if (const auto placed =
            remember_place(draft, *record, writer, message->index, {entry.lane, entry.index});
        !placed)
        return std::unexpected(placed.error());
    if (*appended == casework::Appended::refused) {
        const auto refused = casework::view_of(*record).refused;
        const auto rule = refused.empty() ? casework::Rule::not_in_this_state : refused.back().rule;
        if (const auto told = refuse(draft, entry, casework::name(rule), now); !told)
            return std::unexpected(told.error());
    }
    if (const auto saved = save(draft, *record); !saved) return std::unexpected(saved.error());
    if (const auto timed = set_timer(draft, *record, now); !timed)
        return std::unexpected(timed.error());
    tell(draft, *record, "referral.heard", now);
    if (const auto answer = casework::automatic_answer(casework::view_of(*record));
        answer && record->side == Side::asked) {
        ReferralMessage reply;
        reply.kind = *answer;
        const auto said = say(draft, *record, std::move(reply), now);
        const bool peer_left = !said && said.error().fault == Fault::denied;
        if (!said && !peer_left) return std::unexpected(said.error());
    }
    return key_of(record->id);
}

// A new referral from a peer: only its first event may begin one.
Result<ReferralRecord> Referrals::begin(store::Draft& draft, const ReceivedEntry& entry,
                                        const ReferralMessage& message, Time now) {
    if (message.kind != ReferralEventKind::request || message.index != 0)
        return fail(Fault::not_found, "referral");
    const auto key =
        parts_.records.keyring().create(draft, key_of(message.referral), parts_.entropy);
    if (!key) return std::unexpected(key.error());
    ReferralRecord record;
    record.id = message.referral;
    record.peer = entry.lane.peer;
    record.side = Side::asked;
    record.case_code = message.request->case_code;
    record.kind = message.request->kind;
    record.urgency = message.request->urgency;
    record.stored_at = now;
    record.created_at = now;
    return record;
}

Result<KeyId> Referrals::apply_refusal(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    const auto reason = read_message<schema::Refusal>(
        entry.body->payload,
        [](auto in) -> Result<std::string> { return from_text(in.getReason()); });
    // A refusal that cannot be read is parked without an answer, so that two nodes never ping-pong.
    parts_.counters.add(reason ? "referral.refused_by_peer" : "link.parked");
    parts_.feed.emit(draft, {.at = now,
                             .name = "referral.refused",
                             .subject = entry.body->subject,
                             .peer = entry.lane.peer.text,
                             .number = entry.index});
    return store::node_key_id;
}

Result<KeyId> Referrals::park(store::Draft& draft, const ReceivedEntry& entry,
                              std::string_view reason, Time now) {
    Bytes key(entry.lane.peer.text.begin(), entry.lane.peer.text.end());
    key.push_back(0);
    key.push_back(static_cast<std::uint8_t>(entry.lane.lane));
    append_big_endian(key, entry.index);
    capnp::MallocMessageBuilder builder;
    auto out = builder.initRoot<schema::ParkedRecord>();
    out.setAtMs(now.ms);
    out.setReason(to_text(std::string(reason)));
    const auto kept = parts_.records.put(draft, parked_, key, store::node_key_id, flatten(builder));
    if (!kept) return std::unexpected(kept.error());
    parts_.counters.add("link.parked");
    parts_.feed.emit(
        draft,
        {.at = now, .name = "link.parked", .peer = entry.lane.peer.text, .number = entry.index});
    if (const auto told = refuse(draft, entry, reason, now); !told)
        return std::unexpected(told.error());
    return store::node_key_id;
}

Result<void> Referrals::refuse(store::Draft& draft, const ReceivedEntry& entry,
                               std::string_view reason, Time now) {
    Body body{BodyKind::refusal, entry.body ? entry.body->subject : std::array<std::uint8_t, 16>{},
              encode_refusal(entry, reason)};
    draft.then([this, lane = entry.lane, body = std::move(body),
                now](store::Transaction& transaction) -> Result<void> {
        const auto entry_index =
            parts_.logs.append(transaction, lane.peer, lane.lane, store::node_key_id, body, now);
        if (!entry_index && entry_index.error().fault == Fault::denied)
            return {};  // it left the directory
        if (!entry_index) return std::unexpected(entry_index.error());
        return {};
    });
    return {};
}

}  // namespace sanad::federation
