#include "tests/unit/phone/played_call.h"

#include <catch2/catch.hpp>

// The ways to a person through the shipped flow, with Morocco's numbers, as a script: what happens,
// and what comes of it.
namespace sanad::phone::test {
namespace {

const std::string menu =
    "say fr: danger_key press <*> choose_person press <1> choose_voicemail press <2> "
    "choose_callback press <3> choose_code press <4>";
const std::string numbers = "<19> or <177> or <2511>";

PlayedCall at_menu(const std::string& how = "started fr") {
    PlayedCall call(flow_of_country("ma"));
    call.play({how, "heard"});
    REQUIRE(call.state().state == "menu");
    return call;
}

PlayedCall in_queue() {
    auto call = at_menu();
    call.play({"press 1", "node yes", "heard"});
    REQUIRE(call.state().phase == Phase::queued);
    return call;
}

}  // namespace

TEST_CASE("a caller is greeted in each language, chooses one, hears the notice and the choices") {
    PlayedCall call(flow_of_country("ma"));
    call.check({"> started", "language ar",
                "say ar: greeting language_choice press <1> | fr: greeting language_choice press "
                "<2> | en: greeting language_choice press <3>",
                "> press 2", "language fr", "say fr: privacy", "> heard", menu});
}

TEST_CASE("whoever chooses no language hears it twice, and then the first") {
    PlayedCall call(flow_of_country("ma"));
    call.play({"started", "heard"});
    call.check({"> wait 5", "> wait 1",
                "say ar: greeting language_choice press <1> | fr: greeting language_choice press "
                "<2> | en: greeting language_choice press <3>",
                "> heard", "timer 6s", "> wait 6", "say ar: privacy"});
    CHECK(call.state().language == "ar");
}

TEST_CASE("a digit of no language changes nothing while the greeting is said") {
    PlayedCall call(flow_of_country("ma"));
    call.play({"started"});
    call.check({"> press 7", "> press 0", "> press 3", "language en", "say en: privacy"});
}

TEST_CASE("a digit that means nothing has the choices said again, as often as it is pressed") {
    auto call = at_menu();
    call.check({"> press 8", "> heard", "timer 10s", "> press 8", menu, "> heard", "timer 10s",
                "> press 9", menu, "> press 1", "arrive u3", "timer 10s", "say fr: connecting"});
}

TEST_CASE("whoever is in danger stands first, and hears the numbers to call before anything else") {
    for (const auto& before :
         std::vector<std::vector<std::string>>{{"started"},
                                               {"started", "heard"},
                                               {"started", "press 2"},
                                               {"started fr", "heard"},
                                               {"started fr", "heard", "press 2"},
                                               {"started fr", "heard", "press 3"},
                                               {"started fr", "heard", "press 4", "press 1234"}}) {
        PlayedCall call(flow_of_country("ma"));
        call.play(before);
        const auto language = call.state().language;
        INFO(before.back());
        call.check({"> press *", "note danger_digit", "arrive u0 danger_digit", "timer 10s",
                    "say " + language + ": danger " + numbers + " danger_stay"});
    }
}

TEST_CASE("in danger, the digit is heard also in a recording, which is kept") {
    auto call = at_menu();
    call.play({"press 2", "heard", "speech"});
    call.check({"> press *", "stop recording", "note danger_digit", "arrive u0 danger_digit",
                "timer 10s", "say fr: danger " + numbers + " danger_stay"});
}

TEST_CASE("in danger, a place in the queue becomes a higher one, and is not lost") {
    auto call = in_queue();
    call.check({"> press *", "note danger_digit", "arrive u0 danger_digit",
                "say fr: danger " + numbers + " danger_stay", "> press *",  // is being said
                "> heard", "say fr: please_wait", "> ringing", "timer 60s", "> bridged", "stop"});
}

TEST_CASE("in danger, with nobody there, the numbers are said again and a message is offered") {
    auto call = at_menu();
    call.play({"press *"});
    call.check({"> node closed", "note outside_hours",
                "say fr: nobody_free emergency " + numbers +
                    " choose_try_again press <1> choose_voicemail press <2> choose_callback press "
                    "<3>",
                "> press 1", "arrive u0 danger_digit outside_hours", "timer 10s",
                "say fr: danger " + numbers + " danger_stay"});
}

TEST_CASE("a caller waits to calm audio, hears place and wait, and is brought to a counsellor") {
    auto call = at_menu();
    call.check({"> press 1",
                "arrive u3",
                "timer 10s",
                "say fr: connecting",
                "> node yes",
                "summon",
                "timer 5s",
                "> news 3 230",
                "> heard",
                "say fr: place 3 less than 4 min please_wait choose_voicemail press <2> "
                "choose_callback press <3>",
                "> heard",
                "loop fr: calm",
                "timer 40s",
                "ask place",
                "> wait 5",
                "summon",
                "timer 5s",
                "> ringing",
                "timer 60s",
                "> wait 34",
                "> news 1 60",
                "> wait 1",
                "say fr: place 1 less than 1 min please_wait choose_voicemail press <2> "
                "choose_callback press <3>",
                "> bridged",
                "stop",
                "> press 5",
                "> finished",
                "say fr: goodbye",
                "> heard",
                "hang up"});
    CHECK(call.record().outcome == Outcome::talked);
    CHECK(call.record().waited == std::chrono::seconds(40));
}

TEST_CASE("a place or a wait that is not known is not said") {
    auto call = at_menu();
    call.play({"press 1", "node yes", "news"});
    call.check({"> heard",
                "say fr: please_wait choose_voicemail press <2> choose_callback press <3>",
                "> heard", "loop fr: calm", "timer 40s", "ask place", "> news 2", "> wait 4",
                "> ringing", "timer 60s", "> wait 36",
                "say fr: place 2 please_wait choose_voicemail press <2> choose_callback press "
                "<3>"});
}

TEST_CASE("when a counsellor does not answer, the next one is rung and the place is kept") {
    auto call = in_queue();
    call.check({"> ringing", "timer 60s", "> wait 15", "> missed", "summon", "timer 5s",
                "> ringing", "timer 60s", "> bridged", "stop"});
}

TEST_CASE("a telephone that rings for ever is let go, and the next one is rung") {
    auto call = in_queue();
    call.check({"> ringing", "timer 60s", "> wait 59", "> wait 1", "let go", "summon", "timer 5s",
                "> ringing", "timer 60s", "> finished", "summon", "timer 5s"});
}

TEST_CASE("a caller leaves the queue for a message at any moment, also while a telephone rings") {
    for (const auto& before :
         std::vector<std::vector<std::string>>{{"press 1"},
                                               {"press 1", "node yes"},
                                               {"press 1", "node yes", "heard", "heard"},
                                               {"press 1", "node yes", "heard", "ringing"}}) {
        auto call = at_menu();
        call.play(before);
        INFO(before.back());
        call.check({"> press 2", "leave queue", "say fr: voicemail_notice voicemail_how beep"});
        CHECK_FALSE(call.state().placed);
    }
}

TEST_CASE("a counsellor who answers as the caller leaves is let go") {
    auto call = in_queue();
    call.play({"ringing"});
    call.check({"> press 3", "leave queue",
                "say fr: callback_when choose_soon press <1> choose_morning press <2> "
                "choose_afternoon press <3> choose_evening press <4>",
                "> bridged", "let go"});
}

TEST_CASE("when the line to the counsellor breaks, the caller stands in the queue again") {
    auto call = in_queue();
    call.play({"bridged"});
    call.check({"> lost", "note call_dropped", "say fr: line_lost", "> heard",
                "arrive u3 call_dropped", "timer 10s", "say fr: connecting"});
}

TEST_CASE("a caller who was cut off comes straight back into the queue") {
    PlayedCall call(flow_of_country("ma"));
    call.check({"> started returning fr", "language fr", "note returning_caller", "say fr: privacy",
                "> heard", "say fr: welcome_back", "> heard", "arrive u3 returning_caller",
                "timer 10s", "say fr: connecting"});
}

TEST_CASE("whoever presses nothing is asked whether they cannot speak, and led to a person") {
    auto call = at_menu();
    call.play({"heard"});
    call.check({"> wait 9", "> wait 1", "say fr: cannot_speak choose_cannot_speak press <1>",
                "> heard", "timer 8s", "> wait 8",
                "say fr: cannot_speak choose_cannot_speak press <1>", "> heard", "timer 8s",
                "> wait 8", "arrive u3", "timer 10s", "say fr: connecting"});
}

TEST_CASE("whoever cannot speak says by digits that they are in danger") {
    auto call = at_menu();
    call.play({"heard", "wait 10"});
    call.check({"> press 1", "note silent_caller",
                "say fr: are_you_in_danger choose_yes press <1> choose_no press <2>", "> press 1",
                "note danger_digit", "arrive u0 silent_caller danger_digit", "timer 10s",
                "say fr: danger " + numbers + " danger_stay"});
}

}  // namespace sanad::phone::test
