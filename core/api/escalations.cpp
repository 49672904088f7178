#include "core/api/escalations.h"

#include "core/trust/hash.h"

#include <algorithm>

namespace sanad::api {

using casework::Escalation;
using casework::EscalationActor;
using casework::EscalationEffect;
using casework::EscalationEvent;
using casework::EscalationEventKind;

namespace {

Bytes event_key(const EscalationId& id, std::uint32_t index) {
    Bytes key(id.bytes.begin(), id.bytes.end());
    append_big_endian(key, index);
    return key;
}

KeyId key_of(const Escalation& escalation) { return KeyId{escalation.case_id.bytes}; }

EscalationEvent event_of(EscalationEventKind kind, std::string actor) {
    EscalationEvent event;
    event.kind = kind;
    event.actor = std::move(actor);
    return event;
}

}  // namespace

Result<std::unique_ptr<Escalations>> Escalations::open(store::Store& store, Parts parts) {
    auto escalations = std::make_unique<Escalations>(parts);
    const std::pair<store::SealedTable*, const char*> tables[] = {
        {&escalations->escalations_, "escalation"},
        {&escalations->events_, "escalation.event"},
        {&escalations->references_, "escalation.reference"},
        {&escalations->views_, "escalation.view"},
        {&escalations->keys_, "escalation.key"}};
    for (const auto& [table, name] : tables) {
        auto opened = store::Records::open_table(store, name);
        if (!opened) return std::unexpected(opened.error());
        *table = std::move(*opened);
    }
    return escalations;
}

Result<Escalation> Escalations::raise(store::Draft& draft, Escalation escalation,
                                      const std::string& instance, const std::string& view,
                                      const std::string& actor, Time now) {
    escalation.id = make_id<EscalationId>(now, parts_.entropy);
    escalation.created_at = now;
    Bytes reference(reference_bytes);
    parts_.entropy.fill(reference);
    const auto owner = key_of(escalation);
    if (const auto said = say(draft, escalation, EscalationActor::staff,
                              event_of(EscalationEventKind::raised, actor), now);
        !said)
        return std::unexpected(said.error());
    if (const auto said = say(draft, escalation, EscalationActor::node,
                              event_of(EscalationEventKind::queued, "node"), now);
        !said)
        return std::unexpected(said.error());
    const auto indexed = parts_.records.put(draft, references_, trust::sha256(reference),
                                            store::node_key_id, escalation.id.bytes);
    if (!indexed) return std::unexpected(indexed.error());
    if (const auto kept = parts_.records.put(draft, views_, escalation.id, owner, bytes_of(view));
        !kept)
        return std::unexpected(kept.error());
    if (const auto sent =
            parts_.outward.dispatch(draft, instance, escalation, reference, view, now);
        !sent)
        return std::unexpected(sent.error());
    return escalation;
}

Result<void> Escalations::delivered(store::Draft& draft, const EscalationId& id,
                                    EscalationEventKind kind, const std::string& partner_reference,
                                    const std::string& reason, Time now) {
    auto escalation = find(draft, id);
    if (!escalation) return std::unexpected(escalation.error());
    if (!partner_reference.empty()) escalation->partner_reference = partner_reference;
    EscalationEvent event = event_of(kind, "node");
    event.text = reason;
    return say(draft, *escalation, EscalationActor::node, std::move(event), now);
}

Result<Escalations::Reported> Escalations::report(store::Draft& draft, ByteView reference,
                                                  ByteView key, EscalationEventKind kind,
                                                  const std::string& note, Time now) {
    if (key.size() < status_key_bytes_min || key.size() > status_key_bytes_max)
        return fail(Fault::bad_size, "key");
    const auto id = by_reference(draft, reference);
    if (!id) return std::unexpected(id.error());
    auto escalation = find(draft, *id);
    if (!escalation) return std::unexpected(escalation.error());
    Bytes place(id->bytes.begin(), id->bytes.end());
    append(place, trust::sha256(key));
    const auto before = parts_.records.get(draft, keys_, place);
    if (!before) return std::unexpected(before.error());
    if (*before) return Reported{std::move(*escalation), true};
    EscalationEvent event = event_of(kind, escalation->partner);
    event.text = note;
    if (const auto said = say(draft, *escalation, EscalationActor::partner, std::move(event), now);
        !said)
        return std::unexpected(said.error());
    if (const auto kept = parts_.records.put(draft, keys_, place, key_of(*escalation), {}); !kept)
        return std::unexpected(kept.error());
    return Reported{std::move(*escalation), false};
}

Result<void> Escalations::say(store::Draft& draft, Escalation& escalation, EscalationActor actor,
                              EscalationEvent event, Time now) {
    if (const auto sound =
            casework::check_event_text(event.kind, event.reason, event.text, parts_.taxonomies);
        !sound)
        return sound;
    event.index = static_cast<std::uint32_t>(escalation.events.size());
    event.at = now;
    const auto effect = casework::apply(escalation, actor, event.kind, now);
    if (!effect) return std::unexpected(effect.error());
    if (*effect == EscalationEffect::known) return {};
    const auto owner = key_of(escalation);
    const auto written = parts_.records.put(draft, events_, event_key(escalation.id, event.index),
                                            owner, casework::write_event(event));
    if (!written) return written;
    parts_.feed.emit(draft, {.at = now,
                             .name = "escalation." + std::string(casework::name(event.kind)),
                             .subject = escalation.id.bytes,
                             .peer = escalation.partner});
    return keep(draft, escalation, now);
}

Result<void> Escalations::on_timer(store::Draft& draft, const EscalationId& id, Time now) {
    auto escalation = find(draft, id);
    if (!escalation)
        return escalation.error().fault == Fault::not_found ? Result<void>{}
                                                            : std::unexpected(escalation.error());
    escalation->clock_from = std::min(escalation->clock_from, now);
    const auto clock = casework::clock_of(*escalation);
    for (const auto& step :
         casework::due_steps(parts_.clocks.escalation, escalation->urgency, clock, now)) {
        escalation->steps_done = casework::with_step(escalation->steps_done, step);
        if (const auto told = tell_step(draft, *escalation, step, now); !told) return told;
    }
    return keep(draft, *escalation, now);
}

Result<void> Escalations::tell_step(store::Draft& draft, const Escalation& escalation,
                                    const casework::DueStep& step, Time now) {
    const char* name = step.action == casework::StepAction::remind      ? "escalation.clock_half"
                       : step.action == casework::StepAction::call_list ? "escalation.clock_twice"
                                                                        : "escalation.clock_full";
    store::Event event{.at = now,
                       .name = name,
                       .subject = escalation.id.bytes,
                       .peer = escalation.partner,
                       .number = std::uint64_t(step.milestone)};
    if (parts_.on_call != nullptr) {
        auto who = parts_.on_call->tell(draft,
                                        {.subject = escalation.id.bytes,
                                         .case_id = escalation.case_id,
                                         .peer = escalation.partner,
                                         .urgency = escalation.urgency,
                                         .action = step.action,
                                         .name = name,
                                         .limit = std::string(casework::name(step.milestone))},
                                        now);
        if (!who) return std::unexpected(who.error());
        event.who = std::move(*who);
    }
    parts_.feed.emit(draft, std::move(event));
    return {};
}

Result<void> Escalations::keep(store::Draft& draft, Escalation& escalation, Time now) {
    const auto next = casework::next_due(parts_.clocks.escalation, escalation.urgency,
                                         casework::clock_of(escalation));
    const Time due = next ? std::max(*next, now) : Time{};
    const auto timer = [&](Time at) {
        return store::Timer{at, escalation_timer, escalation.id.bytes};
    };
    if (escalation.timer_at.ms != 0 && escalation.timer_at != due)
        if (const auto cleared = parts_.timers.clear(draft, timer(escalation.timer_at)); !cleared)
            return cleared;
    if (next)
        if (const auto set = parts_.timers.set(draft, timer(due)); !set) return set;
    escalation.timer_at = due;
    return parts_.records.put(draft, escalations_, escalation.id, key_of(escalation),
                              casework::write_record(escalation));
}

Result<Escalation> Escalations::find(store::Snapshot& from, const EscalationId& id) {
    const auto bytes = parts_.records.get(from, escalations_, id);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return fail(Fault::not_found, "escalation");
    return casework::read_escalation(**bytes);
}

Result<std::vector<Escalation>> Escalations::list(store::Snapshot& from, std::uint32_t limit) {
    return parts_.records.collect(from, escalations_, {}, {}, store::Order::descending, limit,
                                  casework::read_escalation);
}

Result<std::vector<EscalationEvent>> Escalations::events(store::Snapshot& from,
                                                         const EscalationId& id) {
    return parts_.records.collect(from, events_, event_key(id, 0), store::after_prefix(id),
                                  store::Order::ascending, casework::escalation_events_max,
                                  casework::read_escalation_event);
}

Result<EscalationId> Escalations::by_reference(store::Snapshot& from, ByteView reference) {
    if (reference.size() != reference_bytes) return fail(Fault::not_found, "reference");
    const auto bytes = parts_.records.get(from, references_, trust::sha256(reference));
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return fail(Fault::not_found, "reference");
    return id_from<EscalationId>(**bytes);
}

Result<Escalations::View> Escalations::view(store::Snapshot& from, ByteView reference) {
    const auto id = by_reference(from, reference);
    if (!id) return std::unexpected(id.error());
    auto escalation = find(from, *id);
    if (!escalation) return std::unexpected(escalation.error());
    const auto json = parts_.records.get(from, views_, *id);
    if (!json) return std::unexpected(json.error());
    if (!*json) return fail(Fault::not_found, "view");
    return View{std::move(*escalation), std::string(text_of(**json))};
}

}  // namespace sanad::api
