// The part of Referrals that runs by itself: what its clocks bring about.
#include "core/federation/referrals.h"

namespace sanad::federation {

using casework::ClockAct;
using casework::ReferralEventKind;
using casework::ReferralRecord;
using casework::Side;

namespace {

constexpr Duration retry_after = std::chrono::hours(1);

const char* event_of(casework::StepAction action) {
    switch (action) {
        case casework::StepAction::remind:
            return "referral.clock_half";
        case casework::StepAction::alert_supervisor_and_fallback:
            return "referral.clock_full";
        case casework::StepAction::call_list:
            break;
    }
    return "referral.clock_twice";
}

/// Faults after which nothing at all can be stored: the timer stays, and is run again.
bool is_of_the_store(Fault fault) {
    return fault == Fault::io || fault == Fault::closed || fault == Fault::conflict;
}

}  // namespace

Result<void> Referrals::on_timer(store::Draft& draft, const ReferralId& id, Time now) {
    auto record = find(draft, id);
    if (!record)
        return record.error().fault == Fault::not_found ? Result<void>{}
                                                        : std::unexpected(record.error());
    casework::set_back(record->heard, now);
    const auto work = casework::clock_work(parts_.clocks, *record, now);
    casework::mark_done(*record, work);
    for (const auto& step : work.steps)
        if (const auto told = tell_step(draft, *record, step, now); !told) return told;
    Duration not_before{};
    for (const ClockAct act : work.acts) {
        const auto done = run(draft, *record, act, now);
        if (!done && is_of_the_store(done.error().fault)) return done;
        if (!done) not_before = retry_after;
    }
    return keep(draft, *record, now, not_before);
}

Result<void> Referrals::tell_step(store::Draft& draft, const ReferralRecord& record,
                                  const casework::DueStep& step, Time now) {
    const auto told = alarm(draft, record, step.action, event_of(step.action),
                            casework::name(step.milestone), now, std::uint64_t(step.milestone));
    if (!told) return told;
    const bool is_over = step.action == casework::StepAction::alert_supervisor_and_fallback;
    const bool is_undecided = step.milestone <= casework::Milestone::accepted;
    if (is_over && is_undecided && record.side == Side::asker)
        tell(draft, record, "referral.next_peer_offered", now, std::uint64_t(step.milestone));
    return {};
}

Result<void> Referrals::run(store::Draft& draft, ReferralRecord& record, ClockAct act, Time now) {
    using casework::StepAction;
    const auto say_by_itself = [&](ReferralEventKind kind) {
        casework::ReferralMessage message;
        message.kind = kind;
        return say(draft, record, std::move(message), now);
    };
    switch (act) {
        case ClockAct::expire:
            return say_by_itself(ReferralEventKind::expire);
        case ClockAct::close_unconfirmed:
            return say_by_itself(ReferralEventKind::close_unconfirmed);
        case ClockAct::hold_over:
            return alarm(draft, record, StepAction::alert_supervisor_and_fallback,
                         "referral.hold_over", "hold_at_most", now);
        case ClockAct::consent_check_over:
            break;
    }
    return alarm(draft, record, StepAction::alert_supervisor_and_fallback,
                 "referral.consent_check_over", "consent_check_within", now);
}

Result<void> Referrals::alarm(store::Draft& draft, const ReferralRecord& record,
                              casework::StepAction action, const char* name, std::string_view limit,
                              Time now, std::uint64_t number) {
    store::Event event{.at = now,
                       .name = name,
                       .subject = record.id.bytes,
                       .peer = record.peer.text,
                       .number = number};
    if (parts_.on_call != nullptr) {
        auto who = parts_.on_call->tell(draft,
                                        {.subject = record.id.bytes,
                                         .case_id = record.case_id,
                                         .peer = record.peer.text,
                                         .urgency = record.urgency,
                                         .action = action,
                                         .name = name,
                                         .limit = std::string(limit)},
                                        now);
        if (!who) return std::unexpected(who.error());
        event.who = std::move(*who);
    }
    parts_.feed.emit(draft, std::move(event));
    return {};
}

// Both are written in one transaction: the child is never without a request that somebody answers
// for, nor with two that nobody linked.
Result<ReferralRecord> Referrals::follow(store::Draft& draft, const ReferralId& id,
                                         const NodeId& to, const ConsentId& consent_id,
                                         casework::ReferralRequest what, Time now) {
    auto old = load(draft, id);
    if (!old) return old;
    if (casework::check_next(casework::view_of(*old), Side::asker, ReferralEventKind::expire)) {
        const auto taken_back = run(draft, *old, ClockAct::expire, now);
        // Who left the directory cannot be asked for it back any more.
        if (!taken_back && taken_back.error().fault != Fault::denied)
            return std::unexpected(taken_back.error());
    }
    auto next = request(draft, to, old->case_id, consent_id, std::move(what), now);
    if (!next) return next;
    next->previous = id;
    old->next = next->id;
    for (ReferralRecord* record : {&*old, &*next})
        if (const auto kept = keep(draft, *record, now); !kept)
            return std::unexpected(kept.error());
    return next;
}

Result<void> Referrals::keep(store::Draft& draft, ReferralRecord& record, Time now,
                             Duration not_before) {
    const auto next = casework::next_look(parts_.clocks, record, now);
    const Time due = next ? std::max(*next, now + not_before) : Time{};
    const auto timer = [&](Time at) { return store::Timer{at, referral_timer, record.id.bytes}; };
    if (record.timer_at.ms != 0 && record.timer_at != due)
        if (const auto cleared = parts_.timers.clear(draft, timer(record.timer_at)); !cleared)
            return cleared;
    if (next)
        if (const auto set = parts_.timers.set(draft, timer(due)); !set) return set;
    record.timer_at = due;
    return save(draft, record);
}

}  // namespace sanad::federation
