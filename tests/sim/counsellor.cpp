#include "tests/sim/counsellor.h"

#include <algorithm>

namespace sanad::sim {

using casework::ReferralEventKind;
using casework::ReferralRecord;
using casework::ReferralState;
using casework::Side;

namespace {

constexpr unsigned request_percent = 35;
constexpr unsigned idle_percent = 20;  // sees it, and does something else first
constexpr unsigned repeated_act_percent = 30;

casework::Urgency urgency_of(std::uint64_t number) {
    constexpr casework::Urgency all[] = {casework::Urgency::u0, casework::Urgency::u1,
                                         casework::Urgency::u2, casework::Urgency::u3};
    return all[number % std::size(all)];
}

}  // namespace

Counsellor::Counsellor(Site& site, Setting& setting, std::vector<NodeId> others, unsigned requests)
    : site_(site), setting_(setting), others_(std::move(others)), requests_left_(requests) {}

void Counsellor::look() {
    if (!site_.is_up() || setting_.ledger.is_pending(site_.id())) return;
    if (!finishing_ && setting_.chance.percent(idle_percent)) return;
    if (!finishing_ && requests_left_ > 0 && setting_.chance.percent(request_percent))
        return ask_for_help();
    std::vector<const ReferralRecord*> open;
    for (const auto& [record, view] : site_.referrals())
        if (!casework::is_ended(record.state) || record.state == ReferralState::completed)
            open.push_back(&record);
    if (open.empty()) return;
    go_on_with(*open[setting_.chance.below(open.size())]);
}

bool Counsellor::is_done() {
    if (!site_.is_up() || setting_.ledger.is_pending(site_.id())) return false;
    return std::ranges::all_of(site_.referrals(), [](const auto& standing) {
        return casework::is_ended(standing.record.state);
    });
}

void Counsellor::ask_for_help() {
    --requests_left_;
    const NodeId to = others_[setting_.chance.below(others_.size())];
    const auto urgency = urgency_of(setting_.chance.below(4));
    const bool transfer = setting_.chance.percent(30);
    act(
        [this, to, urgency, transfer](store::Draft& draft, const std::string& token) {
            auto request = support::sample_request(token, to, urgency);
            if (transfer) request.kind = "transfer";
            const auto made = site_.node().referrals->request(
                draft, to, CaseId{{1}}, ConsentId{{2}}, std::move(request), site_.clock().now());
            return made ? Result<void>{} : std::unexpected(made.error());
        },
        "request");
}

void Counsellor::go_on_with(const ReferralRecord& record) {
    const auto choice = finishing_ ? choose_to_finish(record.state, record.side)
                                   : choose(record.state, record.side);
    if (choice.kind == ReferralEventKind::none) return;
    act(
        [this, id = record.id, choice](store::Draft& draft, const std::string& token) {
            const auto moved = site_.node().referrals->move(draft, id, choice.kind, choice.reason,
                                                            token, site_.clock().now());
            return moved ? Result<void>{} : std::unexpected(moved.error());
        },
        casework::name(choice.kind));
}

// What people do in that state, by how often they do it; the rest of the hundred is nothing.
Counsellor::Choice Counsellor::choose(ReferralState state, Side side) {
    using enum ReferralEventKind;
    struct Habit {
        Side side;
        std::initializer_list<ReferralState> states;
        unsigned percent;
        Choice choice;
    };
    using State = ReferralState;
    static const Habit habits[] = {
        {Side::asker,
         {State::sent, State::delivered, State::under_review, State::accepted, State::in_progress},
         8,
         {withdraw, "resolved"}},
        {Side::asker, {State::sent, State::delivered}, 5, {enter_in_error}},
        {Side::asker,
         {State::sent, State::delivered, State::under_review, State::accepted, State::in_progress},
         15,
         {information}},
        {Side::asker, {State::info_requested}, 70, {information}},
        {Side::asker, {State::completed}, 50, {confirm, "service_delivered_full"}},
        {Side::asker,
         {State::sent, State::delivered, State::accepted, State::in_progress, State::on_hold},
         10,
         {note}},
        {Side::asked, {State::delivered}, 25, {review}},
        {Side::asked, {State::delivered, State::under_review}, 30, {ask}},
        {Side::asked, {State::delivered, State::under_review, State::info_requested}, 25, {accept}},
        {Side::asked, {State::delivered, State::under_review}, 10, {decline, "no_capacity"}},
        {Side::asked, {State::under_review}, 5, {redirect, "out_of_mandate"}},
        {Side::asked, {State::accepted}, 60, {start}},
        {Side::asked, {State::accepted}, 10, {not_complete, "child_unreachable"}},
        {Side::asked, {State::in_progress}, 15, {hold}},
        {Side::asked, {State::in_progress}, 40, {complete, "service_delivered_full"}},
        {Side::asked, {State::on_hold}, 60, {resume}},
        {Side::asked, {State::accepted, State::in_progress}, 10, {note}},
        {Side::asked, {State::withdraw_requested}, 50, {withdraw_ok}},
        {Side::asked, {State::withdraw_requested}, 20, {complete, "service_delivered_full"}},
    };
    std::uint64_t left = setting_.chance.below(100);
    for (const auto& habit : habits) {
        if (habit.side != side || std::ranges::find(habit.states, state) == habit.states.end())
            continue;
        if (left < habit.percent) return habit.choice;
        left -= habit.percent;
    }
    return {};
}

Counsellor::Choice Counsellor::choose_to_finish(ReferralState state, Side side) {
    using enum ReferralEventKind;
    if (side == Side::asker)
        return state == ReferralState::info_requested ? Choice{information} : Choice{};
    switch (state) {
        case ReferralState::delivered:
            return {review};
        case ReferralState::under_review:
        case ReferralState::info_requested:
            return setting_.chance.percent(80) ? Choice{accept} : Choice{decline, "no_capacity"};
        case ReferralState::accepted:
        case ReferralState::in_progress:
            return {complete, "service_delivered_full"};
        case ReferralState::on_hold:
            return {resume};
        case ReferralState::withdraw_requested:
            return {withdraw_ok};
        default:
            return {};
    }
}

void Counsellor::act(Decide decide, std::string_view what) {
    const std::size_t number = setting_.ledger.begin(site_.id());
    setting_.trace.note(setting_.schedule.now(), site_.id().text, what,
                        setting_.ledger.acts()[number].token);
    const bool repeats =
        setting_.breakage == Breakage::repeat_act && setting_.chance.percent(repeated_act_percent);
    submit(number, decide, repeats ? 1 : 0);
    site_.work_soon();
}

void Counsellor::submit(std::size_t number, const Decide& decide, unsigned repeats) {
    const std::string token = setting_.ledger.acts()[number].token;
    const auto taken = site_.node().engine.submit(
        [decide, token](store::Draft& draft) { return decide(draft, token); },
        [this, number, decide, repeats](const Result<void>& result) {
            setting_.trace.note(setting_.schedule.now(), site_.id().text,
                                result ? "stored" : name(result.error().fault),
                                setting_.ledger.acts()[number].token);
            // What is said before the past is back may turn out not to be allowed.
            setting_.ledger.answer(
                number, result && !site_.is_whole() ? fail(Fault::io, "past missing") : result);
            if (result && repeats > 0) submit(number, decide, repeats - 1);
        });
    if (!taken) setting_.ledger.answer(number, taken);
}

}  // namespace sanad::sim
