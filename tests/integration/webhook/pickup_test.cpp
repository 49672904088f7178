#include "tests/integration/webhook/helpline.h"
#include "tests/integration/webhook/script.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::test;
using plugin::schema::PartnerStatus;

TEST_CASE("a person answers on the pickup page, in a browser without scripts") {
    Helpline helpline("http://127.0.0.1:9/nobody");
    const char* pictures = std::getenv("SANAD_PICTURES");
    std::vector<std::string> arguments{helpline.link()};
    if (pictures) arguments.emplace_back(pictures);
    Script browser("pickup.mjs", arguments, {});

    CHECK(browser.next_line() ==
          R"({"step":"arabic","lang":"ar","dir":"rtl","heading":"طلب من خط المساعدة","choices":4,)"
          R"("links_in_view":0,"mirrored":true,"cookies":0,"foreign":0})");
    CHECK(browser.next_line() == R"({"step":"phone","lang":"fr","width":360})");
    CHECK(helpline.calls(SANAD_M_STATUS) == 0);  // looking is not answering
    CHECK(browser.next_line() ==
          R"({"step":"answered","heading":"Thank you","said":"We are working on it","foreign":0})");
    const auto news = helpline.matter(reference).news;
    REQUIRE(news.size() == 1);
    CHECK(news[0].status == PartnerStatus::IN_PROGRESS);
    CHECK(news[0].note == "We called the school.\nشكرا");
    CHECK(news[0].by == "pickup");
    CHECK(browser.next_line() == R"({"step":"back","state":"In progress"})");
    CHECK(browser.next_line() ==
          R"({"step":"stranger","status":404,"heading":"This link does not open a request"})");
    CHECK_FALSE(helpline.logged("school"));
}
