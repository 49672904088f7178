#include "core/casework/escalation.h"

#include "core/base/text.h"
#include "core/casework/request.h"

#include <algorithm>
#include <array>

namespace sanad::casework {
namespace {

using Kind = EscalationEventKind;
using State = EscalationState;
using Who = EscalationActor;

constexpr std::array<std::string_view, 9> state_names{
    "",          "raised",  "queued", "sent", "failed", "acknowledged", "in_progress",
    "completed", "declined"};
constexpr std::array<std::string_view, 11> kind_names{
    "",          "raised",   "queued", "sent", "failed", "retried", "acknowledged", "in_progress",
    "completed", "declined", "note"};

/// Staff may also write down what a partner said on the telephone.
bool may_write(Who who, Kind kind) {
    const bool of_partner = kind >= Kind::acknowledged && kind <= Kind::note;
    switch (who) {
        case Who::staff:
            return kind == Kind::raised || kind == Kind::retried || of_partner;
        case Who::node:
            return kind >= Kind::queued && kind <= Kind::failed;
        case Who::partner:
            return of_partner;
    }
    return false;
}

bool is_over(State state) { return state == State::completed || state == State::declined; }

/// Where the event leads; none: nowhere from here.
State target_of(Kind kind) {
    switch (kind) {
        case Kind::raised:
            return State::raised;
        case Kind::queued:
        case Kind::retried:
            return State::queued;
        case Kind::sent:
            return State::sent;
        case Kind::failed:
            return State::failed;
        case Kind::acknowledged:
            return State::acknowledged;
        case Kind::in_progress:
            return State::in_progress;
        case Kind::completed:
            return State::completed;
        case Kind::declined:
            return State::declined;
        case Kind::none:
        case Kind::note:
            break;
    }
    return State::none;
}

/// A status of delivery or of the partner's, against what is known. The further one stands.
Result<EscalationEffect> progress(State state, State target) {
    if (is_over(state)) {
        if (target == state || !is_over(target)) return EscalationEffect::known;
        return fail(Fault::denied, "already_ended");
    }
    // What went out after all is no failure; a failure that comes after `sent` is a late one.
    if (state == State::failed && target == State::sent) return EscalationEffect::moved;
    if (state == State::sent && target == State::failed) return EscalationEffect::known;
    return target > state ? EscalationEffect::moved : EscalationEffect::known;
}

template <std::size_t size>
std::string_view name_at(const std::array<std::string_view, size>& names, std::size_t place) {
    return place < size ? names[place] : std::string_view{};
}

std::string_view reasons_of(Kind kind) {
    if (kind == Kind::completed) return "referral-outcome";
    return kind == Kind::declined ? "decline-reasons" : "";
}

}  // namespace

std::string_view name(EscalationState state) {
    return name_at(state_names, static_cast<std::size_t>(state));
}

std::string_view name(EscalationEventKind kind) {
    return name_at(kind_names, static_cast<std::size_t>(kind));
}

Result<EscalationEventKind> escalation_event_kind_from(std::string_view name) {
    const auto found = std::ranges::find(kind_names, name);
    if (name.empty() || found == kind_names.end())
        return fail(Fault::unsupported, "escalation event");
    return static_cast<EscalationEventKind>(found - kind_names.begin());
}

Result<EscalationEffect> effect_of(const Escalation& escalation, EscalationActor actor,
                                   EscalationEventKind kind) {
    if (name(kind).empty()) return fail(Fault::unsupported, "kind");
    if (!may_write(actor, kind)) return fail(Fault::denied, "wrong_actor");
    const State state = escalation.state;
    if ((state == State::none) != (kind == Kind::raised))
        return fail(Fault::denied, "not_in_this_state");
    if (kind == Kind::raised) return EscalationEffect::moved;
    if (kind == Kind::note) return EscalationEffect::noted;
    if (kind == Kind::retried) {
        if (state != State::failed) return fail(Fault::denied, "not_in_this_state");
        return EscalationEffect::moved;
    }
    // A partner cannot answer what never left; its status can overtake our own `sent`.
    if (actor == Who::partner && state == State::raised)
        return fail(Fault::denied, "not_in_this_state");
    return progress(state, target_of(kind));
}

Result<EscalationEffect> apply(Escalation& escalation, EscalationActor actor,
                               EscalationEventKind kind, Time now) {
    const auto effect = effect_of(escalation, actor, kind);
    if (!effect || *effect == EscalationEffect::known) return effect;
    if (escalation.events.size() >= escalation_events_max) return fail(Fault::exhausted, "events");
    escalation.events.push_back({kind, now});
    escalation.updated_at = now;
    if (kind == Kind::raised) escalation.created_at = escalation.clock_from = now;
    if (*effect == EscalationEffect::moved) escalation.state = target_of(kind);
    return effect;
}

Result<void> check_event_text(EscalationEventKind kind, std::string_view reason,
                              std::string_view text, const Taxonomies& taxonomies) {
    const auto list = reasons_of(kind);
    if (list.empty() && !reason.empty()) return fail(Fault::invalid, "reason");
    if (!list.empty() && !taxonomies.contains(list, reason))
        return fail(reason.empty() ? Fault::invalid : Fault::unsupported, "reason");
    if (text.empty()) {
        if (kind == Kind::note) return fail(Fault::invalid, "text");
        return {};
    }
    if (const auto checked = check_prose(text, narrative_bytes_max); !checked)
        return fail(checked.error().fault, "text");
    return {};
}

ClockState clock_of(const Escalation& escalation) {
    const State state = escalation.state;
    ClockState clock;
    clock.created = escalation.clock_from;
    clock.reached = {state == State::sent || state >= State::acknowledged,
                     state >= State::acknowledged, state >= State::in_progress};
    clock.steps_done = escalation.steps_done;
    return clock;
}

}  // namespace sanad::casework
