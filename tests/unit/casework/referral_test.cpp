#include "core/casework/referral.h"

#include "core/casework/referral_transitions.h"

#include <catch2/catch.hpp>

#include <map>
#include <set>

namespace sanad::casework {
namespace {

using Kind = ReferralEventKind;
using State = ReferralState;
using Events = std::vector<ReferralEvent>;

/// Two lists, each event based on everything written before it.
struct History {
    Events asker, asked;

    History& write(Side side, Kind kind) {
        auto& own = side == Side::asker ? asker : asked;
        const auto& others = side == Side::asker ? asked : asker;
        own.push_back({kind, static_cast<std::uint32_t>(others.size()), {}});
        return *this;
    }
    ReferralView view(Handover handover = Handover::help, Stored stored = Stored::yes) const {
        return fold(asker, asked, stored, handover);
    }
};

constexpr auto all_kinds = [] {
    std::array<Kind, referral_event_kind_count> kinds{};
    for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = static_cast<Kind>(i);
    return kinds;
}();

/// The shortest history to every state that two nodes can share, found by asking check_next.
std::map<State, History> history_to_each_state() {
    std::map<State, History> found;
    std::set<std::pair<State, Kind>>
        tried;  // the last kind too: it says why a referral is taken back
    std::vector<History> edge{History{}.write(Side::asker, Kind::request)};
    found[State::delivered] = edge.front();
    while (!edge.empty()) {
        std::vector<History> next;
        for (const History& history : edge)
            for (const Side side : {Side::asker, Side::asked})
                for (const Kind kind : all_kinds) {
                    if (!check_next(history.view(), side, kind)) continue;
                    History longer = history;
                    longer.write(side, kind);
                    const auto state = longer.view().state;
                    found.emplace(state, longer);
                    if (tried.emplace(state, kind).second) next.push_back(longer);
                }
        edge = std::move(next);
    }
    return found;
}

/// A request that the asked side has read; then what each side wrote without seeing the other's.
struct Crossing {
    Events asker_after, asked_after;

    std::vector<ReferralView> views() const {
        Events asker{{Kind::request, 0, {}}};
        Events asked{{Kind::review, 1, {}}};
        for (const auto& event : asker_after) asker.push_back({event.kind, 1, {}});
        for (const auto& event : asked_after) asked.push_back({event.kind, 1, {}});
        std::vector<ReferralView> views;
        // Whatever came first, in whichever pieces: what counts is that both lists are whole at
        // last.
        for (std::size_t i = 1; i <= asker.size(); ++i)
            views.push_back(fold(std::span(asker).first(i), asked, Stored::yes, Handover::help));
        for (std::size_t j = 1; j <= asked.size(); ++j)
            views.push_back(fold(asker, std::span(asked).first(j), Stored::yes, Handover::help));
        return views;
    }
    ReferralView end() const {
        const auto all = views();
        CHECK(all.back() == all[asker_after.size()]);
        return all.back();
    }
};

Events say(std::initializer_list<Kind> kinds) {
    Events events;
    for (const Kind kind : kinds) events.push_back({kind, 0, {}});
    return events;
}

}  // namespace

TEST_CASE("a referral is prepared as draft, consent check and signature before it leaves") {
    CHECK(prepare(State::draft, Kind::check_consent) == State::consent_check);
    CHECK(prepare(State::consent_check, Kind::edit) == State::draft);
    CHECK(prepare(State::consent_check, Kind::seal) == State::sealed);
    CHECK(prepare(State::sealed, Kind::edit) == State::draft);
    CHECK(prepare(State::draft, Kind::seal).error().fault == Fault::denied);
    CHECK(prepare(State::delivered, Kind::edit).error().fault == Fault::denied);
    CHECK(prepare(State::sealed, Kind::request).error().fault == Fault::denied);
}

TEST_CASE("preparation does not travel: the other side refuses it") {
    auto history = History{}.write(Side::asker, Kind::request).write(Side::asker, Kind::edit);
    const auto view = history.view();
    CHECK(view.state == State::delivered);
    CHECK(view.refused == std::vector{RefusedEvent{Side::asker, 1, Rule::not_shared}});
}

TEST_CASE("a request is sent until its receipt comes, then delivered") {
    const auto history = History{}.write(Side::asker, Kind::request);
    CHECK(history.view(Handover::help, Stored::not_yet).state == State::sent);
    CHECK(history.view(Handover::help, Stored::yes).state == State::delivered);
    CHECK(History{}.view().state == State::draft);
}

TEST_CASE("a request that ran out before it was stored is undeliverable, and the asker's") {
    auto history = History{}.write(Side::asker, Kind::request).write(Side::asker, Kind::expire);
    const auto view = history.view(Handover::help, Stored::not_yet);
    CHECK(view.state == State::undeliverable);
    CHECK(view.asker_responsible);
    // It came after all: the asked side must still say that it does not have the child.
    CHECK(history.view().state == State::withdraw_requested);
    CHECK(history.write(Side::asked, Kind::withdraw_ok).view().state == State::expired);
}

TEST_CASE("every state of a referral can be reached") {
    std::set<State> reached{State::draft, State::consent_check, State::sealed};  // prepare(), above
    reached.insert({State::sent, State::undeliverable});                         // receipt, above
    for (const auto& [state, history] : history_to_each_state()) reached.insert(state);
    CHECK(reached.size() == referral_state_count - 1);
    for (const State state : reached) CHECK_FALSE(name(state).empty());
}

TEST_CASE("in every state somebody is responsible for the child") {
    for (const auto handover : {Handover::help, Handover::take_over})
        for (const auto& [state, history] : history_to_each_state()) {
            const auto view = history.view(handover);
            INFO(name(state));
            CHECK((view.asker_responsible || view.asked_responsible));
        }
}

TEST_CASE("acceptance moves a transferred child to the asked side, and shares a referred one") {
    auto history = History{}.write(Side::asker, Kind::request);
    CHECK(history.view().asker_responsible);
    CHECK_FALSE(history.view().asked_responsible);
    history.write(Side::asked, Kind::accept);
    CHECK(history.view(Handover::help).asker_responsible);
    CHECK(history.view(Handover::help).asked_responsible);
    CHECK_FALSE(history.view(Handover::take_over).asker_responsible);
    CHECK(history.view(Handover::take_over).asked_responsible);
    history.write(Side::asked, Kind::not_complete);
    CHECK(history.view(Handover::take_over).asker_responsible);
    CHECK(history.view(Handover::take_over).asked_responsible);
    CHECK_FALSE(history.view(Handover::help).asked_responsible);
}

TEST_CASE("a child given back is the asked side's too until the asker says that it knows") {
    auto history = History{}.write(Side::asker, Kind::request).write(Side::asked, Kind::accept);
    // What the asker said before it could know does not count.
    history.asker.push_back({Kind::note, 1, {}});
    history.write(Side::asked, Kind::not_complete);
    auto view = history.view(Handover::take_over);
    CHECK(view.asked_responsible);
    CHECK(automatic_answer(view, Side::asker) == Kind::take_back);
    CHECK_FALSE(automatic_answer(view, Side::asked));
    CHECK_FALSE(automatic_answer(history.view(Handover::help), Side::asker));
    CHECK(check_next(view, Side::asked, Kind::take_back).error().detail == "wrong_side");
    CHECK(History(history)
              .write(Side::asker, Kind::note)
              .view(Handover::take_over)
              .asked_responsible);
    for (const Kind word : {Kind::take_back, Kind::erase}) {
        History answered = history;
        view = answered.write(Side::asker, word).view(Handover::take_over);
        INFO(name(word));
        CHECK(view.asker_responsible);
        CHECK_FALSE(view.asked_responsible);
        CHECK_FALSE(automatic_answer(view, Side::asker));
        CHECK(view.refused.empty());
    }
}

TEST_CASE("withdraw crossing the return of a child taken over: both are responsible meanwhile") {
    History history = History{}.write(Side::asker, Kind::request).write(Side::asked, Kind::accept);
    history.asker.push_back({Kind::withdraw, 1, {}});
    history.asked.push_back({Kind::not_complete, 1, {}});
    const auto view = history.view(Handover::take_over);
    CHECK(view.state == State::not_completed);
    CHECK((view.asker_responsible && view.asked_responsible));
    history.write(Side::asker, Kind::take_back);
    CHECK_FALSE(history.view(Handover::take_over).asked_responsible);
}

TEST_CASE("every transition written by the wrong side is refused and changes nothing") {
    for (const auto& [state, history] : history_to_each_state())
        for (const Transition& row : rules::transitions) {
            if (row.from != state) continue;
            const Side wrong = other(row.side);
            INFO(name(state) << " " << name(row.kind));
            const auto refused = check_next(history.view(), wrong, row.kind);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().fault == Fault::denied);
            CHECK(refused.error().detail == "wrong_side");
            History longer = history;
            const auto after = longer.write(wrong, row.kind).view();
            CHECK(after.state == state);
            REQUIRE(after.refused.size() == 1);
            CHECK(after.refused[0].side == wrong);
        }
}

TEST_CASE("what check_next denies has no effect when it is written all the same") {
    for (const auto& [state, history] : history_to_each_state())
        for (const Side side : {Side::asker, Side::asked})
            for (const Kind kind : all_kinds) {
                const auto before = history.view();
                const auto allowed = check_next(before, side, kind);
                History longer = history;
                const auto after = longer.write(side, kind).view();
                INFO(name(state) << " " << name(kind));
                CHECK(after.refused.empty() == allowed.has_value());
                if (!allowed) CHECK(after.state == before.state);
            }
}

TEST_CASE("an ended referral never goes back to work") {
    for (const auto& [state, history] : history_to_each_state()) {
        if (!is_ended(state)) continue;
        for (const Side side : {Side::asker, Side::asked})
            for (const Kind kind : all_kinds) {
                History longer = history;
                CHECK(is_ended(longer.write(side, kind).view().state));
            }
    }
    CHECK_FALSE(is_ended(State::withdraw_requested));
    CHECK_FALSE(is_ended(State::undeliverable));
}

TEST_CASE("after erasure nothing may be written") {
    const auto history = history_to_each_state().at(State::erased);
    for (const Side side : {Side::asker, Side::asked})
        for (const Kind kind : all_kinds) CHECK_FALSE(check_next(history.view(), side, kind));
}

TEST_CASE("withdraw crossing accept: both are responsible until the asked side answers") {
    const Crossing crossing{say({Kind::withdraw}), say({Kind::accept})};
    const auto view = crossing.end();
    CHECK(view.state == State::withdraw_requested);
    CHECK(view.underlying == State::accepted);
    CHECK(view.asker_responsible);
    CHECK(view.asked_responsible);
    CHECK(view.refused.empty());
    CHECK_FALSE(automatic_answer(view, Side::asked));
    CHECK(check_next(view, Side::asked, Kind::withdraw_ok));
    CHECK(check_next(view, Side::asked, Kind::complete));
    CHECK(check_next(view, Side::asked, Kind::start).error().detail == "withdraw_pending");
    CHECK(check_next(view, Side::asker, Kind::withdraw).error().detail == "withdraw_pending");
}

TEST_CASE("a child taken over is both sides' while the asker wants them back") {
    auto history = History{}.write(Side::asker, Kind::request).write(Side::asked, Kind::accept);
    const auto view = history.write(Side::asker, Kind::withdraw).view(Handover::take_over);
    CHECK(view.asker_responsible);
    CHECK(view.asked_responsible);
    history.write(Side::asked, Kind::complete);
    CHECK_FALSE(history.view(Handover::take_over).asker_responsible);
    CHECK(history.view(Handover::take_over).asked_responsible);
}

TEST_CASE("withdraw crossing decline: closed, and the asker is responsible") {
    const auto view = Crossing{say({Kind::withdraw}), say({Kind::decline})}.end();
    CHECK(view.state == State::declined);
    CHECK(view.asker_responsible);
    CHECK_FALSE(view.asked_responsible);
    CHECK(view.refused.empty());
}

TEST_CASE("withdraw crossing complete or return: the asked side's last word wins") {
    CHECK(Crossing{say({Kind::withdraw}), say({Kind::accept, Kind::complete})}.end().state ==
          State::completed);
    CHECK(Crossing{say({Kind::withdraw}), say({Kind::accept, Kind::start, Kind::not_complete})}
              .end()
              .state == State::not_completed);
    CHECK(Crossing{say({Kind::withdraw}), say({Kind::redirect})}.end().state == State::redirected);
}

TEST_CASE("information crossing accept: accepted, with information added") {
    const auto view = Crossing{say({Kind::information}), say({Kind::accept})}.end();
    CHECK(view.state == State::accepted);
    CHECK(view.information_added);
    // Once the asked side writes something based on it, it is no news any more.
    Events asker{{Kind::request, 0, {}}, {Kind::information, 1, {}}};
    Events asked{{Kind::review, 1, {}}, {Kind::accept, 1, {}}, {Kind::start, 2, {}}};
    CHECK_FALSE(fold(asker, asked, Stored::yes, Handover::help).information_added);
}

TEST_CASE("information that crossed a question does not answer it") {
    CHECK(Crossing{say({Kind::information}), say({Kind::ask})}.end().state ==
          State::info_requested);
    auto history = History{}.write(Side::asker, Kind::request).write(Side::asked, Kind::ask);
    CHECK(history.write(Side::asker, Kind::information).view().state == State::under_review);
}

TEST_CASE("a second final event of one side is refused") {
    const auto view = Crossing{{}, say({Kind::decline, Kind::accept})}.end();
    CHECK(view.state == State::declined);
    CHECK(view.refused == std::vector{RefusedEvent{Side::asked, 2, Rule::already_ended}});
}

TEST_CASE("two nodes that both took one child in show as double care") {
    auto accepted = History{}.write(Side::asker, Kind::request).write(Side::asked, Kind::accept);
    auto waiting = History{}.write(Side::asker, Kind::request);
    const std::array both{accepted.view(), accepted.view()};
    const std::array one{accepted.view(), waiting.view()};
    CHECK(is_double_care(both));
    CHECK_FALSE(is_double_care(one));
    // Wanting it back does not undo that the child is cared for twice.
    const std::array back{accepted.write(Side::asker, Kind::withdraw).view(), both[0]};
    CHECK(is_double_care(back));
}

TEST_CASE("a withdrawal that nobody has to weigh is answered by the node itself") {
    auto history = History{}.write(Side::asker, Kind::request).write(Side::asker, Kind::withdraw);
    CHECK(automatic_answer(history.view(), Side::asked) == Kind::withdraw_ok);
    CHECK(history.write(Side::asked, Kind::withdraw_ok).view().state == State::withdrawn);
    CHECK_FALSE(automatic_answer(history.view(), Side::asked));
}

TEST_CASE("an entry made in error is taken back like a withdrawal, and can be erased") {
    auto history = History{}
                       .write(Side::asker, Kind::request)
                       .write(Side::asker, Kind::enter_in_error)
                       .write(Side::asked, Kind::withdraw_ok);
    CHECK(history.view().state == State::entered_in_error);
    CHECK(history.write(Side::asker, Kind::erase).view().state == State::erasure_requested);
    CHECK(history.write(Side::asked, Kind::held).view().state == State::held);
    CHECK(history.write(Side::asked, Kind::erased).view().state == State::erased);
}

TEST_CASE("counts that no honest node can write are refused, and do not stop the others") {
    Events asker{{Kind::request, 0, {}}};
    Events asked{{Kind::accept, 5, {}}, {Kind::decline, 1, {}}};
    const auto view = fold(asker, asked, Stored::yes, Handover::help);
    CHECK(view.state == State::declined);
    CHECK(view.refused == std::vector{RefusedEvent{Side::asked, 0, Rule::impossible_count}});
}

TEST_CASE("kinds that this build does not know are refused") {
    Events asker{{Kind::request, 0, {}}, {static_cast<Kind>(200), 0, {}}, {Kind::none, 0, {}}};
    const auto view = fold(asker, {}, Stored::yes, Handover::help);
    REQUIRE(view.refused.size() == 2);
    CHECK(view.refused[0].rule == Rule::unknown_kind);
    CHECK(name(static_cast<Kind>(200)).empty());
}

TEST_CASE("a side may write referral_events_max events and no more") {
    Events asker{{Kind::request, 0, {}}};
    asker.resize(referral_events_max - 1, {Kind::note, 0, {}});
    CHECK(check_next(fold(asker, {}, Stored::yes, Handover::help), Side::asker, Kind::note));
    asker.push_back({Kind::note, 0, {}});
    const auto view = fold(asker, {}, Stored::yes, Handover::help);
    CHECK(view.refused.empty());
    CHECK(check_next(view, Side::asker, Kind::note).error().detail == "too_many");
    asker.push_back({Kind::withdraw, 0, {}});
    CHECK(fold(asker, {}, Stored::yes, Handover::help).refused.back().rule == Rule::too_many);
}

TEST_CASE("the names of states and kinds read back as what they name") {
    for (std::size_t i = 1; i < referral_state_count; ++i)
        CHECK(referral_state_from(name(static_cast<State>(i))) == static_cast<State>(i));
    for (std::size_t i = 1; i < referral_event_kind_count; ++i)
        CHECK(referral_event_kind_from(name(static_cast<Kind>(i))) == static_cast<Kind>(i));
    CHECK(referral_state_from("").error().fault == Fault::unsupported);
    CHECK(referral_event_kind_from("steal").error().fault == Fault::unsupported);
}

}  // namespace sanad::casework
