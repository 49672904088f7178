#include "plugins/channels/phone/flow/flow_reader.h"
#include "tests/unit/phone/broken_flow.h"

#include <catch2/catch.hpp>

namespace sanad::phone::test {

TEST_CASE("a flow that is no TOML is refused with its line") {
    check_broken({
        {R"(start = "known")",
         R"(start = )",
         {R"(the flow: line 24: Error while parsing key-value pair: expected value, saw '\n': write it as TOML 1.0)"}},
        {"",
         R"(language = [)",
         {R"(the country's flow: line 2: Error while parsing array: encountered end-of-file: write it as TOML 1.0)"}},
    });
}

TEST_CASE("a field that means nothing is refused") {
    check_broken({
        {"", R"(colour = 1)", {R"(colour: a flow has no such field: )" + take_away}},
        {R"(kind = "end")",
         R"(kind = "end"
next = "menu")",
         {R"(state goodbye, next: a state of kind end has no such field: )" + take_away}},
        {R"(press.4 = { next = "code", say = "choose_code" })",
         R"(press.4 = { next = "code", say = "choose_code", loud = true })",
         {R"(state menu, press.4, loud: a digit has no such field: )" + take_away}},
        {"",
         R"(language = [{ code = "fr", digit = "1", name = "x" }])",
         {R"(language 1, name: a language has no such field: )" + take_away}},
    });
}

TEST_CASE("a state of a kind that there is not is refused") {
    check_broken({
        {R"(kind = "end")",
         R"(kind = "finish")",
         {R"(state goodbye, kind: `finish` is not known: write one of say, language, choose, check, digits, code, record, callback, queue, talk, cover, end)"}},
        {R"(kind = "end"
)",
         "",
         {R"(state goodbye, kind: it is missing: write one of say, language, choose, check, digits, code, record, callback, queue, talk, cover, end)"}},
        {"", R"(state = 5)", {R"(state: it is something else: write a table)"}},
    });
}

TEST_CASE("a state without what its kind needs is refused") {
    check_broken({
        {R"(say = ["privacy"]
next = "cut_off")",
         R"(say = ["privacy"])",
         {R"(state privacy, next: it is missing: )" + a_name}},
        {R"(say = ["privacy"])",
         R"(say = [])",
         {R"(state privacy, say: it says nothing: write at least one prompt)"}},
        {R"(say = ["privacy"]
)",
         "",
         {R"(state privacy, say: it is missing: write a list such as ["…"])"}},
        {R"(press.4 = { next = "code", say = "choose_code" })",
         R"(press.4 = { say = "choose_code" })",
         {R"(state menu, press.4, next: it is missing: )" + a_name}},
        {R"(press.3 = { next = "callback", say = "choose_callback" }
times = 1)",
         R"(press = {}
times = 1)",
         {R"(state voicemail_kept, press: nothing can be pressed: write at least one digit)"}},
        {R"(answered = "talk"
)",
         "",
         {R"(state queue, answered: it is missing: )" + a_name}},
        {R"(empty = "voicemail_empty")",
         "",
         {R"(state voicemail, empty: it is missing: )" + a_name}},
    });
}

TEST_CASE("a menu that would wait for ever for a digit is refused") {
    check_broken({
        {R"(otherwise = "cannot_speak"
)",
         "",
         {R"(state menu, otherwise: it is missing: )" + a_name}},
        {R"(wait = "20s")",
         R"(wait = "10min")",
         {R"(state quiet, wait: `10min` is no time that may stand here: write "3s" to "30s")"}},
        {R"(wait = "20s")",
         R"(wait = "2s")",
         {R"(state quiet, wait: `2s` is no time that may stand here: write "3s" to "30s")"}},
        {R"(wait = "20s")",
         R"(wait = "never")",
         {R"(state quiet, wait: `never` is no time that may stand here: write "3s" to "30s")"}},
        {R"(times = 5)",
         R"(times = 0)",
         {R"(state quiet, times: 0 is out of range: write 1 to 5)"}},
        {R"(times = 5)",
         R"(times = "5")",
         {R"(state quiet, times: it is something else: write a number, 1 to 5)"}},
    });
}

TEST_CASE("a digit that no telephone has is refused") {
    check_broken({
        {R"(press.4 = { next = "code")",
         R"(press.12 = { next = "code")",
         {R"(state menu, press.12: `12` is no key of a telephone: write 0 to 9, "*" or "#")"}},
        {R"(accept = "1")",
         R"(accept = "A")",
         {R"(state cover, accept: `A` is no key of a telephone: write "0" to "9", "*" or "#")"}},
        {"",
         R"(language = [{ code = "fr", digit = "0x" }])",
         {R"(language 1, digit: `0x` is no key of a telephone: write "0" to "9", "*" or "#")"}},
    });
}

TEST_CASE("a word that is not known is refused, with those that are") {
    check_broken({
        {R"(marks = ["silent_caller"])",
         R"(marks = ["shy"])",
         {R"(state cannot_speak, press.1, marks: `shy` is not known: write marks of config/taxonomy/contact-marks.tsv)"}},
        {R"(urgency = "u0")",
         R"(urgency = "u9")",
         {R"(state danger, urgency: `u9` is not known: write one of u0, u1, u2, u3, u4)"}},
        {R"(if = "full")",
         R"(if = "busy")",
         {R"(state is_full, if: `busy` is not known: write one of open, full, overloaded, anonymous, returning, language_known, cover, urgent, silent)"}},
        {R"(typed = "return_code")",
         R"(typed = "pin")",
         {R"(state code, typed: `pin` is not known: write one of phone_number, return_code)"}},
        {R"(when = "soon")",
         R"(when = "now")",
         {R"(state callback, press.1, when: `now` is not known: write one of unasked, soon, morning, afternoon, evening)"}},
        {R"(say = ["greeting", )",
         R"(say = ["Greeting!", )",
         {R"(state language, say: `Greeting!` is no prompt: write 1 to 40 of a-z, 0-9 and _, or {emergency})"}},
    });
}

TEST_CASE("a range that cannot be kept is refused") {
    check_broken({
        {R"(most = 15)",
         R"(most = 5)",
         {R"(state type_number, most: 5 is out of range: write 6 to 15)"}},
        {R"(longest = "120s")",
         R"(longest = "600s")",
         {R"(state voicemail, longest: `600s` is no time that may stand here: write "10s" to "300s")"}},
        {R"(hush = "8s")",
         R"(hush = "1s")",
         {R"(state voicemail, hush: `1s` is no time that may stand here: write "3s" to "20s")"}},
        {R"(news_every = "40s")",
         R"(news_every = "60s")",
         {R"(state queue, news_every: `60s` is no time that may stand here: write "30s" to "45s")"}},
    });
}

TEST_CASE("hours that cannot be are refused") {
    check_broken({
        {"",
         R"(hours = { zone = "Africa/Nowhere", open = ["mon 08:00-09:00"] })",
         {R"(hours, zone: `Africa/Nowhere` is not known: write a name such as Africa/Tunis)"}},
        {"",
         R"(hours = { zone = "Africa/Tunis", open = ["monday 08:00-09:00"], on."2027-03-20" = [] })",
         {R"(hours, open: `monday 08:00-09:00`: a day is one of mon tue wed thu fri sat sun, or two such as mon-fri)"}},
        {"",
         R"(hours = { zone = "Africa/Tunis", open = ["08:00-09:00", "mon 08:00-09:00"] })",
         {R"(hours, open: `08:00-09:00`: write its days first, such as mon-fri)"}},
        {"",
         R"(hours = { zone = "Africa/Tunis", open = ["mon 08:00-09:00"], on."2027-02-30" = [] })",
         {R"(hours, on, 2027-02-30: there is no such day: write a date such as "2027-03-20")"}},
        {"",
         R"(hours = { zone = "Africa/Tunis", open = ["mon 08:00-09:00"], on."2027-03-20" = ["mon 08:00-09:00"] })",
         {R"(hours, on, 2027-03-20: `mon 08:00-09:00`: write only times: the date says which day)"}},
        {"",
         R"(hours = { zone = "Africa/Tunis", open = [] })",
         {R"(hours, open: it is never open: write when, or leave [hours] out: then the queue says when nobody is there)"}},
    });
}

TEST_CASE("a helpline that nobody could reach is refused") {
    check_broken({
        {"",
         R"([[cover]]
id = "tn.example"
say = "cover_tunisia"
hours = { zone = "GMT", open = ["mon-sun 00:00-24:00"] }
languages = ["fr"])",
         {R"(cover 1: nobody could reach it: write number, or transfer = true)"}},
        {"",
         R"([[cover]]
id = "tn.example"
say = "cover_tunisia"
hours = { zone = "GMT", open = ["mon-sun 00:00-24:00"] }
number = "00 216"
languages = ["fr"])",
         {R"(cover 1, number: it is no number: write its digits, as they are dialled)"}},
        {"",
         R"([[cover]]
id = "tn.example"
say = "cover_tunisia"
hours = { zone = "GMT", open = ["mon-sun 00:00-24:00"] }
transfer = true)",
         {R"(cover 1, languages: it is missing: write a list such as ["…"])"}},
    });
}

TEST_CASE("a number to call that nobody could dial, or remember, is refused") {
    check_broken({
        {"",
         R"(emergency = [{ number = "nineteen" }])",
         {R"(emergency 1, number: it is no number: write its digits, as they are dialled)"}},
        {"",
         R"(emergency = [{ number = "10" }, { number = "11" }, { number = "12" }, { number = "13" }, { number = "14" }])",
         {R"(emergency: it is something else: write a list of at most 4 tables)"}},
    });
}

}  // namespace sanad::phone::test
