#include "core/node/fallback_page.h"

#include <catch2/catch.hpp>

namespace sanad::node {
namespace {

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("a line that ends with a number can be tapped, and no other line") {
    const std::string answer =
        FallbackPage::answer({"Open 8:30 to 20:00.\nPolice: 19\nHelp line: +212 5-37 .\nRoom: 7",
                              "De 8 h à 20 h.\nPolice : 19.", "الشرطة: 19"});
    CHECK(has(answer, "<p>Open 8:30 to 20:00.</p>"));
    CHECK(has(answer, "<p><a href=\"tel:19\">Police: 19</a></p>"));
    CHECK(has(answer, "<p><a href=\"tel:+212537\">Help line: +212 5-37 .</a></p>"));
    CHECK(has(answer, "<p>Room: 7</p>"));
    CHECK(has(answer, "<p><a href=\"tel:19\">Police : 19.</a></p>"));
    CHECK(has(answer, "<article lang=\"ar\" dir=\"rtl\"><p><a href=\"tel:19\">"));
}

TEST_CASE("what the configuration says is text, whatever it looks like") {
    const std::string answer = FallbackPage::answer({"<script>&: 19", "", ""});
    CHECK(has(answer, "<a href=\"tel:19\">&lt;script&gt;&amp;: 19</a>"));
    CHECK_FALSE(has(answer, "<script>"));
}

TEST_CASE("the answer says how long it is, and that it is not the page") {
    const std::string answer = FallbackPage::answer({"a", "b", "c"});
    CHECK(answer.starts_with("HTTP/1.1 503 "));
    const std::size_t body = answer.find("\r\n\r\n") + 4;
    CHECK(has(answer, "Content-Length: " + std::to_string(answer.size() - body) + "\r\n"));
}

}  // namespace
}  // namespace sanad::node
