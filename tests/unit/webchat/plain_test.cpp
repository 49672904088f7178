#include "plugins/channels/webchat/token.h"
#include "tests/unit/http/raw_client.h"
#include "tests/unit/webchat/running.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <map>

namespace sanad::webchat {
namespace {

using sanad::test::RawClient;
using sanad::test::status_of;
using test::Running;
namespace schema = plugin::schema;

std::string escaped(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

// What a browser without scripts does: it sends the fields that the last page had.
struct Visitor {
    explicit Visitor(const Running& at) : running(at) {}

    std::string post(const std::string& path, std::map<std::string, std::string> fields,
                     const std::string& headers = "Sec-Fetch-Site: same-origin\r\n") {
        std::string body;
        for (const auto& [name, value] : fields)
            body += (body.empty() ? "" : "&") + name + '=' + escaped(value);
        RawClient client(running.port);
        client.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers +
                    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
        page = client.read_response();
        token = field("token");
        cid = field("cid");
        return status_of(page);
    }
    std::string say(const std::string& text) {
        return post("/say", {{"token", token}, {"cid", cid}, {"lang", "fr"}, {"text", text}});
    }
    std::string field(const std::string& name) const {
        const std::string before = "name=\"" + name + "\" value=\"";
        const auto at = page.find(before);
        if (at == page.npos) return {};
        const auto begin = at + before.size();
        return page.substr(begin, page.find('"', begin) - begin);
    }
    bool shows(std::string_view text) const { return page.find(text) != page.npos; }

    const Running& running;
    std::string page, token, cid = "first-message";
};

TEST_CASE("a message by a form is on the node's disk before its page says so") {
    Running running;
    Visitor child(running);
    REQUIRE(child.say("bonjour") == "200");
    CHECK(child.token.size() == 43);
    const auto id = conversation_of(child.token);
    REQUIRE(id);
    REQUIRE(running.host.conversation(*id).size() == 1);
    CHECK(running.host.conversation(*id)[0].text == "bonjour");
    CHECK(child.shows(">bonjour</p>"));
    CHECK(child.shows("Ton message est arrivé"));

    // What the counsellor wrote comes with the next look, and the node learns that it was shown.
    running.host.deliver(*id, "je suis là");
    REQUIRE(child.post("/look", {{"token", child.token}, {"lang", "fr"}}) == "200");
    CHECK(child.shows(">je suis là</p>"));
    CHECK(running.host.shown(*id) == 2);
    CHECK(child.page.find("Set-Cookie") == child.page.npos);
    CHECK(child.page.find("Location") == child.page.npos);
}

TEST_CASE("the same form sent again is one message") {
    Running running;
    Visitor child(running);
    REQUIRE(child.say("une fois") == "200");
    const std::string token = child.token;
    const std::map<std::string, std::string> again = {
        {"token", token}, {"cid", "first-message"}, {"text", "une fois"}};
    CHECK(child.post("/say", again) == "200");
    CHECK(running.host.conversation(*conversation_of(token)).size() == 1);
}

TEST_CASE("by a form too, all but empty and over-long texts are stored as they were written") {
    Running running;
    Visitor child(running);
    for (const std::string text : {"😀", "a", "‏سلام‍ ⁧abc⁩ ok", "<b>&\"'"}) {
        REQUIRE(child.say(text) == "200");
        const auto id = conversation_of(child.token);
        CHECK(running.host.conversation(*id).back().text == text);
    }
    CHECK(child.shows("&lt;b&gt;&amp;&quot;"));
    CHECK_FALSE(child.shows("<b>&"));
    const auto stored = running.host.conversation(*conversation_of(child.token)).size();
    CHECK(child.say("  \r\n ") == "422");
    CHECK(child.shows("Un mot suffit"));
    CHECK(child.say(std::string(4001, 'x')) == "422");
    CHECK(child.shows("un peu long"));
    CHECK(child.shows(std::string(4001, 'x')));  // given back, to be changed
    CHECK(running.host.conversation(*conversation_of(child.token)).size() == stored);
    CHECK(child.say(std::string(4000, 'x')) == "200");
}

TEST_CASE("a form is slowed down as a socket is, and its text is given back") {
    Running running;
    Visitor child(running);
    for (int i = 0; i < 5; ++i) REQUIRE(child.say("vite " + std::to_string(i)) == "200");
    CHECK(child.say("vite encore") == "429");
    CHECK(child.shows(">vite encore</textarea>"));
    CHECK(running.host.conversation(*conversation_of(child.token)).size() == 5);
}

TEST_CASE("where many write from one place, a form too needs one tap more") {
    Running running(1);
    Visitor first(running), second(running);
    REQUIRE(first.say("un") == "200");
    CHECK(second.say("deux") == "429");
    CHECK(second.shows("name=\"press\" value=\"1\""));
    CHECK(second.shows(">deux</textarea>"));
    CHECK(second.post(
              "/say",
              {{"token", second.token}, {"cid", second.cid}, {"text", "deux"}, {"press", "1"}}) ==
          "200");
    CHECK(running.host.conversation(*conversation_of(second.token)).size() == 1);
}

TEST_CASE("what is no form of the page changes nothing") {
    Running running;
    Visitor child(running);
    const std::map<std::string, std::string> good = {{"cid", "first-message"}, {"text", "x"}};
    CHECK(child.post("/say", good, "Sec-Fetch-Site: cross-site\r\n") == "403");
    CHECK(child.post("/say", {{"cid", "short"}, {"text", "x"}}) == "422");
    CHECK(child.post("/say", {{"cid", "first-message"}, {"text", "\xff"}}) == "422");
    CHECK(child.post("/say", {{"token", "guess"}, {"cid", "first-message"}, {"text", "x"}}) ==
          "422");
    CHECK(child.post("/nothing", good) == "404");
    RawClient client(running.port);
    client.send(
        "POST /say HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
        "Content-Length: 1\r\n\r\nx");
    CHECK(status_of(client.read_response()) == "415");
    CHECK(running.host.calls(SANAD_M_SUBMIT) == 0);
}

TEST_CASE("who leaves by the form gets a page with nothing in it, and the node is told") {
    Running running;
    Visitor child(running);
    REQUIRE(child.say("un petit mot") == "200");
    const auto id = *conversation_of(child.token);
    REQUIRE(child.post("/leave", {{"token", child.token}, {"lang", "fr"}}) == "200");
    CHECK_FALSE(child.shows("un petit mot"));
    CHECK(child.token.empty());
    REQUIRE(running.host.wait_for([&] { return running.host.left(id).size() == 1; }));
    CHECK(running.host.left(id)[0] == schema::Leave::How::CLOSED);
}

TEST_CASE("a goodbye makes the browser forget what it kept of the page") {
    Running running;
    Visitor child(running);
    CHECK(child.post("/bye", {}) == "204");
    CHECK(child.shows("Clear-Site-Data: \"cache\", \"storage\""));
}

}  // namespace
}  // namespace sanad::webchat
