#include "plugins/channels/webchat/page.h"
#include "plugins/channels/webchat/presence.h"
#include "plugins/channels/webchat/settings.h"
#include "plugins/channels/webchat/token.h"
#include "plugins/shared/lanes/lanes.h"

#include <capnp/message.h>

#include <catch2/catch.hpp>

#include <future>
#include <sanad/message.hpp>

namespace sanad::webchat {
namespace {

using namespace std::chrono_literals;

void put(Texts::Builder words, const char* ar, const char* fr, const char* en) {
    words.setAr(ar);
    words.setFr(fr);
    words.setEn(en);
}

// A whole configuration, changed by `change`; the code of its refusal, or "".
template <typename Change>
std::string refusal_of(Change change) {
    capnp::MallocMessageBuilder message;
    auto config = message.initRoot<Config>();
    put(config.initHelpline(), "خط", "Ligne", "Line");
    put(config.initOpening(), "", "", "");
    change(config);
    try {
        read_settings(config.asReader());
        return "";
    } catch (const plugin::Error& error) {
        return error.what();
    }
}

TEST_CASE("a configuration is taken whole or refused by the name of its field") {
    CHECK(refusal_of([](auto) {}).empty());
    CHECK(refusal_of([](auto c) { c.setExitAddress("javascript:alert(1)"); }) ==
          "webchat.config.exit_address");
    CHECK(refusal_of([](auto c) { c.initOrigins(1).set(0, "https://chat.example/"); }) ==
          "webchat.config.origins");
    CHECK(refusal_of([](auto c) { c.initOrigins(1).set(0, "https://chat.example:8443"); }).empty());
    CHECK(refusal_of([](auto c) { c.initLanguages(0); }) == "webchat.config.languages");
    CHECK(refusal_of([](auto c) { c.initLanguages(1).set(0, "de"); }) ==
          "webchat.config.languages");
    CHECK(refusal_of([](auto c) {
              auto languages = c.initLanguages(2);
              languages.set(0, "fr");
              languages.set(1, "fr");
          }) == "webchat.config.languages");
    CHECK(refusal_of([](auto c) {
              auto languages = c.initLanguages(2);
              languages.set(0, "ary");  // what ary-Arab was called
              languages.set(1, "ary-Arab");
          }) == "webchat.config.languages");
    CHECK(refusal_of([](auto c) {
              auto languages = c.initLanguages(3);
              languages.set(0, "zgh-Tfng");
              languages.set(1, "ary");
              languages.set(2, "ary-Latn");
          }).empty());
    CHECK(refusal_of([](auto c) { c.getHelpline().setFr(""); }) == "webchat.config.helpline");
    CHECK(refusal_of([](auto c) {
              c.getHelpline().setFr(std::string(helpline_bytes_max, 'a'));
          }).empty());
    CHECK(refusal_of([](auto c) {
              c.getHelpline().setFr(std::string(helpline_bytes_max + 1, 'a'));
          }) == "webchat.config.helpline");
    CHECK(refusal_of([](auto c) { c.setCertificateFile("only.pem"); }) ==
          "webchat.config.certificate_key_file");
    CHECK(refusal_of([](auto c) { c.setResumeMinutes(0); }) == "webchat.config.resume_minutes");
    CHECK(refusal_of([](auto c) { c.setResumeMinutes(1441); }) == "webchat.config.resume_minutes");
    const auto number = [](const char* text) {
        return refusal_of([text](auto c) {
            auto entry = c.initEmergencyNumbers(1)[0];
            entry.setNumber(text);
            put(entry.initLabel(), "ا", "a", "a");
        });
    };
    CHECK(number("+212 5 00").empty());
    CHECK(number("19\"><script>") == "webchat.config.emergency_numbers");
    CHECK(number("") == "webchat.config.emergency_numbers");
}

TEST_CASE("what a helpline calls itself cannot become a part of the page's code") {
    Settings settings;
    settings.languages = {"ar", "en"};
    settings.helpline = {"</script><b>&\"", "x", "</script><b>&\""};
    settings.numbers = {{"1 9", {"<i>", "<i>", "<i>"}}};
    settings.exit_address = "https://a.example/?a=1&b=\"";
    http::Request request;
    request.method = "GET";
    request.path = "/en";
    const auto html = Page(settings).answer(request).body;
    CHECK(html.find("<b>&\"") == html.npos);
    CHECK(html.find("<i>") == html.npos);
    CHECK(html.find("&lt;/script&gt;&lt;b&gt;&amp;&quot;") != html.npos);
    CHECK(html.find("\\u003c/script>") != html.npos);
    CHECK(html.find("href=\"tel:19\"") != html.npos);
    CHECK(html.find("{{") == html.npos);
    request.path = "/fr";  // not among the languages of this node
    CHECK(Page(settings).answer(request).status == 404);
    request.path = "/app.js";
    CHECK(Page(settings).answer(request).status == 200);
    request.headers = {{"Accept-Encoding", "gzip, br"}};
    CHECK(Page(settings).answer(request).body.starts_with("\x1f\x8b"));
    request.method = "POST";
    CHECK(Page(settings).answer(request).status == 405);
}

TEST_CASE("a page says in which language it is when it has no words of its own") {
    Settings settings;
    settings.languages = {"zgh-Tfng", "zgh-Latn", "ary-Arab"};
    settings.helpline = {"خط", "Ligne", "Line"};
    settings.exit_address = "https://a.example/";
    const Page page(settings);
    const auto html = [&](const char* path) {
        http::Request request;
        request.method = "GET";
        request.path = path;
        return page.answer(request).body;
    };
    CHECK(html("/").find("<html lang=\"ar\" dir=\"rtl\">") != std::string::npos);
    CHECK(html("/").find("ⵜⵎⴰⵣⵉⵖⵜ.</p>") != std::string::npos);
    CHECK(html("/").find("هذه الصفحة بالعربية حاليا") != std::string::npos);
    CHECK(html("/zgh-Latn").find("Cette page est en français") != std::string::npos);
    CHECK(html("/zgh-Latn").find(">Ligne</p>") != std::string::npos);
    CHECK(html("/zgh-Latn").find("data-text=\"hint\" lang=\"zgh-Latn\"") != std::string::npos);
    CHECK(html("/ary").find("lang=\"ary-Arab\" dir=\"rtl\" aria-current") != std::string::npos);
}

TEST_CASE("a token is new each time, and names a conversation that does not tell it") {
    const auto token = make_token();
    CHECK(token.size() == 43);
    CHECK(make_token() != token);
    const auto id = conversation_of(token);
    REQUIRE(id);
    CHECK(id->size() == 32);
    CHECK(conversation_of(token) == id);
    CHECK_FALSE(conversation_of(token.substr(1)));
    CHECK_FALSE(conversation_of(token + "A"));
    CHECK_FALSE(conversation_of(std::string(43, '=')));
    CHECK_FALSE(conversation_of(std::string(42, 'A') + "B"));          // not what encoding gives
    const std::string known = *conversation_of(std::string(43, 'A'));  // SHA-256 of 32 zero bytes
    CHECK(known.substr(0, 4) == "\x66\x68\x7a\xad");
}

TEST_CASE("five messages go at once, the sixth waits two seconds") {
    Presence presence(0);
    const Presence::Time now{1h};
    for (int i = 0; i < 5; ++i) CHECK_FALSE(presence.spend_message("a", now));
    CHECK(presence.spend_message("a", now) == 2000ms);
    CHECK_FALSE(presence.spend_message("b", now));
    CHECK(presence.spend_message("a", now + 1999ms) == 1ms);
    CHECK_FALSE(presence.spend_message("a", now + 2000ms));
}

TEST_CASE("new conversations of one source are counted within an hour") {
    Presence presence(2);
    const Presence::Time now{1h};
    const auto begin = [&](http::SocketId socket, std::uint64_t source, Presence::Time at,
                           bool pressed) {
        presence.opened(socket, source);
        REQUIRE(presence.join(socket, "conversation-" + std::to_string(socket)));
        return presence.admit(socket, at, pressed);
    };
    CHECK(begin(1, 7, now, false));
    CHECK(presence.admit(1, now, false));  // the same one again costs nothing
    CHECK(begin(2, 7, now, false));
    CHECK_FALSE(begin(3, 7, now, false));
    CHECK(presence.admit(3, now, true));
    CHECK(begin(4, 8, now, false));
    CHECK_FALSE(begin(5, 7, now + 59min, false));
    CHECK(begin(6, 7, now + 61min, false));
}

TEST_CASE("a person is missed only after having written, and not after coming back") {
    Presence presence(0);
    presence.opened(1, 0);
    CHECK(presence.join(1, "a"));
    CHECK_FALSE(presence.join(1, "b"));
    CHECK_FALSE(presence.closed(1));  // never wrote

    presence.opened(2, 0);
    presence.join(2, "a");
    presence.note_written("a");
    const auto first = presence.closed(2);
    REQUIRE(first);
    presence.opened(3, 0);
    presence.join(3, "a");
    CHECK_FALSE(presence.still_absent(*first));
    const auto second = presence.closed(3);
    REQUIRE(second);
    CHECK_FALSE(presence.still_absent(*first));
    CHECK(presence.still_absent(*second));

    presence.opened(4, 0);
    presence.join(4, "a");
    presence.note_written("a");
    presence.note_left("a");
    CHECK_FALSE(presence.closed(4));  // said goodbye
}

TEST_CASE("the oldest tab gives way to the sixth") {
    Presence presence(0);
    for (http::SocketId socket = 1; socket <= 5; ++socket) {
        presence.opened(socket, 0);
        presence.join(socket, "a");
    }
    CHECK(presence.surplus("a").empty());
    presence.opened(6, 0);
    presence.join(6, "a");
    CHECK(presence.surplus("a") == std::vector<http::SocketId>{1});
}

TEST_CASE("a lane keeps the order of a conversation and refuses what is too much") {
    lanes::Lanes lanes;
    std::promise<void> gate;
    const auto open = gate.get_future().share();
    lanes.add("a", [open] { open.wait(); });
    std::vector<int> order;
    std::promise<void> done;
    for (int i = 0; i < 100; ++i) lanes.add("a", [&, i] { order.push_back(i); });
    std::promise<void> other;
    CHECK(lanes.add("b", [&] { other.set_value(); }));
    other.get_future().wait();  // another lane does not wait for this one
    std::size_t taken = 0;
    while (lanes.add("a", [] {})) ++taken;
    CHECK(taken + 100 >= lanes::Lanes::jobs_max - 1);
    gate.set_value();
    while (!lanes.add("a", [&] { done.set_value(); })) std::this_thread::yield();
    done.get_future().wait();
    CHECK(order.size() == 100);
    CHECK(std::ranges::is_sorted(order));
}

TEST_CASE("a job for later runs later, and not at all after stop") {
    lanes::Lanes lanes;
    std::promise<void> ran;
    lanes.add_later("a", 1ms, [&] { ran.set_value(); });
    ran.get_future().wait();
    bool never = false;
    lanes.add_later("a", 1h, [&] { never = true; });
    lanes.stop();
    CHECK_FALSE(never);
    CHECK_FALSE(lanes.add("a", [] {}));
}

}  // namespace
}  // namespace sanad::webchat
