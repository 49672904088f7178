#include "core/federation/referrals.h"

#include "core/base/message.h"
#include "core/casework/disclosure.h"
#include "schemas/records.capnp.h"

namespace sanad::federation {

using casework::ReferralEventKind;
using casework::ReferralMessage;
using casework::ReferralRecord;
using casework::Side;

namespace {

Bytes place_key(const ReferralId& id, Side writer, std::uint32_t index) {
    Bytes key(id.bytes.begin(), id.bytes.end());
    key.push_back(static_cast<std::uint8_t>(writer));
    append_big_endian(key, index);
    return key;
}

// The clear part of a place: what must be found when the referral's key is gone. It says no more
// than the place of the entry itself, which names the referral as its owner.
Bytes clear_place(const Referrals::Place& place) {
    Bytes clear;
    clear.push_back(static_cast<std::uint8_t>(place.lane.direction));
    clear.push_back(static_cast<std::uint8_t>(place.lane.lane));
    append_big_endian(clear, place.index);
    append(clear, bytes_of(place.lane.peer.text));
    return clear;
}

std::optional<Referrals::Said> read_said(ByteView key, ByteView clear) {
    constexpr std::size_t fixed = 2 + sizeof(std::uint64_t);
    if (key.size() != sizeof(ReferralId::bytes) + 1 + 4 || clear.size() <= fixed) return {};
    Referrals::Said said;
    said.writer = static_cast<Side>(key[sizeof(ReferralId::bytes)]);
    said.index = read_big_endian<std::uint32_t>(key.last(4));
    said.place.lane.direction = clear[0] == 0 ? Direction::in : Direction::out;
    said.place.lane.lane = clear[1] == 0 ? Lane::normal : Lane::urgent;
    said.place.index = read_big_endian<std::uint64_t>(clear.subspan(2));
    said.place.lane.peer.text = text_of(clear.subspan(fixed));
    return said;
}

// A child who waits in the night is no normal matter, whatever its level.
Lane lane_of(const ReferralRecord& record) {
    const bool urgent = casework::is_emergency(record.urgency) || record.kind == "overflow";
    return urgent ? Lane::urgent : Lane::normal;
}

std::size_t events_of(const ReferralRecord& record, Side side) {
    return side == Side::asker ? record.asker.size() : record.asked.size();
}

}  // namespace

Result<std::unique_ptr<Referrals>> Referrals::open(store::Store& store, Parts parts) {
    auto records = store::Records::open_table(store, "referral");
    auto places = store::Records::open_table(store, "referral.place");
    for (const auto* table : {&records, &places})
        if (!*table) return std::unexpected(table->error());
    return std::make_unique<Referrals>(parts, std::move(*records), std::move(*places));
}

Result<ReferralRecord> Referrals::request(store::Draft& draft, const NodeId& to,
                                          const CaseId& case_id, const ConsentId& consent_id,
                                          casework::ReferralRequest request, Time now) {
    ReferralRecord record;
    record.id = make_id<ReferralId>(now, parts_.entropy);
    record.peer = to;
    record.side = Side::asker;
    record.case_id = case_id;
    record.consent_id = consent_id;
    record.case_code = request.case_code;
    record.kind = request.kind;
    record.urgency = request.urgency;
    record.created_at = now;
    const auto key = parts_.records.keyring().create(draft, key_of(record.id), parts_.entropy);
    if (!key) return std::unexpected(key.error());
    ReferralMessage message;
    message.kind = ReferralEventKind::request;
    message.request = std::move(request);
    if (const auto said = say(draft, record, std::move(message), now); !said)
        return std::unexpected(said.error());
    return record;
}

Result<ReferralRecord> Referrals::move(store::Draft& draft, const ReferralId& id,
                                       ReferralEventKind kind, std::string reason, std::string text,
                                       Time now) {
    auto record = load(draft, id);
    if (!record) return record;
    if (const auto allowed = casework::check_next(casework::view_of(*record), record->side, kind);
        !allowed)
        return std::unexpected(allowed.error());
    ReferralMessage message;
    message.kind = kind;
    message.reason = std::move(reason);
    message.text = std::move(text);
    if (const auto said = say(draft, *record, std::move(message), now); !said)
        return std::unexpected(said.error());
    return record;
}

// Appends the event to the record and to our link log, in one step.
Result<void> Referrals::say(store::Draft& draft, ReferralRecord& record, ReferralMessage message,
                            Time now) {
    message.referral = record.id;
    const auto& own = record.side == Side::asker ? record.asker : record.asked;
    message.index = static_cast<std::uint32_t>(own.size());
    message.seen_other =
        static_cast<std::uint32_t>(events_of(record, casework::other(record.side)));
    // After a restore the peer's events may be on their way back to us; what we have seen stays.
    if (!own.empty()) message.seen_other = std::max(message.seen_other, own.back().seen_other);
    if (message.at.ms == 0) message.at = now;
    if (const auto sound = casework::check_message(message, parts_.taxonomies); !sound)
        return sound;
    if (const auto known = parts_.logs.check_peer(record.peer); !known) return known;
    const auto appended =
        casework::restore_event(record, message.index, casework::mark_of(message), now);
    if (!appended) return std::unexpected(appended.error());
    Body body{BodyKind::referral, record.id.bytes, casework::write_message(message)};
    if (message.request) {
        const auto ticked = casework::check_only_ticked(
            body.payload, message.request->consent.items, parts_.taxonomies);
        if (!ticked) return ticked;
    }
    if (body.payload.size() > payload_bytes_max) return fail(Fault::bad_size, "referral event");
    draft.then([this, record, body = std::move(body), index = message.index,
                now](store::Transaction& transaction) -> Result<void> {
        const LaneId lane{record.peer, Direction::out, lane_of(record)};
        const auto entry =
            parts_.logs.append(transaction, record.peer, lane.lane, key_of(record.id), body, now);
        if (!entry) return std::unexpected(entry.error());
        return remember_place(transaction, record, record.side, index, {lane, *entry});
    });
    if (const auto kept = keep(draft, record, now); !kept) return kept;
    tell(draft, record, "referral.said", now);
    return {};
}

Result<ReferralRecord> Referrals::find(store::Snapshot& from, const ReferralId& id) {
    auto record = load(from, id);
    if (!record || record->side != Side::asker || record->stored_at.ms != 0) return record;
    const auto first = place(from, *record, Side::asker, 0);
    if (!first) return record;
    const auto end = parts_.logs.end(from, first->lane);
    if (!end) return std::unexpected(end.error());
    if (end->receipted.size() > first->index) {
        record->stored_at = record->updated_at;
        record->state = casework::view_of(*record).state;
    }
    return record;
}

Result<std::vector<ReferralRecord>> Referrals::list(store::Snapshot& from, std::uint32_t limit) {
    std::vector<ReferralId> ids;
    const auto scanned = from.scan(records_.table, {}, {}, store::Order::descending, limit,
                                   [&](const store::Row& row) {
                                       if (auto id = id_from<ReferralId>(row.key))
                                           ids.push_back(*id);
                                       return true;
                                   });
    if (!scanned) return std::unexpected(scanned.error());
    std::vector<ReferralRecord> records;
    for (const auto& id : ids) {
        auto record = find(from, id);
        if (!record && record.error().fault == Fault::not_found) continue;  // erased
        if (!record) return std::unexpected(record.error());
        records.push_back(std::move(*record));
    }
    return records;
}

Result<ReferralRecord> Referrals::load(store::Snapshot& from, const ReferralId& id) {
    const auto bytes = parts_.records.get(from, records_, id);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return fail(Fault::not_found, "referral");
    return casework::read_referral_record(**bytes);
}

Result<void> Referrals::end_erased(store::Draft& draft, const ReferralId& id, Time now) {
    auto record = load(draft, id);
    if (!record && record.error().fault == Fault::not_found) return {};
    if (!record) return std::unexpected(record.error());
    casework::end_erased(*record, now);
    return keep(draft, *record, now);
}

Result<void> Referrals::forget(store::Draft& draft, const ReferralId& id) {
    const auto record = load(draft, id);
    if (!record && record.error().fault == Fault::io) return std::unexpected(record.error());
    if (record && record->timer_at.ms != 0) {
        const store::Timer timer{record->timer_at, referral_timer, id.bytes};
        if (const auto cleared = parts_.timers.clear(draft, timer); !cleared) return cleared;
    }
    return draft.del(records_.table, id);
}

Result<void> Referrals::save(store::Writer& writer, const ReferralRecord& record) {
    return parts_.records.put(writer, records_, record.id, key_of(record.id),
                              casework::write_record(record));
}

Result<void> Referrals::remember_place(store::Writer& writer, const ReferralRecord& record,
                                       Side side, std::uint32_t event, const Place& place) {
    capnp::MallocMessageBuilder builder(16);
    auto out = builder.initRoot<schema::PlaceRecord>();
    out.setLane(static_cast<std::uint8_t>(place.lane.lane));
    out.setIndex(place.index);
    return parts_.records.put(writer, places_, place_key(record.id, side, event), key_of(record.id),
                              flatten(builder), clear_place(place));
}

Result<void> Referrals::forget_place(store::Writer& writer, const ReferralRecord& record,
                                     std::uint32_t event) {
    return writer.del(places_.table, place_key(record.id, record.side, event));
}

Result<Referrals::Place> Referrals::place(store::Snapshot& from, const ReferralRecord& record,
                                          Side writer, std::uint32_t index) {
    const auto bytes = parts_.records.get(from, places_, place_key(record.id, writer, index));
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return fail(Fault::not_found, "referral event");
    const auto direction = writer == record.side ? Direction::out : Direction::in;
    return read_message<schema::PlaceRecord>(**bytes, [&](auto in) -> Result<Place> {
        return Place{{record.peer, direction, in.getLane() == 0 ? Lane::normal : Lane::urgent},
                     in.getIndex()};
    });
}

Result<std::vector<Referrals::Said>> Referrals::said(store::Snapshot& from, const ReferralId& id) {
    std::vector<Said> all;
    bool sound = true;
    const auto scanned = parts_.records.scan_clear(
        from, places_, id, store::after_prefix(id), store::Order::ascending,
        2 * casework::referral_events_max, [&](ByteView key, ByteView clear) {
            auto said = read_said(key, clear);
            if (said) all.push_back(std::move(*said));
            return sound = said.has_value();
        });
    if (!scanned) return std::unexpected(scanned.error());
    if (!sound) return fail(Fault::malformed, "place of a referral event");
    if (all.empty()) return fail(Fault::not_found, "referral");
    return all;
}

Result<ReferralMessage> Referrals::message(store::Snapshot& from, const ReferralRecord& record,
                                           Side writer, std::uint32_t index) {
    const auto where = place(from, record, writer, index);
    if (!where) return std::unexpected(where.error());
    const auto body = parts_.logs.body(from, where->lane, where->index);
    if (!body) return std::unexpected(body.error());
    return casework::read_referral_message(body->payload, parts_.taxonomies);
}

void Referrals::tell(store::Draft& draft, const ReferralRecord& record, const char* name, Time now,
                     std::uint64_t number) {
    parts_.feed.emit(draft, {.at = now,
                             .name = name,
                             .subject = record.id.bytes,
                             .peer = record.peer.text,
                             .number = number});
}

}  // namespace sanad::federation
