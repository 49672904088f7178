#include "core/casework/referral.h"

#include "core/casework/referral_transitions.h"  // made from referral_transitions.tsv

#include <algorithm>
#include <array>
#include <utility>

namespace sanad::casework {
namespace {

using Kind = ReferralEventKind;
using State = ReferralState;

bool is_known(Kind kind) { return kind > Kind::none && kind <= Kind::take_back; }
const EventRow& row_of(Kind kind) { return rules::events[static_cast<std::size_t>(kind)]; }
const StateRow& row_of(State state) { return rules::states[static_cast<std::size_t>(state)]; }

bool is_preparation(Kind kind) { return is_known(kind) && row_of(kind).effect == Effect::prepares; }
bool takes_back(Kind kind) { return row_of(kind).effect == Effect::takes_back; }
bool is_working(State state) { return row_of(state).phase == Phase::working; }

bool may_write(Side side, Kind kind) {
    const Side writer = row_of(kind).writer;
    return side != Side::none && (writer == Side::none || writer == side);
}

const Transition* find_move(State from, Side side, Kind kind) {
    const auto row = std::ranges::find_if(rules::transitions, [&](const Transition& each) {
        return each.from == from && each.side == side && each.kind == kind;
    });
    return row == rules::transitions.end() ? nullptr : &*row;
}

struct Judgement {
    Rule rule = Rule::none;
    State next = State::none;
    Owner owner = Owner::same;
};

/// One event against the table. `pending`: the asker wants the referral back; `seen`: the writer
/// knows.
Judgement judge(State underlying, bool pending, bool seen, Side side, Kind kind) {
    if (!is_known(kind)) return {Rule::unknown_kind};
    if (!may_write(side, kind)) return {Rule::wrong_side};
    if (row_of(kind).effect == Effect::none)
        return is_final(underlying) ? Judgement{Rule::already_ended}
                                    : Judgement{Rule::none, underlying};
    const Effect effect = row_of(kind).effect;
    if (pending) {
        if (effect == Effect::gives_back)
            return {Rule::none, State::withdraw_requested, Owner::asker};
        if (effect == Effect::takes_back) return {Rule::withdraw_pending};
        if (side == Side::asked && seen && effect != Effect::last_word)
            return {Rule::withdraw_pending};
    }
    if (const auto* row = find_move(underlying, side, kind))
        return {Rule::none, row->to, row->owner};
    return {row_of(underlying).refusal};
}

class Fold {
public:
    Fold(Stored stored, Handover handover) : stored_(stored), handover_(handover) {
        view_.underlying = State::sealed;
    }

    void take(Side side, std::uint32_t index, const ReferralEvent& event) {
        if (index >= referral_events_max) return refuse(side, index, Rule::too_many);
        if (is_preparation(event.kind)) return refuse(side, index, Rule::not_shared);
        const bool seen = event.seen_other > taken_back_at_;
        const auto judged = judge(view_.underlying, view_.withdraw_pending, seen, side, event.kind);
        if (judged.rule != Rule::none) return refuse(side, index, judged.rule);
        // Anybody can write any time: kept where it cannot overflow what is computed from it.
        const Time at{std::clamp<std::int64_t>(event.at.ms, 0, event_time_ms_max)};
        move(index, {event.kind, event.seen_other, at}, judged.next, judged.owner);
        if (side == Side::asked) asker_seen_ = std::max(asker_seen_, event.seen_other);
    }

    void refuse(Side side, std::uint32_t index, Rule rule) {
        view_.refused.push_back({side, index, rule});
    }

    ReferralView finish(std::size_t asker_events, std::size_t asked_events) {
        view_.asker_events = static_cast<std::uint32_t>(asker_events);
        view_.asked_events = static_cast<std::uint32_t>(asked_events);
        if (!view_.requested_at)
            view_.underlying = asker_events == 0 ? State::draft : State::sealed;
        view_.information_added = information_at_ && *information_at_ >= asker_seen_;
        view_.state = shown();
        set_responsible();
        return std::move(view_);
    }

private:
    void move(std::uint32_t index, const ReferralEvent& event, State next, Owner owner) {
        note_times(event, next);
        if (event.kind == Kind::information) information_at_ = index;
        if (takes_back(event.kind)) {
            view_.withdraw_pending = true;
            view_.taken_back_by = event.kind;
            taken_back_at_ = index;
            return;
        }
        if (row_of(event.kind).effect == Effect::gives_back)
            next = row_of(view_.taken_back_by).outcome;
        if (next == State::sent && stored_ == Stored::yes) next = State::delivered;
        if (owner != Owner::same) owner_ = owner;
        view_.underlying = next;
        if (is_working(next)) view_.accepted_once = true;
        if (event.kind == Kind::hold) view_.on_hold_since = event.at;
        if (next != State::on_hold) view_.on_hold_since.reset();
        if (is_ended(next)) {
            view_.withdraw_pending = false;
            if (!view_.ended_at) view_.ended_at = event.at;
        }
    }

    void note_times(const ReferralEvent& event, State next) {
        if (event.kind == Kind::request) view_.requested_at = event.at;
        if (event.kind >= Kind::review && event.kind <= Kind::redirect) {
            if (!view_.seen_at) view_.seen_at = event.at;
            if (event.kind >= Kind::accept) view_.accepted_at = event.at;
        }
        if (next == State::info_requested && !view_.paused_since) view_.paused_since = event.at;
        if (next == State::info_requested || next == State::withdraw_requested) return;
        // Two machines' clocks may disagree: a pause is never negative.
        if (view_.paused_since && event.kind != Kind::note) {
            view_.paused += std::max(Duration{}, event.at - *view_.paused_since);
            view_.paused_since.reset();
        }
    }

    State shown() const {
        if (!view_.withdraw_pending) return view_.underlying;
        const bool given_up =
            view_.underlying == State::sent && view_.taken_back_by == Kind::expire;
        return given_up ? State::undeliverable : State::withdraw_requested;
    }

    void set_responsible() {
        const bool taken_over = handover_ == Handover::take_over;
        const bool taken_in = owner_ == Owner::taken_in;
        const bool returned = owner_ == Owner::returned;
        view_.asked_responsible = taken_in || (taken_over && (returned || owner_ == Owner::kept));
        view_.asker_responsible = !view_.asked_responsible || returned ||
                                  (taken_in && (!taken_over || view_.withdraw_pending));
    }

    ReferralView view_;
    Stored stored_;
    Handover handover_;
    std::uint32_t taken_back_at_ = 0;  // the index of the pending withdrawal
    std::uint32_t asker_seen_ = 0;     // the most that the asked side has taken into account
    std::optional<std::uint32_t> information_at_;
    Owner owner_ = Owner::asker;
};

template <typename Rows>
auto find_named(const Rows& rows, std::string_view name) {
    return name.empty() ? rows.end() : std::ranges::find(rows, name, &Rows::value_type::name);
}

template <typename Rows, typename Value>
std::string_view name_in(const Rows& rows, Value value) {
    const auto place = static_cast<std::size_t>(value);
    return place < rows.size() ? rows[place].name : std::string_view{};
}

}  // namespace

ReferralView fold(std::span<const ReferralEvent> asker, std::span<const ReferralEvent> asked,
                  Stored stored, Handover handover) {
    Fold fold(asked.empty() ? stored : Stored::yes, handover);
    std::uint32_t i = 0;
    std::uint32_t j = 0;
    while (i < asker.size() || j < asked.size()) {
        const bool asker_ready = i < asker.size() && asker[i].seen_other <= j;
        const bool asked_ready = j < asked.size() && asked[j].seen_other <= i;
        if (asker_ready) {
            fold.take(Side::asker, i, asker[i]);
            ++i;
        } else if (asked_ready) {
            fold.take(Side::asked, j, asked[j]);
            ++j;
        } else if (j < asked.size()) {  // counts that no honest pair can write
            fold.refuse(Side::asked, j++, Rule::impossible_count);
        } else {
            fold.refuse(Side::asker, i++, Rule::impossible_count);
        }
    }
    return fold.finish(asker.size(), asked.size());
}

Result<void> check_next(const ReferralView& view, Side side, ReferralEventKind kind) {
    const auto written = side == Side::asker ? view.asker_events : view.asked_events;
    auto rule = Rule::too_many;
    if (written < referral_events_max)
        rule = judge(view.underlying, view.withdraw_pending, true, side, kind).rule;
    if (rule != Rule::none) return fail(Fault::denied, std::string(name(rule)));
    return {};
}

Result<ReferralState> prepare(ReferralState state, ReferralEventKind kind) {
    if (!is_preparation(kind))
        return fail(Fault::denied, std::string(name(Rule::not_in_this_state)));
    const auto judged = judge(state, false, false, Side::asker, kind);
    if (judged.rule != Rule::none) return fail(Fault::denied, std::string(name(judged.rule)));
    return judged.next;
}

std::optional<ReferralEventKind> automatic_answer(const ReferralView& view, Side side) {
    if (side == Side::asked && view.withdraw_pending && !is_working(view.underlying))
        return Kind::withdraw_ok;
    if (side == Side::asker && view.asked_responsible && view.underlying == State::not_completed)
        return Kind::take_back;
    return std::nullopt;
}

bool is_ended(ReferralState state) { return row_of(state).phase >= Phase::ended; }
bool is_final(ReferralState state) { return row_of(state).phase == Phase::final; }

bool is_double_care(std::span<const ReferralView> of_one_case) {
    return std::ranges::count_if(of_one_case, [](const ReferralView& view) {
               return is_working(view.underlying);
           }) >= 2;
}

std::string_view name(ReferralState state) { return name_in(rules::states, state); }
std::string_view name(ReferralEventKind kind) { return name_in(rules::events, kind); }

std::string_view name(Rule rule) {
    constexpr std::array<std::string_view, 9> names{
        "",           "wrong_side",       "not_in_this_state", "already_ended", "withdraw_pending",
        "not_shared", "impossible_count", "too_many",          "unknown_kind"};
    const auto place = static_cast<std::size_t>(rule);
    return place < names.size() ? names[place] : std::string_view{};
}

Result<ReferralEventKind> referral_event_kind_from(std::string_view name) {
    const auto row = find_named(rules::events, name);
    if (row == rules::events.end()) return fail(Fault::unsupported, "name");
    return row->kind;
}

Result<ReferralState> referral_state_from(std::string_view name) {
    const auto row = find_named(rules::states, name);
    if (row == rules::states.end()) return fail(Fault::unsupported, "name");
    return row->state;
}

Side other(Side side) {
    if (side == Side::none) return Side::none;
    return side == Side::asker ? Side::asked : Side::asker;
}

}  // namespace sanad::casework
