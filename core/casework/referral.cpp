#include "core/casework/referral.h"

#include "core/casework/referral_rules.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sanad::casework {
namespace {

using Kind = ReferralEventKind;
using State = ReferralState;

constexpr std::array<std::string_view, referral_state_count> state_names{"",
                                                                         "draft",
                                                                         "consent_check",
                                                                         "sealed",
                                                                         "sent",
                                                                         "undeliverable",
                                                                         "delivered",
                                                                         "under_review",
                                                                         "info_requested",
                                                                         "accepted",
                                                                         "in_progress",
                                                                         "on_hold",
                                                                         "withdraw_requested",
                                                                         "declined",
                                                                         "redirected",
                                                                         "completed",
                                                                         "not_completed",
                                                                         "confirmed",
                                                                         "closed_unconfirmed",
                                                                         "withdrawn",
                                                                         "expired",
                                                                         "entered_in_error",
                                                                         "erasure_requested",
                                                                         "erased",
                                                                         "held"};

constexpr std::array<std::string_view, referral_event_kind_count> kind_names{"",
                                                                             "check_consent",
                                                                             "edit",
                                                                             "seal",
                                                                             "request",
                                                                             "information",
                                                                             "withdraw",
                                                                             "expire",
                                                                             "enter_in_error",
                                                                             "confirm",
                                                                             "close_unconfirmed",
                                                                             "erase",
                                                                             "review",
                                                                             "ask",
                                                                             "accept",
                                                                             "decline",
                                                                             "redirect",
                                                                             "start",
                                                                             "hold",
                                                                             "resume",
                                                                             "complete",
                                                                             "not_complete",
                                                                             "withdraw_ok",
                                                                             "erased",
                                                                             "held",
                                                                             "note"};

bool is_preparation(Kind kind) { return kind >= Kind::check_consent && kind <= Kind::seal; }
bool is_known(Kind kind) { return kind > Kind::none && kind <= Kind::note; }

bool may_write(Side side, Kind kind) {
    if (kind == Kind::note) return side != Side::none;
    return side == (kind <= Kind::erase ? Side::asker : Side::asked);
}

bool takes_back(Kind kind) {
    return kind == Kind::withdraw || kind == Kind::expire || kind == Kind::enter_in_error;
}

bool is_last_word(Kind kind) {
    return std::ranges::find(rules::last_words, kind) != rules::last_words.end();
}

bool is_working(State state) {
    return state == State::accepted || state == State::in_progress || state == State::on_hold;
}

State outcome_of_taking_back(Kind cause) {
    for (const Transition& row : rules::taken_back)
        if (row.kind == cause) return row.to;
    return State::withdrawn;
}

struct Judgement {
    Rule rule = Rule::none;
    State next = State::none;
};

/// One event against the table. `pending`: the asker wants the referral back; `seen`: the writer
/// knows.
Judgement judge(State underlying, bool pending, bool seen, Side side, Kind kind) {
    if (!is_known(kind)) return {Rule::unknown_kind};
    if (!may_write(side, kind)) return {Rule::wrong_side};
    if (kind == Kind::note)
        return is_final(underlying) ? Judgement{Rule::already_ended}
                                    : Judgement{Rule::none, underlying};
    if (pending) {
        if (kind == Kind::withdraw_ok) return {Rule::none, State::withdraw_requested};
        if (takes_back(kind)) return {Rule::withdraw_pending};
        if (side == Side::asked && seen && !is_last_word(kind)) return {Rule::withdraw_pending};
    }
    for (const Transition& row : rules::transitions)
        if (row.from == underlying && row.side == side && row.kind == kind)
            return {Rule::none, row.to};
    return {is_ended(underlying) ? Rule::already_ended : Rule::not_in_this_state};
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
        move(index, {event.kind, event.seen_other, at}, judged.next);
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
    void move(std::uint32_t index, const ReferralEvent& event, State next) {
        note_times(event, next);
        if (event.kind == Kind::information) information_at_ = index;
        if (takes_back(event.kind)) {
            view_.withdraw_pending = true;
            cause_ = event.kind;
            taken_back_at_ = index;
            return;
        }
        if (event.kind == Kind::withdraw_ok) next = outcome_of_taking_back(cause_);
        if (next == State::sent && stored_ == Stored::yes) next = State::delivered;
        if (next == State::completed) kept_by_asked_ = handover_ == Handover::take_over;
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
        const bool given_up = view_.underlying == State::sent && cause_ == Kind::expire;
        return given_up ? State::undeliverable : State::withdraw_requested;
    }

    void set_responsible() {
        if (is_working(view_.underlying)) {
            view_.asked_responsible = true;
            view_.asker_responsible = handover_ == Handover::help || view_.withdraw_pending;
        } else {
            view_.asked_responsible = kept_by_asked_;
            view_.asker_responsible = !kept_by_asked_;
        }
    }

    ReferralView view_;
    Stored stored_;
    Handover handover_;
    Kind cause_ = Kind::none;          // of the pending withdrawal
    std::uint32_t taken_back_at_ = 0;  // its index
    std::uint32_t asker_seen_ = 0;     // the most that the asked side has taken into account
    std::optional<std::uint32_t> information_at_;
    bool kept_by_asked_ = false;  // a child taken over stays there after completion
};

template <typename Value, std::size_t size>
Result<Value> from_name(const std::array<std::string_view, size>& names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (name.empty() || found == names.end()) return fail(Fault::unsupported, "name");
    return static_cast<Value>(found - names.begin());
}

template <typename Value, std::size_t size>
std::string_view name_in(const std::array<std::string_view, size>& names, Value value) {
    const auto place = static_cast<std::size_t>(value);
    return place < size ? names[place] : std::string_view{};
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

std::optional<ReferralEventKind> automatic_answer(const ReferralView& view) {
    if (view.withdraw_pending && !is_working(view.underlying)) return Kind::withdraw_ok;
    return std::nullopt;
}

bool is_ended(ReferralState state) { return state >= State::declined && state <= State::held; }
bool is_final(ReferralState state) { return state == State::erased; }

bool is_double_care(std::span<const ReferralView> of_one_case) {
    return std::ranges::count_if(of_one_case, [](const ReferralView& view) {
               return is_working(view.underlying);
           }) >= 2;
}

std::string_view name(ReferralState state) { return name_in(state_names, state); }
std::string_view name(ReferralEventKind kind) { return name_in(kind_names, kind); }

std::string_view name(Rule rule) {
    constexpr std::array<std::string_view, 9> names{
        "",           "wrong_side",       "not_in_this_state", "already_ended", "withdraw_pending",
        "not_shared", "impossible_count", "too_many",          "unknown_kind"};
    return name_in(names, rule);
}

Result<ReferralEventKind> referral_event_kind_from(std::string_view name) {
    return from_name<ReferralEventKind>(kind_names, name);
}

Result<ReferralState> referral_state_from(std::string_view name) {
    return from_name<ReferralState>(state_names, name);
}

Side other(Side side) {
    if (side == Side::none) return Side::none;
    return side == Side::asker ? Side::asked : Side::asker;
}

}  // namespace sanad::casework
