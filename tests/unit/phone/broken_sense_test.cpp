#include "plugins/channels/phone/flow/flow_reader.h"
#include "tests/unit/phone/broken_flow.h"
#include "tests/unit/phone/shipped_flow.h"

#include <catch2/catch.hpp>

namespace sanad::phone::test {

TEST_CASE("a way to a state that there is not is refused") {
    check_broken({
        {R"(next = "cut_off")",
         R"(next = "cut_of")",
         {R"(state privacy, next: no state is called cut_of: )" + name_one}},
        {R"(press.2 = { next = "voicemail")",
         R"(press.2 = { next = "voicmail")",
         {R"(state menu, press.2: no state is called voicmail: )" + name_one}},
        {R"(start = "known")",
         R"(start = "begin")",
         {R"(start: no state is called begin: )" + name_one}},
        {R"(start = "known"
)",
         "",
         {R"(start: it is missing: name a state)"}},
        {R"(silent = "quiet"
)",
         "",
         {R"(silent: it is missing: name a state)"}},
        {R"(state = "danger" })",
         R"(state = "peril" })",
         {R"(danger, state: no state is called peril: )" + name_one}},
    });
}

TEST_CASE("a talk to which nobody has come is refused") {
    check_broken({
        {R"(answered = "talk")",
         R"(answered = "goodbye")",
         {R"(state queue, answered: goodbye is no talk: name a state of kind talk)"}},
        {R"(say = ["callback_kept"]
next = "goodbye")",
         R"(say = ["callback_kept"]
next = "talk")",
         {R"(state callback_kept, next: talk is a talk, and nobody has answered: name a state of kind queue)"}},
        {"",
         R"(start = "talk")",
         {R"(start: talk is a talk, and nobody has answered: name another state)"}},
    });
}

TEST_CASE("a state that no caller could come to is refused") {
    check_broken({
        {"",
         R"([state.attic]
kind = "end"
say = ["goodbye"])",
         {R"(state attic: no way leads here: lead one here, or take it away)"}},
    });
}

TEST_CASE("a state from which nobody comes to a person or an end is refused") {
    check_broken({
        {"",
         R"([state.callback_kept]
kind = "say"
say = ["callback_kept"]
next = "callback_kept")",
         {R"(state callback_kept: it leads neither to a person nor to an end: lead it to a queue or an end)"}},
    });
}

TEST_CASE("a path on which somebody could wait for ever without a word is refused") {
    check_broken({
        {R"(next = "queue"
otherwise = "quiet")",
         R"(next = "quiet_open"
otherwise = "quiet")",
         {R"(state quiet_open: it comes back to itself without a word: let a state on the way say something)"}},
        {R"(failed = "trouble")",
         R"(failed = "quiet_open")",
         {R"(state queue: it comes back to itself without a word: let a state on the way say something)",
          R"(state quiet_open: it comes back to itself without a word: let a state on the way say something)"}},
        {R"(news = ["{position}", "{wait}", "please_wait"])",
         R"(news = ["{position}", "{wait}"])",
         {R"(state queue, news: somebody could wait for ever without a word: let it say a prompt that needs no position)"}},
        {R"(news = ["{position}", "{wait}", "please_wait"])",
         R"(news = [])",
         {R"(state queue, news: somebody could wait for ever without a word: let it say a prompt that needs no position)"}},
    });
}

TEST_CASE("a flow without help for somebody in danger is refused") {
    check_broken({
        {R"(danger = { digit)",
         R"(# danger = { digit)",
         {R"(danger: there is no way for somebody in danger: write danger = { digit = "*", state = "…" })"}},
        {"",
         R"(emergency = [])",
         {R"(emergency: there is no number to call in danger: write [[emergency]] with a number that you have called yourself)"}},
        {R"(say = ["danger", "{emergency}", "danger_stay"])",
         R"(say = ["danger", "danger_stay"])",
         {R"(state danger, say: somebody in danger hears no number to call: let it say {emergency})"}},
        {R"(urgency = "u0"
)",
         "",
         {R"(state danger, urgency: somebody in danger waits like everybody: write urgency = "u0")"}},
        {R"(urgency = "u0"
)",
         R"(urgency = "u1"
)",
         {R"(state danger, urgency: somebody in danger waits like everybody: write urgency = "u0")"}},
        {R"(state = "danger" })",
         R"(state = "menu" })",
         {R"(danger, state: menu is no queue: name a state of kind queue)",
          R"(state menu, say: somebody in danger hears no number to call: let it say {emergency})",
          R"(state menu, urgency: somebody in danger waits like everybody: write urgency = "u0")"}},
        {R"(say = ["closed", "emergency", "{emergency}"])",
         R"(say = ["closed"])",
         {R"(state queue, closed: it leads to closed, which says no number to call: let closed say {emergency})"}},
        {R"(otherwise = "closed"
failed)",
         R"(otherwise = "goodbye"
failed)",
         {R"(state queue, closed: it leads to goodbye, which says no number to call: let goodbye say {emergency})"}},
        {R"(say = ["full", "emergency", "{emergency}"])",
         R"(say = ["full"])",
         {R"(state queue, full: it leads to full, which says no number to call: let full say {emergency})"}},
        {R"(say = ["nobody_free", "emergency", "{emergency}"])",
         R"(say = ["nobody_free"])",
         {R"(state danger, failed: it leads to danger_alone, which says no number to call: let danger_alone say {emergency})",
          R"(state danger, closed: it leads to danger_alone, which says no number to call: let danger_alone say {emergency})",
          R"(state danger, full: it leads to danger_alone, which says no number to call: let danger_alone say {emergency})"}},
    });
}

TEST_CASE("a recording without its notice before is refused") {
    check_broken({
        {R"(say = ["voicemail_notice", "voicemail_how"])",
         R"(say = ["voicemail_how"])",
         {R"(state voicemail, say: it records without a notice before: let it say voicemail_notice)"}},
        {R"(say = ["voicemail_notice", "voicemail_how"]
)",
         "",
         {R"(state voicemail, say: it records without a notice before: let it say voicemail_notice)"}},
    });
}

TEST_CASE("a call-back to a number that was not read back, or not asked for, is refused") {
    check_broken({
        {R"(confirm = ["you_typed", "{typed}"])",
         R"(confirm = ["you_typed"])",
         {R"(state type_number, confirm: the number is not read back: let it say {typed})"}},
        {R"(number_missing = "type_number")",
         R"(number_missing = "menu")",
         {R"(state keep_callback, number_missing: menu asks for no number: name a state of kind digits)"}},
    });
}

TEST_CASE("a digit that means two things is refused") {
    check_broken({
        {R"(press.4 = { next = "code", say)",
         R"(press."*" = { next = "code", say)",
         {R"(state menu, press.*: it is the digit of danger: choose another digit)"}},
        {R"(again = "2")",
         R"(again = "1")",
         {R"(state type_number, again: the digit is taken: choose another digit)"}},
        {R"(accept = "1"
accept_say = "choose_cover")",
         R"(accept = "2"
accept_say = "choose_cover")",
         {R"(state cover, accept: the digit is taken: choose another digit)"}},
        {R"(longest = "120s")",
         R"(press."#" = { next = "menu" }
longest = "120s")",
         {R"(state voicemail, press.#: # ends a recording: choose another digit)"}},
        {R"(digit = "*")",
         R"(digit = "9")",
         {R"(danger, digit: it could be one of the digits of state code: choose *)",
          R"(danger, digit: it could be one of the digits of state type_number: choose *)"}},
        {R"(digit = "*")",
         R"(digit = "#")",
         {R"(danger, digit: it could be one of the digits of state code: choose *)",
          R"(danger, digit: it could be one of the digits of state type_number: choose *)",
          R"(danger, digit: # ends what is typed and recorded: choose *)"}},
    });
}

TEST_CASE("languages that nobody could choose, or hear, are refused") {
    check_broken({
        {"", R"(language = [])", {R"(language: there is none: write at least one [[language]])"}},
        {"",
         R"(language = [{ code = "ar", digit = "1" }, { code = "fr", digit = "1" }])",
         {R"(language fr: its digit is taken: choose another digit)"}},
        {"",
         R"(language = [{ code = "ar", digit = "*" }])",
         {R"(language ar: its digit is taken: choose another digit)"}},
        {"",
         R"(language = [{ code = "ar", digit = "1" }, { code = "ar", digit = "2" }])",
         {R"(language ar: it is there twice: take one away)"}},
        {"",
         R"(language = [{ code = "ar", digit = "1" }, { code = "zgh", digit = "2" }])",
         {R"(language zgh: none of its prompts is there: record them, or take the language away)"}},
        {"",
         R"([[cover]]
id = "tn.example"
say = "cover_tunisia"
hours = { zone = "GMT", open = ["mon-sun 00:00-24:00"] }
transfer = true
languages = ["fr", "es"])",
         {R"(cover tn.example: nobody can choose its language es: add the language, or take it away)"}},
    });
}

TEST_CASE("what stands for something where it means nothing is refused") {
    check_broken({
        {R"(say = ["danger_key", "{danger}"])",
         R"(say = ["danger_key", "{typed}"])",
         {R"(state menu, say: {typed} has no meaning here: take it away)"}},
        {R"(say = ["greeting", "language_choice"])",
         R"(say = ["greeting", "{emergency}"])",
         {R"(state language, say: {emergency} has no meaning here: take it away)"}},
        {R"("please_wait"])",
         R"("please_wait", "{typed}"])",
         {R"(state queue, news: {typed} has no meaning here: take it away)"}},
    });
}

TEST_CASE("a way out for the silent that asks them nothing is refused") {
    check_broken({
        {R"(silent = "quiet")",
         R"(silent = "privacy")",
         {R"(state quiet: no way leads here: lead one here, or take it away)",
          R"(state quiet_open: no way leads here: lead one here, or take it away)",
          R"(silent: privacy asks nothing: name a state of kind choose: whoever comes there can still press)"}},
    });
}

TEST_CASE("a flow in which nobody comes to a person, or only by pressing, is refused") {
    std::string small = R"(
start = "hello"
silent = "quiet"
danger = { digit = "*", state = "danger" }
emergency = [{ number = "19" }]
language = [{ code = "fr", digit = "1" }]
sounds = { calm = "calm", beep = "beep", press = "press", notice = "notice" }
[state.hello]
kind = "choose"
say = ["hello"]
press.1 = { next = "danger", say = "choose_person" }
otherwise = "bye"
[state.danger]
kind = "queue"
urgency = "u0"
say = ["{emergency}"]
news = ["please_wait"]
answered = "talk"
closed = "quiet"
full = "quiet"
failed = "quiet"
[state.talk]
kind = "talk"
next = "bye"
failed = "quiet"
[state.quiet]
kind = "choose"
say = ["{emergency}"]
press.1 = { next = "bye", say = "choose_no" }
otherwise = "danger"
[state.bye]
kind = "end"
say = ["goodbye"]
)";
    const auto complaints = [&] {
        const auto flow = read_flow(small, "", can_say);
        std::vector<std::string> texts;
        if (!flow)
            for (const auto& complaint : flow.error()) texts.push_back(complaint.text());
        return texts;
    };
    CHECK(complaints() ==
          std::vector<std::string>{"start: no way leads to a person for somebody who presses "
                                   "nothing: let an otherwise lead to a queue"});
    const std::string_view press = "next = \"danger\", say = \"choose_person\"";
    small.replace(small.find(press), press.size(), "next = \"bye\", say = \"choose_person\"");
    CHECK(complaints() ==
          std::vector<std::string>{"start: no way leads to a person: lead one to a queue"});
    const std::string_view bye = "otherwise = \"bye\"";
    small.replace(small.find(bye), bye.size(), "otherwise = \"danger\"");
    CHECK(complaints().empty());
}

TEST_CASE("a prompt that a language does not have is named, with where it is said") {
    const auto lacks = [](std::string_view id) {
        const auto flow = read_flow(read_file("config/phone/flow.toml"),
                                    read_file("nodes/countries/ma/phone.toml"),
                                    [&](std::string_view language, std::string_view prompt) {
                                        return language != "fr" || prompt != id;
                                    });
        REQUIRE_FALSE(flow);
        REQUIRE(flow.error().size() == 1);
        return flow.error()[0].text();
    };
    const std::string mend = ": record it, or let another language stand in for it";
    CHECK(lacks("choose_code") ==
          "state closed, press.4: there is no prompt choose_code in fr" + mend);
    CHECK(lacks("calm") == "sounds, calm: there is no prompt calm in fr" + mend);
    CHECK(lacks("you_typed") ==
          "state type_number, confirm: there is no prompt you_typed in fr" + mend);
    CHECK(lacks("cover_number") ==
          "state cover, number_say: there is no prompt cover_number in fr" + mend);
}

TEST_CASE("a flow of more than 256 KiB is not read") {
    const auto shipped = read_file("config/phone/flow.toml");
    const auto number = read_file("nodes/countries/ma/phone.toml");
    const auto padded = [&](std::size_t bytes) {
        return shipped + std::string(bytes - shipped.size(), '\n');
    };
    CHECK(read_flow(padded(flow_bytes_max), number, can_say));
    const auto refused = read_flow(padded(flow_bytes_max + 1), number, can_say);
    REQUIRE_FALSE(refused);
    CHECK(refused.error()[0].text() == "the flow: it is too large: write at most 256 KiB");
}

}  // namespace sanad::phone::test
