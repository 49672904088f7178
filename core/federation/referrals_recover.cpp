// The part of Referrals that takes back what this node itself had said and then lost.
#include "core/federation/referrals.h"

namespace sanad::federation {

using casework::ReferralEventKind;
using casework::ReferralMessage;
using casework::ReferralRecord;
using casework::Side;

namespace {

std::vector<casework::ReferralEvent>& own_events(ReferralRecord& record) {
    return record.side == Side::asker ? record.asker : record.asked;
}

}  // namespace

// Nothing when a version of us wrote it that knew more than this one.
Result<std::optional<ReferralMessage>> Referrals::own_message(const Body& body) const {
    auto message = casework::read_referral_message(body.payload, parts_.taxonomies);
    if (!message || message->referral.bytes != body.subject)
        return std::optional<ReferralMessage>();
    return std::optional<ReferralMessage>(std::move(*message));
}

// Our first word of a referral: the request, when we asked; anything else, when we were asked. Then
// the rest of the record comes with the peer's request (complete()). Nothing when it is neither.
Result<std::optional<ReferralRecord>> Referrals::begin_own(store::Draft& draft,
                                                           const ReceivedEntry& entry,
                                                           const ReferralMessage& message) {
    if (message.index != 0) return std::optional<ReferralRecord>();
    const auto key =
        parts_.records.keyring().create(draft, key_of(message.referral), parts_.entropy);
    if (!key && key.error().fault == Fault::conflict) return std::optional<ReferralRecord>();
    if (!key) return std::unexpected(key.error());
    ReferralRecord record;
    record.id = message.referral;
    record.peer = entry.lane.peer;
    record.side = message.request ? Side::asker : Side::asked;
    record.created_at = message.at;
    record.urgency =
        entry.lane.lane == Lane::urgent ? casework::Urgency::u1 : casework::Urgency::u3;
    if (message.request) {
        record.case_code = message.request->case_code;
        record.kind = message.request->kind;
        record.urgency = message.request->urgency;
    }
    return std::optional<ReferralRecord>(std::move(record));
}

Result<KeyId> Referrals::apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) {
    const auto message = own_message(*entry.body);
    if (!message) return std::unexpected(message.error());
    if (!*message) return store::node_key_id;
    const ReferralMessage& said = **message;
    auto found = load(draft, said.referral);
    if (!found && found.error().fault != Fault::not_found) return std::unexpected(found.error());
    std::optional<ReferralRecord> record;
    if (found) {
        record = std::move(*found);
    } else {
        auto begun = begin_own(draft, entry, said);
        if (!begun) return std::unexpected(begun.error());
        record = std::move(*begun);
    }
    if (!record || record->peer != entry.lane.peer) return store::node_key_id;
    const auto appended =
        casework::restore_event(*record, said.index, casework::mark_of(said), now);
    // What stands there already is another life's word for the same place: the log keeps both.
    if (!appended || *appended == casework::Appended::repeated) return key_of(record->id);
    if (const auto placed =
            remember_place(draft, *record, record->side, said.index, {entry.lane, entry.index});
        !placed)
        return std::unexpected(placed.error());
    if (const auto kept = keep(draft, *record, now, recovery_grace); !kept)
        return std::unexpected(kept.error());
    tell(draft, *record, "referral.recovered", now, said.index);
    return key_of(record->id);
}

Result<KeyId> Referrals::take_back(store::Draft& draft, const ReceivedEntry& entry) {
    const auto message = own_message(*entry.body);
    if (!message) return std::unexpected(message.error());
    if (!*message) return store::node_key_id;
    auto record = load(draft, (*message)->referral);
    if (!record && record.error().fault == Fault::not_found) return store::node_key_id;
    if (!record) return std::unexpected(record.error());
    auto& own = own_events(*record);
    if (own.size() != (*message)->index + std::size_t(1)) return key_of(record->id);
    own.pop_back();
    record->state = casework::view_of(*record).state;
    if (own.empty()) record->state = casework::ReferralState::draft;
    if (const auto gone = forget_place(draft, *record, (*message)->index); !gone)
        return std::unexpected(gone.error());
    if (const auto saved = save(draft, *record); !saved) return std::unexpected(saved.error());
    return key_of(record->id);
}

// A restored backup may hold what an earlier recovery has said again already: then it came back,
// in another place.
Result<bool> Referrals::came_back(store::Draft& draft, ReferralRecord& record,
                                  const ReferralMessage& message) {
    const auto& own = own_events(record);
    for (std::uint32_t index = 0; index < own.size(); ++index) {
        if (own[index].kind != message.kind || own[index].at.ms != message.at.ms) continue;
        const auto there = this->message(draft, record, record.side, index);
        if (!there && there.error().fault == Fault::io) return std::unexpected(there.error());
        if (!there) continue;  // erased: what it said cannot be compared
        if (there->text == message.text && there->reason == message.reason) return true;
    }
    return false;
}

Result<Applier::Again> Referrals::say_again(store::Draft& draft, const LaneId&, const Body& body,
                                            Time now) {
    const auto message = own_message(body);
    if (!message) return std::unexpected(message.error());
    if (!*message) return Again::as_it_was;
    auto record = load(draft, (*message)->referral);
    if (!record && record.error().fault == Fault::not_found) return Again::said;
    if (!record) return std::unexpected(record.error());
    const auto is_there = came_back(draft, *record, **message);
    if (!is_there) return std::unexpected(is_there.error());
    if (*is_there) return Again::said;
    const auto allowed =
        (*message)->kind == ReferralEventKind::request
            ? Result<void>{}
            : casework::check_next(casework::view_of(*record), record->side, (*message)->kind);
    const auto said = allowed ? say(draft, *record, **message, now) : allowed;
    if (said) return Again::said;
    if (said.error().fault == Fault::io || said.error().fault == Fault::exhausted)
        return std::unexpected(said.error());
    parts_.counters.add("referral.not_said_again");
    tell(draft, *record, "referral.not_said_again", now, std::uint64_t((*message)->kind));
    return Again::said;
}

}  // namespace sanad::federation
