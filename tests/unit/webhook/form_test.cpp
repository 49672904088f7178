#include "plugins/partners/webhook/form.h"

#include <catch2/catch.hpp>

using namespace sanad::webhook;

namespace {

const std::string key(32, 'k');
const std::string reference(16, 'r');
constexpr std::int64_t now_s = 1'795'485'600;

}  // namespace

TEST_CASE("a form is read as browsers write it") {
    const auto form = parse_form("status=completed&note=a+b%0D%0A%D8%B3%26&token=");
    REQUIRE(form);
    CHECK(form->at("status") == "completed");
    CHECK(form->at("note") == "a b\r\nس&");
    CHECK(form->at("token").empty());
    CHECK(parse_form("")->empty());
    CHECK(parse_form("&&a&")->at("a").empty());
}

TEST_CASE("a form with a field twice, a wrong escape or 17 fields is refused") {
    for (const char* body : {"a=1&a=2", "a=%", "a=%4", "a=%zz", "%=a"})
        CHECK_FALSE(parse_form(body));
    std::string body;
    for (std::size_t field = 0; field < form_fields_max; ++field)
        body += "f" + std::to_string(field) + "=1&";
    CHECK(parse_form(body));
    CHECK_FALSE(parse_form(body + "one_more=1"));
}

TEST_CASE("a form token counts for its matter, under its key, for twelve hours") {
    const std::string token = make_form_token(key, reference, now_s);
    CHECK(check_form_token(key, reference, token, now_s));
    CHECK(check_form_token(key, reference, token, now_s + form_lifetime_s));
    CHECK_FALSE(check_form_token(key, reference, token, now_s + form_lifetime_s + 1));
    CHECK(check_form_token(key, reference, token, now_s - form_clock_slack_s));
    CHECK_FALSE(check_form_token(key, reference, token, now_s - form_clock_slack_s - 1));
    CHECK_FALSE(check_form_token(key, std::string(16, 's'), token, now_s));
    CHECK_FALSE(check_form_token(std::string(32, 'j'), reference, token, now_s));
    CHECK_FALSE(check_form_token(key, reference, "", now_s));
    CHECK_FALSE(check_form_token(key, reference, token + "A", now_s));
}

TEST_CASE("no letter of a form token can be changed") {
    const std::string token = make_form_token(key, reference, now_s);
    for (std::size_t at = 0; at < token.size(); ++at) {
        std::string turned = token;
        turned[at] = turned[at] == 'A' ? 'B' : 'A';
        CHECK_FALSE(check_form_token(key, reference, turned, now_s));
    }
}

TEST_CASE("two forms of the same page at the same second are told apart") {
    CHECK(make_form_token(key, reference, now_s) != make_form_token(key, reference, now_s));
}
