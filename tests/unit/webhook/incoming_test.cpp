#include "plugins/partners/webhook/callback.h"
#include "plugins/partners/webhook/report.h"
#include "tests/unit/webhook/partner.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::webhook;
using plugin::schema::PartnerStatus;

namespace {

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::string token_in(const std::string& html) {
    const std::string marker = "name=\"token\" value=\"";
    const auto at = html.find(marker);
    REQUIRE(at != std::string::npos);
    return html.substr(at + marker.size(), html.find('"', at + marker.size()) - at - marker.size());
}

http::ClientResponse post_form(const Story& story, const std::string& fields,
                               http::Headers more = {}) {
    more.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    return story.ask("POST", story.link() + "?lang=en", more, fields);
}

}  // namespace

TEST_CASE("a signed callback is recorded, and again gets the same answer") {
    Story story;
    const auto first = story.call_back(story.report("acknowledged", "نتكفل"));
    CHECK(first.status == 200);
    CHECK(first.body == R"({"recorded":true})");
    const auto again = story.call_back(story.report("acknowledged", "نتكفل"));
    CHECK(again.status == 200);
    CHECK(again.body == first.body);
    const auto news = story.host.matter(story.reference).news;
    REQUIRE(news.size() == 1);
    CHECK(news[0].status == PartnerStatus::ACKNOWLEDGED);
    CHECK(news[0].note == "نتكفل");
    CHECK(news[0].by == "callback");
    CHECK(story.call_back(story.report("completed"), "cb_2").status == 200);
    CHECK(story.host.matter(story.reference).state == "completed");
}

TEST_CASE("a callback that nobody of the partner signed in time changes nothing") {
    Story story;
    const std::string body = story.report("completed");
    CHECK(story.call_back(body, "cb_1", 0, our_seed).status == 401);
    CHECK(story.call_back(body, "cb_1", -timestamp_tolerance_s - 5).status == 401);
    CHECK(story.call_back(body, "cb_1", timestamp_tolerance_s + 5).status == 401);
    CHECK(story.ask("POST", "/callback", {{"Content-Type", "application/json"}}, body).status ==
          401);
    CHECK(story.ask("GET", "/callback").status == 405);
    CHECK(story.host.calls(SANAD_M_STATUS) == 0);
}

TEST_CASE("a callback is acknowledged only after the node has stored it") {
    Story story;
    const std::string body = story.report("in_progress");
    story.host.fail_next(SANAD_M_STATUS, SANAD_E_IO);
    const auto failed = story.call_back(body);
    CHECK(failed.status == 503);
    CHECK(failed.header("Retry-After"));
    CHECK(story.host.matter(story.reference).news.empty());
    story.host.lose_next(SANAD_M_STATUS);  // stored, but the answer is lost on the way
    CHECK(story.call_back(body).status == 503);
    CHECK(story.call_back(body).status == 200);
    CHECK(story.host.matter(story.reference).news.size() == 1);
}

TEST_CASE("what a callback says wrong is told by status and code") {
    Story story;
    const std::string unknown =
        R"({"reference":")" + to_base64url(std::string(16, 'u')) + R"(","status":"completed"})";
    CHECK(story.call_back(unknown, "cb_1").status == 404);
    const auto malformed = story.call_back(R"({"status":"completed"})", "cb_2");
    CHECK(malformed.status == 422);
    CHECK(holds(malformed.body, "field_missing"));
    CHECK(story.call_back(story.report("finished"), "cb_3").status == 422);
    CHECK(story.call_back(story.report("completed"), "cb_4").status == 200);
    const auto reused = story.call_back(story.report("declined"), "cb_4");
    CHECK(reused.status == 409);
    CHECK(holds(reused.body, "id_reused"));
    story.host.fail_next(SANAD_M_STATUS, SANAD_E_CONFLICT);
    CHECK(story.call_back(story.report("declined"), "cb_5").status == 409);
}

TEST_CASE("a callback has at most 64 KiB") {
    Story story;
    std::string body = story.report("completed");
    body += std::string(callback_bytes_max - body.size(), ' ');
    CHECK(story.call_back(body).status == 200);
    CHECK(story.call_back(body + " ", "cb_2").status == 413);
}

TEST_CASE("the pickup page shows the view, and looking acknowledges nothing") {
    Story story;
    const auto page = story.ask("GET", story.link() + "?lang=ar");
    CHECK(page.status == 200);
    CHECK(holds(page.body, R"(<html lang="ar" dir="rtl">)"));
    CHECK(holds(page.body, "كلمات الطفل"));
    CHECK(story.host.calls(SANAD_M_STATUS) == 0);
    CHECK(*page.header("Cache-Control") == "no-store");
    CHECK(*page.header("Referrer-Policy") == "no-referrer");
    CHECK(holds(*page.header("Content-Security-Policy"), "default-src 'none'; style-src 'self'"));
    CHECK_FALSE(holds(*page.header("Content-Security-Policy"), "script-src"));
    CHECK_FALSE(page.header("Set-Cookie"));
    CHECK(story.ask("HEAD", story.link()).status == 200);
    CHECK(story.ask("GET", "/pickup.css").status == 200);
    CHECK(holds(story.ask("GET", story.link(), {{"Accept-Language", "fr-FR,en"}}).body,
                "lang=\"fr\""));
}

TEST_CASE("an answer on the pickup page reaches the node once, however often it is sent") {
    Story story;
    const std::string token = token_in(story.ask("GET", story.link()).body);
    const std::string fields = "token=" + token + "&status=in_progress&note=two%0D%0Alines";
    const auto sent = post_form(story, fields);
    CHECK(sent.status == 303);
    CHECK(*sent.header("Location") ==
          to_base64url(story.reference) + "/done?status=in_progress&lang=en");
    CHECK(post_form(story, fields).status == 303);
    const auto news = story.host.matter(story.reference).news;
    REQUIRE(news.size() == 1);
    CHECK(news[0].status == PartnerStatus::IN_PROGRESS);
    CHECK(news[0].note == "two\nlines");
    CHECK(news[0].by == "pickup");
    const auto done = story.ask("GET", story.link() + "/done?status=in_progress&lang=en");
    CHECK(holds(done.body, "We are working on it"));
    CHECK_FALSE(holds(done.body, "كلمات"));
}

TEST_CASE("a form that is not of this page is shown again with what was written") {
    Story story;
    const std::string token = token_in(story.ask("GET", story.link()).body);
    const auto forged = post_form(story, "token=AAAA&status=completed&note=kept+words");
    CHECK(forged.status == 403);
    CHECK(holds(forged.body, ">kept words</textarea>"));
    CHECK(
        post_form(story, "token=" + token + "&status=completed", {{"Sec-Fetch-Site", "cross-site"}})
            .status == 403);
    CHECK(post_form(story, "token=" + token + "&status=finished").status == 422);
    CHECK(post_form(story, "token=" + token +
                               "&status=completed&note=" + std::string(note_bytes_max + 1, 'n'))
              .status == 422);
    CHECK(post_form(story, "token=%").status == 422);
    CHECK(story.ask("POST", story.link(), {{"Content-Type", "application/json"}}, "{}").status ==
          415);
    CHECK(story.ask("DELETE", story.link()).status == 405);
    CHECK(story.host.calls(SANAD_M_STATUS) == 0);
    CHECK(post_form(story,
                    "token=" + token + "&status=completed&note=" + std::string(note_bytes_max, 'n'))
              .status == 303);
}

TEST_CASE("a token of one matter opens no other") {
    Story story;
    const std::string other(16, 'o');
    story.host.set_matter(other, story.host.matter(story.reference));
    const std::string token = token_in(story.ask("GET", "/pickup/" + to_base64url(other)).body);
    CHECK(post_form(story, "token=" + token + "&status=completed").status == 403);
}

TEST_CASE("an unknown, a closed and a malformed link look the same") {
    Story story;
    const auto unknown =
        story.ask("GET", "/pickup/" + to_base64url(std::string(16, 'u')) + "?lang=en");
    CHECK(unknown.status == 404);
    auto matter = story.host.matter(story.reference);
    matter.closed = true;
    story.host.set_matter(story.reference, matter);
    const auto closed = story.ask("GET", story.link() + "?lang=en");
    CHECK(closed.status == 404);
    CHECK(closed.body == unknown.body);
    for (const char* path :
         {"/pickup", "/pickup/", "/pickup/short", "/pickup/AAAAAAAAAAAAAAAAAAAAAA/more"})
        CHECK(story.ask("GET", path + std::string("?lang=en")).status == 404);
    CHECK(story.ask("GET", "/other").status == 404);
}

TEST_CASE("when the node cannot store or show, the page says so and keeps the words") {
    Story story;
    const std::string token = token_in(story.ask("GET", story.link()).body);
    story.host.fail_next(SANAD_M_STATUS, SANAD_E_BUSY);
    const auto later = post_form(story, "token=" + token + "&status=completed&note=kept");
    CHECK(later.status == 503);
    CHECK(holds(later.body, ">kept</textarea>"));
    story.host.fail_next(SANAD_M_STATUS, SANAD_E_CONFLICT);
    CHECK(post_form(story, "token=" + token + "&status=completed").status == 409);
    story.host.fail_next(SANAD_M_VIEW, SANAD_E_IO);
    CHECK(story.ask("GET", story.link()).status == 503);
}

TEST_CASE("neither words nor addresses nor keys are logged") {
    Story story;
    story.host.dispatch(story.reference, "dlv_1");
    story.call_back(story.report("acknowledged", "hushed"));
    story.call_back(story.report("acknowledged", "hushed"), "cb_2", 0, our_seed);
    post_form(story, "token=" + token_in(story.ask("GET", story.link()).body) +
                         "&status=completed&note=hushed");
    for (const char* part : {"hushed", "كلمات", "127.0.0.1", "whsk_", "whpk_", "Exemple"})
        CHECK_FALSE(story.host.logged(part));
    CHECK_FALSE(story.host.logged(to_base64url(story.reference)));
}
