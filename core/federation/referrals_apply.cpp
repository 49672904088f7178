// The part of Referrals that takes what a peer's log says.
#include "core/federation/referrals.h"

namespace sanad::federation {

using casework::ReferralEventKind;
using casework::ReferralMessage;
using casework::ReferralRecord;
using casework::Side;

namespace {

/// The asked side's words after which the asker has to look for somebody else.
bool wants_another(ReferralEventKind kind) {
    return kind == ReferralEventKind::decline || kind == ReferralEventKind::redirect ||
           kind == ReferralEventKind::not_complete;
}

}  // namespace

Result<KeyId> Referrals::apply(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    const auto message = casework::read_referral_message(entry.body->payload, parts_.taxonomies);
    if (!message) return parts_.parking.park(draft, entry, name(message.error().fault), now);
    if (message->referral.bytes != entry.body->subject)
        return parts_.parking.park(draft, entry, "subject_mismatch", now);
    auto record = load(draft, message->referral);
    if (!record && record.error().fault != Fault::not_found) return std::unexpected(record.error());
    if (!record && message->request && admit_)
        if (const auto admitted = admit_(entry.lane.peer, *message->request); !admitted)
            return parts_.parking.park(draft, entry, admitted.error().detail, now);
    if (!record)
        record = begin(draft, entry, *message, now);
    else
        complete(*record, *message, now);
    if (!record) return parts_.parking.park(draft, entry, name(record.error().fault), now);
    // Somebody else's referral is to this peer as if it were not there.
    if (record->peer != entry.lane.peer)
        return parts_.parking.park(draft, entry, name(Fault::not_found), now);

    const Side writer = casework::other(record->side);
    const auto appended =
        casework::append_event(*record, writer, message->index, casework::mark_of(*message), now);
    if (!appended) return parts_.parking.park(draft, entry, name(appended.error().fault), now);
    if (*appended == casework::Appended::repeated)
        return parts_.parking.park(draft, entry, "repeated", now);
    if (const auto placed =
            remember_place(draft, *record, writer, message->index, {entry.lane, entry.index});
        !placed)
        return std::unexpected(placed.error());
    if (*appended == casework::Appended::refused) {
        const auto refused = casework::view_of(*record).refused;
        const auto rule = refused.empty() ? casework::Rule::not_in_this_state : refused.back().rule;
        if (const auto told = parts_.parking.refuse(draft, entry, casework::name(rule), now); !told)
            return std::unexpected(told.error());
    }
    if (const auto kept = keep(draft, *record, now); !kept) return std::unexpected(kept.error());
    tell(draft, *record, "referral.heard", now);
    if (*appended == casework::Appended::applied && wants_another(message->kind))
        tell(draft, *record, "referral.next_peer_offered", now);
    if (const auto answer = casework::automatic_answer(casework::view_of(*record), record->side)) {
        ReferralMessage reply;
        reply.kind = *answer;
        const auto said = say(draft, *record, std::move(reply), now);
        const bool peer_left = !said && said.error().fault == Fault::denied;
        if (!said && !peer_left) return std::unexpected(said.error());
    }
    if (listener_ != nullptr && *appended == casework::Appended::applied)
        if (const auto heard = listener_->heard(draft, *record, *message, now); !heard)
            return std::unexpected(heard.error());
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
    complete(record, message, now);
    return record;
}

// What our own words alone did not tell: of a referral that was made by apply_own().
void Referrals::complete(ReferralRecord& record, const ReferralMessage& message, Time now) {
    if (record.side != Side::asked || !record.asker.empty() || !message.request) return;
    record.case_code = message.request->case_code;
    record.kind = message.request->kind;
    record.urgency = message.request->urgency;
    record.stored_at = now;
    record.created_at = now;
}

}  // namespace sanad::federation
