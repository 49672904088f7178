#include "tests/unit/phone/played_call.h"

#include <catch2/catch.hpp>

#include <algorithm>

// What the shipped flow offers who does not wait for a person, or when nobody can answer, as
// scripts.
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

PlayedCall at_callback(const std::string& how = "started fr") {
    auto call = at_menu(how);
    call.play({"press 3"});
    return call;
}

constexpr std::string_view night = R"(
hours = { zone = "Africa/Casablanca", open = ["mon-fri 18:00-20:00"] }
emergency = [{ number = "19" }]
)";

constexpr std::string_view neighbour = R"(
[[cover]]
id = "tn.example"
say = "cover_tunisia"
number = "216000001"
transfer = true
languages = ["ar", "fr"]
hours = { zone = "Africa/Tunis", open = ["mon-sun 00:00-24:00"] }
)";

}  // namespace

TEST_CASE("a message begins with its notice and ends with #, and is promised once it is kept") {
    auto call = at_menu();
    call.check({"> press 2",     "say fr: voicemail_notice voicemail_how beep",
                "> press #",  // the notice is not cut short
                "> heard",       "record",
                "timer 120s",    "timer 16s",
                "> speech",      "> press 5",
                "> press #",     "stop recording",
                "loop fr: calm", "timer 10s",
                "> node yes",    "say fr: voicemail_kept choose_callback press <3>",
                "> heard",       "timer 8s",
                "> wait 8",      "say fr: goodbye",
                "> heard",       "hang up"});
    CHECK(call.record().outcome == Outcome::voicemail);
}

TEST_CASE("a message ends by itself when it is full, long, or nothing more is heard") {
    for (const auto* end : {"recording full", "wait 120"}) {
        auto call = at_menu();
        call.play({"press 2", "heard", "speech"});
        INFO(end);
        call.check({std::string("> ") + end, "stop recording", "loop fr: calm", "timer 10s"});
    }
}

TEST_CASE("a message goes on through a pause, and ends when nothing more comes") {
    auto call = at_menu();
    call.play({"press 2", "heard", "wait 15", "speech"});
    call.check({"> wait 30", "> silence", "timer 8s", "> wait 7", "> speech", "> wait 20",
                "> silence", "timer 8s", "> wait 7", "> wait 1", "stop recording", "loop fr: calm",
                "timer 10s"});
}

TEST_CASE("a message that cannot be kept is not promised") {
    auto call = at_menu();
    call.play({"press 2", "heard", "speech", "press #"});
    const std::string trouble = "say fr: trouble emergency " + numbers +
                                " choose_try_again press <1> choose_voicemail press <2>";
    call.check({"> node failed", trouble});
    auto slow = at_menu();
    slow.play({"press 2", "heard", "speech", "press #"});
    slow.check({"> wait 9", "> wait 1", trouble});
    CHECK(slow.record().outcome != Outcome::voicemail);
}

TEST_CASE("a message in which nobody was heard asks whether somebody cannot speak") {
    auto call = at_menu();
    call.play({"press 2", "heard"});
    call.check({"> silence", "> wait 15", "> wait 1", "stop recording",
                "say fr: voicemail_empty choose_cannot_speak press <1> choose_voicemail press <2> "
                "choose_callback press <3>",
                "> press 1", "note silent_caller",
                "say fr: are_you_in_danger choose_yes press <1> choose_no press <2>", "> press 2",
                "arrive u3 silent_caller", "timer 10s", "say fr: connecting"});
}

TEST_CASE("a call-back is agreed on when it is safe: when, who may answer, whether a message") {
    auto call = at_menu();
    call.check({"> press 3",
                "say fr: callback_when choose_soon press <1> choose_morning press <2> "
                "choose_afternoon press <3> choose_evening press <4>",
                "> press 4",
                "say fr: callback_who choose_only_me press <1> choose_anyone press <2>",
                "> press 2", "say fr: callback_message choose_yes press <1> choose_no press <2>",
                "> press 1",
                "say fr: callback_number choose_this_number press <1> choose_other_number press "
                "<2>",
                "> press 1",
                "call back evening anyone message yes at own callback_wanted callback_evening "
                "callback_anyone callback_may_leave_message",
                "loop fr: calm", "timer 10s", "> node yes", "say fr: callback_kept", "> heard",
                "say fr: goodbye", "> heard", "hang up"});
    CHECK(call.record().outcome == Outcome::callback);
}

TEST_CASE("of a call-back, what is not answered counts as the safer answer") {
    auto call = at_callback();
    call.play({"press 1", "heard", "wait 8", "heard", "wait 8"});
    CHECK(call.state().state == "callback_message");
    call.play({"heard", "wait 8", "heard", "wait 8"});
    call.check({"> press 1",
                "call back soon only_me message no at own callback_wanted callback_now "
                "callback_only_caller",
                "loop fr: calm", "timer 10s"});
}

TEST_CASE("a number that is typed is read back, and may be typed again") {
    auto call = at_callback();
    call.play({"press 1", "press 1", "press 2"});
    call.check({"> press 2", "say fr: type_number", "> press 0600000001", "stop", "timer 8s",
                "timer 8s", "timer 8s", "timer 8s", "timer 8s", "timer 8s", "timer 8s", "timer 8s",
                "timer 8s", "timer 8s", "> press #",
                "say fr: you_typed <0600000001> choose_right press <1> choose_type_again press <2>",
                "> press 2", "say fr: type_number"});
    CHECK(call.state().typed.empty());
    call.play({"press 0600000002#"});
    call.check({"> press 1",
                "call back soon only_me message no at 0600000002 callback_wanted callback_now "
                "callback_only_caller",
                "loop fr: calm", "timer 10s"});
}

TEST_CASE("whoever hides their number types one") {
    auto call = at_callback("started anonymous fr");
    call.play({"press 1", "press 1"});
    call.check({"> press 2", "say fr: type_number"});
    call.play({"press 060000"});  // six: as short as a number may be
    call.check({"> wait 8",
                "say fr: you_typed <060000> choose_right press <1> choose_type_again press <2>",
                "> press 1",
                "call back soon only_me message no at 060000 callback_wanted callback_now "
                "callback_only_caller anonymous_number",
                "loop fr: calm", "timer 10s"});
}

TEST_CASE("a number that is too short is asked for again, and then the choices come back") {
    auto call = at_callback("started anonymous fr");
    call.play({"press 1", "press 1", "press 2"});
    call.check({"> press 06#", "stop", "timer 8s", "timer 8s", "say fr: type_number", "> press 06#",
                "stop", "timer 8s", "timer 8s", menu});
}

TEST_CASE("a number of fifteen digits needs no #") {
    auto call = at_callback("started anonymous fr");
    call.play({"press 1", "press 1", "press 2", "press 21260000000100"});
    CHECK_FALSE(call.state().confirming);
    call.play({"press 0"});
    CHECK(call.state().confirming);
}

TEST_CASE("a call-back that cannot be kept is not promised") {
    auto call = at_callback();
    call.play({"press 1", "press 1", "press 2", "press 1"});
    call.check({"> node failed", "say fr: trouble emergency " + numbers +
                                     " choose_try_again press <1> choose_voicemail press <2>"});
    CHECK(call.record().outcome == Outcome::failed);
}

TEST_CASE("a child who chatted is found by the code of the chat") {
    auto call = at_menu();
    call.play({"press 4", "press 123456789012345"});
    call.check({"> press 6", "timer 15s", "redeem 1234567890123456", "loop fr: calm", "timer 10s",
                "> node yes", "say fr: code_found", "> heard", "arrive u3", "timer 10s",
                "say fr: connecting"});
}

TEST_CASE("a code that nobody has may be tried again, or leads to a person") {
    auto call = at_menu();
    call.play({"press 4", "press 1234567890123456"});
    call.check({"> node no",
                "say fr: code_unknown choose_try_again press <1> choose_person press <2>",
                "> press 1", "say fr: type_code"});
    CHECK(call.state().code.empty());
    auto other = at_menu();
    other.play({"press 4", "press 1234567890123456", "node no", "heard", "wait 8", "heard"});
    other.check({"> wait 8", "arrive u3", "timer 10s", "say fr: connecting"});
}

TEST_CASE("outside the hours a caller hears so, with a number to call and a message to leave") {
    PlayedCall call(flow_with(night));
    call.play({"started fr"});
    call.check({"> heard", "note outside_hours",
                "say fr: closed emergency <19> choose_voicemail press <2> choose_callback press "
                "<3> choose_code press <4>",
                "> press 2", "say fr: voicemail_notice voicemail_how beep"});
    CHECK(call.record().outcome == Outcome::closed);
    call.play({"heard", "speech", "hung up"});
    CHECK(call.record().outcome == Outcome::voicemail);
}

TEST_CASE("outside the hours another helpline that is open is offered by name, number and digit") {
    PlayedCall call(flow_with(std::string(night) + std::string(neighbour)));
    call.play({"started fr"});
    call.check({"> heard", "note outside_hours",
                "say fr: cover cover_tunisia cover_number <216000001> choose_cover press <1> "
                "choose_voicemail press <2> choose_callback press <3>",
                "> press 1", "transfer to 0", "loop fr: calm", "timer 40s", "> node yes", "stop",
                "note cover_transferred", "> press *", "> finished", "hang up"});
    CHECK(call.record().outcome == Outcome::covered);
}

TEST_CASE("when the other helpline does not answer, the caller is not left alone") {
    for (const auto* end : {"node failed", "wait 40"}) {
        PlayedCall call(flow_with(std::string(night) + std::string(neighbour)));
        call.play({"started fr", "heard", "press 1", end});
        INFO(end);
        CHECK(call.state().state == "closed");
        CHECK(call.state().phase == Phase::saying);
    }
    PlayedCall call(flow_with(std::string(night) + std::string(neighbour)));
    call.play({"started fr", "heard", "press 1", "wait 40"});
    call.check({"> transfer yes", "let go"});  // it answered too late
}

TEST_CASE("one helpline after the other is offered, each of them once") {
    std::string further(neighbour);
    further.replace(further.find("cover_tunisia"), 13, "cover_algeria");
    Flow flow = flow_with(std::string(night) + std::string(neighbour) + further);
    std::ranges::find(flow.states, "cover", &State::name)->failed = "cover";
    PlayedCall call(flow);
    call.play({"started fr", "heard"});
    call.check({"> press 1", "transfer to 0", "loop fr: calm", "timer 40s", "> node failed",
                "say fr: cover cover_algeria cover_number <216000001> choose_cover press <1> "
                "choose_voicemail press <2> choose_callback press <3>",
                "> press 1", "transfer to 1", "loop fr: calm", "timer 40s", "> node failed",
                "say fr: closed emergency <19> choose_voicemail press <2> choose_callback press "
                "<3> choose_code press <4>"});
}

TEST_CASE("a helpline that does not speak the caller's language is not offered") {
    PlayedCall call(flow_with(std::string(night) + std::string(neighbour)));
    call.play({"started en", "heard"});
    CHECK(call.state().state == "closed");
}

TEST_CASE("a helpline that only has a number is told, and no digit puts through") {
    std::string told(neighbour);
    told.replace(told.find("transfer = true"), 15, "transfer = false");
    PlayedCall call(flow_with(std::string(night) + told));
    call.play({"started fr"});
    call.check({"> heard", "note outside_hours",
                "say fr: cover cover_tunisia cover_number <216000001> choose_voicemail press <2> "
                "choose_callback press <3>",
                "> press 1"});
}

TEST_CASE("when all lines are taken a caller hears so, with a number to call, and may wait") {
    PlayedCall call(flow_of_country("ma"));
    call.play({"started full fr"});
    call.check({"> heard",
                "say fr: full emergency " + numbers +
                    " choose_try_again press <1> choose_voicemail press <2> "
                    "choose_callback press <3>",
                "> heard", "timer 8s"});
    CHECK(call.record().outcome == Outcome::refused);
    call.play({"wait 8", "heard"});
    call.check({"> wait 8", "arrive u3", "timer 10s", "say fr: connecting"});
}

TEST_CASE("when many wait a caller hears so before the choices") {
    PlayedCall call(flow_of_country("ma"));
    call.play({"started overloaded fr"});
    call.check({"> heard", "say fr: many_waiting", "> heard", menu});
}

TEST_CASE("when the node does not answer a caller hears so, and is not lost") {
    auto call = at_menu();
    call.play({"press 1"});
    const std::string trouble = "say fr: trouble emergency " + numbers +
                                " choose_try_again press <1> choose_voicemail press <2>";
    call.check({"> wait 10", trouble});
    call.play({"heard", "wait 8", "heard"});
    call.check({"> wait 8", "arrive u3", "timer 10s", "say fr: connecting"});
}

}  // namespace sanad::phone::test
