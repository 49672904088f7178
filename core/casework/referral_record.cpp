#include "core/casework/referral_record.h"

#include "core/casework/record_fields.h"

#include <algorithm>

namespace sanad::casework {
namespace {

static_assert(static_cast<int>(ReferralState::held) ==
              static_cast<int>(schema::ReferralState::HELD));
static_assert(static_cast<int>(ReferralState::declined) ==
              static_cast<int>(schema::ReferralState::DECLINED));

void write_marks(capnp::List<schema::ReferralMark>::Builder list,
                 const std::vector<ReferralEvent>& events) {
    for (unsigned i = 0; i < events.size(); ++i) {
        list[i].setKind(to_schema<schema::ReferralEventKind>(events[i].kind));
        list[i].setSeenOther(events[i].seen_other);
        list[i].setAtMs(events[i].at.ms);
    }
}

Result<std::vector<ReferralEvent>> read_marks(capnp::List<schema::ReferralMark>::Reader list) {
    if (list.size() > referral_events_max) return fail(Fault::bad_size, "events");
    std::vector<ReferralEvent> events;
    for (const auto mark : list) {
        const auto kind =
            read_enum<ReferralEventKind>(mark.getKind(), ReferralEventKind::take_back);
        if (!kind) return std::unexpected(kind.error());
        events.push_back({*kind, mark.getSeenOther(), {mark.getAtMs()}});
    }
    return events;
}

HeardTimes read_heard(schema::ReferralHeard::Reader from) {
    return {.requested = {from.getRequestedMs()},
            .accepted = {from.getAcceptedMs()},
            .ended = {from.getEndedMs()},
            .paused_since = {from.getPausedSinceMs()},
            .held_since = {from.getHeldSinceMs()},
            .paused = Duration(from.getPausedMs()),
            .held = Duration(from.getHeldMs()),
            .hold_over_told = from.getHoldOverTold(),
            .consent_check_over_told = from.getConsentCheckOverTold()};
}

void write_heard(schema::ReferralHeard::Builder to, const HeardTimes& heard) {
    to.setRequestedMs(heard.requested.ms);
    to.setAcceptedMs(heard.accepted.ms);
    to.setEndedMs(heard.ended.ms);
    to.setPausedSinceMs(heard.paused_since.ms);
    to.setHeldSinceMs(heard.held_since.ms);
    to.setPausedMs(heard.paused.count());
    to.setHeldMs(heard.held.count());
    to.setHoldOverTold(heard.hold_over_told);
    to.setConsentCheckOverTold(heard.consent_check_over_told);
}

/// A record of before there were these times has its own creation instead.
void complete_heard(ReferralRecord& record) {
    if (record.heard.requested.ms == 0) record.heard.requested = record.created_at;
    if (record.heard.accepted.ms == 0 && view_of(record).accepted_once)
        record.heard.accepted = record.updated_at;
}

Result<ReferralRecord> read(schema::ReferralRecord::Reader from) {
    ReferralRecord to;
    const auto id = id_from<ReferralId>(from_data(from.getId()));
    const auto case_id = read_id<CaseId>(from.getCaseId());
    const auto consent_id = read_id<ConsentId>(from.getConsentId());
    const auto next = read_id<ReferralId>(from.getNext());
    const auto previous = read_id<ReferralId>(from.getPrevious());
    if (!id || !case_id || !consent_id || !next || !previous)
        return fail(Fault::bad_size, "referral: id");
    const auto side = read_enum<Side>(from.getSide(), Side::asked);
    const auto urgency = read_enum<Urgency>(from.getUrgency(), Urgency::u4);
    const auto state = read_enum<ReferralState>(from.getState(), ReferralState::held);
    if (!side || !urgency || !state)
        return fail(Fault::unsupported, "referral: side, urgency or state");
    auto asker = read_marks(from.getAsker());
    if (!asker) return std::unexpected(asker.error());
    auto asked = read_marks(from.getAsked());
    if (!asked) return std::unexpected(asked.error());
    to.id = *id;
    to.peer.text = from_text(from.getPeer());
    to.side = *side;
    to.case_id = *case_id;
    to.consent_id = *consent_id;
    to.case_code = from_text(from.getCaseCode());
    to.kind = from_text(from.getKind());
    to.urgency = *urgency;
    to.asker = std::move(*asker);
    to.asked = std::move(*asked);
    to.stored_at = {from.getStoredAtMs()};
    to.state = *state;
    to.steps_done = from.getStepsDone();
    to.created_at = {from.getCreatedAtMs()};
    to.updated_at = {from.getUpdatedAtMs()};
    to.heard = read_heard(from.getHeard());
    to.next = *next;
    to.previous = *previous;
    to.timer_at = {from.getTimerMs()};
    complete_heard(to);
    return to;
}

/// A writer holds all of its own events, so the one who owns the counted list can tell a lie, and
/// nobody forgets what it has seen. The asked side has seen a request, and what an event is based
/// on was not based on that event.
bool is_possible(const ReferralRecord& record, Side writer, const ReferralEvent& event) {
    const auto& own = writer == Side::asker ? record.asker : record.asked;
    const auto& others = writer == Side::asker ? record.asked : record.asker;
    const std::size_t seen = event.seen_other;
    if (seen > others.size() || (!own.empty() && seen < own.back().seen_other)) return false;
    if (seen == 0) return writer == Side::asker;
    return others[seen - 1].seen_other <= own.size();
}

/// A span that has just ended, added to what it adds up to.
void end_span(Time& since, Duration& sum, Time now) {
    if (since.ms == 0) return;
    sum += std::max(Duration{}, now - since);
    since = {};
}

void note_heard(ReferralRecord& record, const ReferralView& view, Time now) {
    HeardTimes& heard = record.heard;
    if (view.requested_at && heard.requested.ms == 0) heard.requested = now;
    if (view.accepted_once && heard.accepted.ms == 0) heard.accepted = now;
    if (is_ended(view.underlying) && heard.ended.ms == 0) heard.ended = now;
    if (view.underlying != ReferralState::info_requested)
        end_span(heard.paused_since, heard.paused, now);
    else if (heard.paused_since.ms == 0)
        heard.paused_since = now;
    if (view.underlying != ReferralState::on_hold) {
        end_span(heard.held_since, heard.held, now);
        heard.hold_over_told = false;
    } else if (heard.held_since.ms == 0) {
        heard.held_since = now;
    }
}

/// Over the fold: who destroyed everything about the child answers for nothing any more.
void show_erased(ReferralView& view, const HeardTimes& heard) {
    if (view.state == ReferralState::erased) return;
    view.state = view.underlying = ReferralState::erased;
    view.withdraw_pending = false;
    view.asker_responsible = true;
    view.asked_responsible = false;
    view.paused_since.reset();
    view.on_hold_since.reset();
    if (!view.ended_at) view.ended_at = heard.ended;
}

/// Whether what an event claims to be based on must be here.
enum class Counts : bool { checked, believed };

Result<Appended> append(ReferralRecord& record, Side writer, std::uint32_t index,
                        const ReferralEvent& event, Time now, Counts counts) {
    if (writer == Side::none) return fail(Fault::invalid, "writer");
    auto& own = writer == Side::asker ? record.asker : record.asked;
    if (index < own.size()) {
        if (own[index] == event) return Appended::repeated;
        return fail(Fault::conflict, "index");
    }
    if (index > own.size()) return fail(Fault::invalid, "gap");
    if (own.size() == referral_events_max)
        return fail(Fault::exhausted, name(Rule::too_many).data());
    if (counts == Counts::checked && !is_possible(record, writer, event))
        return fail(Fault::invalid, name(Rule::impossible_count).data());
    own.push_back(event);
    record.updated_at = now;
    const auto view = view_of(record);
    record.state = view.state;
    note_heard(record, view, now);
    const auto refused = [&](const RefusedEvent& one) {
        return one.side == writer && one.index == index;
    };
    return std::ranges::any_of(view.refused, refused) ? Appended::refused : Appended::applied;
}

}  // namespace

bool set_back(HeardTimes& times, Time now) {
    bool changed = false;
    for (Time* time : {&times.requested, &times.accepted, &times.ended, &times.paused_since,
                       &times.held_since}) {
        changed = changed || *time > now;
        *time = std::min(*time, now);
    }
    return changed;
}

ReferralView view_of(const ReferralRecord& record) {
    const bool stored = record.side == Side::asked || record.stored_at.ms != 0;
    auto view = fold(record.asker, record.asked, stored ? Stored::yes : Stored::not_yet,
                     record.kind == "transfer" ? Handover::take_over : Handover::help);
    if (record.asker.empty() && record.asked.empty())
        view.state = view.underlying = record.state;
    else if (record.state == ReferralState::erased)
        show_erased(view, record.heard);
    return view;
}

void end_erased(ReferralRecord& record, Time now) {
    record.state = ReferralState::erased;
    record.updated_at = now;
    note_heard(record, view_of(record), now);
}

Result<Appended> append_event(ReferralRecord& record, Side writer, std::uint32_t index,
                              const ReferralEvent& event, Time now) {
    return append(record, writer, index, event, now, Counts::checked);
}

Result<Appended> restore_event(ReferralRecord& record, std::uint32_t index,
                               const ReferralEvent& event, Time now) {
    return append(record, record.side, index, event, now, Counts::believed);
}

Bytes write_record(const ReferralRecord& record) {
    capnp::MallocMessageBuilder builder;
    auto to = builder.initRoot<schema::ReferralRecord>();
    to.setId(to_data(record.id));
    to.setPeer(to_text(record.peer.text));
    to.setSide(to_schema<schema::Side>(record.side));
    to.setCaseId(id_data(record.case_id));
    to.setConsentId(id_data(record.consent_id));
    to.setCaseCode(to_text(record.case_code));
    to.setKind(to_text(record.kind));
    to.setUrgency(to_schema<schema::Urgency>(record.urgency));
    write_marks(to.initAsker(list_size(record.asker.size())), record.asker);
    write_marks(to.initAsked(list_size(record.asked.size())), record.asked);
    to.setStoredAtMs(record.stored_at.ms);
    to.setState(to_schema<schema::ReferralState>(record.state));
    to.setStepsDone(record.steps_done);
    to.setCreatedAtMs(record.created_at.ms);
    to.setUpdatedAtMs(record.updated_at.ms);
    write_heard(to.initHeard(), record.heard);
    to.setNext(id_data(record.next));
    to.setPrevious(id_data(record.previous));
    to.setTimerMs(record.timer_at.ms);
    return flatten(builder);
}

Result<ReferralRecord> read_referral_record(ByteView bytes) {
    return read_message<schema::ReferralRecord>(bytes, read, record_bytes_max);
}

}  // namespace sanad::casework
