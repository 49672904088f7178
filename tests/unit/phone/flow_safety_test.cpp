#include "tests/unit/phone/played_call.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sanad::phone::test {
namespace {

// Lets words be heard and time pass, with a node that keeps what it is asked to, until somebody
// waits for a person, is with one, or has gone.
Phase after_a_while(PlayedCall& call) {
    for (int i = 0; i < 300; ++i) {
        const Phase phase = call.state().phase;
        if (phase == Phase::queued || phase == Phase::ended) return phase;
        if (phase == Phase::saying)
            call.play({"heard"});
        else if (phase == Phase::asking)
            call.play({"node yes"});
        else
            call.play({"wait 5"});
    }
    return call.state().phase;
}

bool can_begin_with(const State& state) {
    return state.kind != Kind::talk && state.kind != Kind::cover;
}

constexpr std::string_view closed_for_ever = R"(
hours = { zone = "GMT", open = ["mon 08:00-08:01"] }
emergency = [{ number = "19" }]
)";

}  // namespace

TEST_CASE("from every state, whoever presses and says nothing comes to a person") {
    Flow flow = flow_of_country("ma");
    for (const State& state : std::vector(flow.states)) {
        if (!can_begin_with(state)) continue;
        flow.start = state.name;
        PlayedCall call(flow);
        call.play({"started fr"});
        INFO(state.name);
        CHECK(after_a_while(call) == Phase::queued);
    }
}

TEST_CASE("from every state, the digit of danger leads to the top with the numbers first") {
    Flow flow = flow_of_country("ma");
    for (const State& state : std::vector(flow.states)) {
        if (!can_begin_with(state)) continue;
        flow.start = state.name;
        PlayedCall call(flow);
        call.play({"started fr"});
        INFO(state.name);
        auto lines = call.happens("press *");
        if (state.name == "danger") continue;  // is saying it
        REQUIRE(lines.size() >= 3);
        CHECK(lines.back() == "say fr: danger <19> or <177> or <2511> danger_stay");
        CHECK(std::ranges::count_if(
                  lines, [](const auto& line) { return line.starts_with("arrive u0"); }) == 1);
    }
}

TEST_CASE("somebody silent hears all night that somebody is there, and is never hung up on") {
    PlayedCall call(flow_with(closed_for_ever));
    call.play({"started fr"});
    int heard = 0;
    for (int i = 0; i < 2000; ++i) {
        if (call.state().phase == Phase::saying) {
            ++heard;
            call.play({"heard"});
        } else {
            call.play({"wait 10"});
        }
        REQUIRE(call.state().phase != Phase::ended);
    }
    CHECK(heard > 300);
    CHECK(call.state().state == "quiet");
    CHECK(std::ranges::count(call.state().marks, "silent_caller") == 1);
    CHECK(call.record().silent);
}

TEST_CASE("a silent caller of the night can press all the same, and then may be said good-bye to") {
    PlayedCall call(flow_with(closed_for_ever));
    call.play({"started fr"});
    while (call.state().state != "quiet")
        call.play({call.state().phase == Phase::saying ? "heard" : "wait 8"});
    call.check({"> press 2", "say fr: voicemail_notice voicemail_how beep"});
    call.play({"heard", "speech", "press #", "node yes", "heard"});
    call.check({"> wait 8", "say fr: goodbye", "> heard", "hang up"});
}

TEST_CASE("nothing is done after the caller has hung up, and the place in the queue is free") {
    PlayedCall call(flow_of_country("ma"));
    call.play({"started fr", "heard", "press 1", "node yes"});
    call.check({"> hung up", "leave queue", "> press *", "> bridged", "> wait 600", "> node yes",
                "> ringing", "> hung up", "> started fr"});
    CHECK(call.state().phase == Phase::ended);
}

TEST_CASE("nothing is done before a call has begun") {
    PlayedCall call(flow_of_country("ma"));
    call.check({"> press *", "> bridged", "> silence", "> speech", "> hung up"});
    CHECK(call.state().phase == Phase::ended);
}

TEST_CASE("what is pressed in a talk is ignored and kept nowhere") {
    PlayedCall call(flow_of_country("ma"));
    call.play({"started fr", "heard", "press 4", "press 1234567890123456", "node yes", "heard",
               "node yes", "bridged"});
    REQUIRE(call.state().phase == Phase::talking);
    CHECK(call.state().code.empty());  // a counsellor has answered: it is no longer needed
    CHECK(call.state().typed.empty());
    const auto before = call.state();
    call.check({"> press *", "> press 0123456789#"});
    CHECK(call.state() == before);
}

TEST_CASE("words whose end is never reported do not hold a caller up") {
    PlayedCall call(flow_of_country("ma"));
    call.play({"started fr"});
    CHECK(call.happens("wait 179").empty());
    CHECK(call.happens("wait 1").size() == 1);
    CHECK(call.state().state == "menu");
}

TEST_CASE("an end of words that were replaced means nothing") {
    const Flow flow = flow_of_country("ma");
    auto now = step(flow, {}, Started{false, false, "fr", Load::normal}, 0);
    const auto words = now.state.play_id;
    now = step(flow, now.state, PromptEnded{words}, 0);
    REQUIRE(now.state.state == "menu");
    CHECK(step(flow, now.state, PromptEnded{words}, 0).actions.empty());
    CHECK(step(flow, now.state, PromptEnded{0}, 0).actions.empty());
    CHECK(step(flow, now.state, TimerFired{0}, 0).actions.empty());
    CHECK(step(flow, now.state, TimerFired{now.state.timer_id + 100}, 0).actions.empty());
}

TEST_CASE("a wait is never said to be shorter than the node thinks") {
    for (const auto& [seconds, minutes] : std::vector<std::pair<int, int>>{
             {0, 1}, {1, 1}, {60, 1}, {61, 2}, {3600, 60}, {3601, 61}}) {
        PlayedCall call(flow_of_country("ma"));
        call.play(
            {"started fr", "heard", "press 1", "node yes", "news 1 " + std::to_string(seconds)});
        const auto lines = call.happens("heard");
        INFO(seconds);
        REQUIRE(lines.size() == 1);
        CHECK(lines[0].contains("less than " + std::to_string(minutes) + " min"));
    }
}

TEST_CASE("an urgency that was reached is not lost on another way through the call") {
    Flow flow = flow_of_country("ma");
    std::ranges::find(flow.states, "callback", &State::name)->effects.urgency = Urgency::u4;
    PlayedCall call(flow);
    call.play({"started fr", "heard", "press *", "node closed", "press 3", "press 1", "press 1",
               "press 1", "press 1"});
    REQUIRE(call.state().question == Question::callback);
    CHECK(call.state().urgency == Urgency::u0);
    CHECK(call.record().danger);
}

TEST_CASE("each Play, timer and number of a call has an id of its own") {
    PlayedCall call(flow_of_country("ma"));
    call.play({"started fr", "heard", "heard", "wait 10", "heard", "wait 8", "heard"});
    CHECK(call.state().last_id >= 10);
    CHECK(call.state().timer_id == call.state().last_id);
}

}  // namespace sanad::phone::test
