#include "plugins/channels/webchat/code.h"
#include "plugins/channels/webchat/token.h"
#include "tests/unit/http/raw_client.h"
#include "tests/unit/webchat/running.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <cmath>
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
    // Before the first answer came: the page that was sent had no key yet.
    const std::map<std::string, std::string> again = {{"cid", "first-message"},
                                                      {"text", "une fois"}};
    CHECK(child.post("/say", again) == "200");
    CHECK(child.token == token);
    CHECK(running.host.conversations().size() == 1);
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
    second.cid = "another-message";
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

// How long the answer took, in milliseconds.
template <typename Work>
double time_of(Work work) {
    const auto begun = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun)
        .count();
}

TEST_CASE("a return code opens the conversation from anywhere, and is nowhere at the node") {
    Running running;
    Visitor child(running);
    REQUIRE(child.say("je reviendrai") == "200");
    const std::string code = child.field("code"), token = child.token;
    REQUIRE(code.size() == 16);
    CHECK(token_of_code(code) == token);

    Visitor later(running);
    REQUIRE(later.post("/back", {{"typed", code.substr(0, 8) + " - " + code.substr(8)}}) == "200");
    CHECK(later.token == token);
    CHECK(later.shows(">je reviendrai</p>"));
    REQUIRE(later.post("/back", {{"typed", words_of_code(code, "fr")}, {"lang", "fr"}}) == "200");
    CHECK(later.shows(">je reviendrai</p>"));

    for (const auto& id : running.host.conversations()) CHECK(id.find(code) == std::string::npos);
    CHECK_FALSE(running.host.logged(code));
}

TEST_CASE("t02: a wrong code, and what is no code, are answered as late as a right one") {
    Running running;
    Visitor child(running);
    REQUIRE(child.say("bonjour") == "200");
    const std::string code = child.field("code");
    std::string wrong = code;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    Visitor other(running);
    const auto of_right =
        time_of([&] { REQUIRE(other.post("/back", {{"typed", code}}) == "200"); });
    CHECK(other.shows("bonjour"));
    const auto of_wrong =
        time_of([&] { REQUIRE(other.post("/back", {{"typed", wrong}}) == "200"); });
    CHECK(other.shows("id=\"return\" open"));
    CHECK(other.token.empty());
    const std::string said = other.page;
    const auto of_none = time_of([&] { REQUIRE(other.post("/back", {{"typed", "?"}}) == "200"); });
    CHECK(other.page.size() == said.size());
    CHECK(std::abs(of_wrong / of_right - 1) < 0.05);
    CHECK(std::abs(of_none / of_right - 1) < 0.05);
    CHECK(of_right >= 1000);
}

TEST_CASE("a script gets the key of a right code and nothing for a wrong one") {
    Running running;
    Visitor child(running);
    REQUIRE(child.say("bonjour") == "200");
    const std::string code = child.field("code"), token = child.token;
    const std::string json = "Accept: application/json\r\n";
    CHECK(child.post("/back", {{"typed", code}}, json) == "200");
    CHECK(child.shows(R"({"token":")" + token + R"(","code":")" + code));
    CHECK(child.post("/back", {{"typed", "1"}}, json) == "200");
    CHECK(child.page.ends_with("{}"));
}

TEST_CASE("by a form too, who waits is told where they stand, and what was read") {
    Running running;
    Visitor child(running);
    REQUIRE(child.say("bonjour") == "200");
    CHECK(child.shows(">Arrivé</div>"));
    CHECK(child.shows("<p id=\"place\" role=\"status\"></p>"));  // not known: nothing is said
    const auto id = *conversation_of(child.token);
    const auto look = [&] {
        REQUIRE(child.post("/look", {{"token", child.token}, {"lang", "fr"}}) == "200");
    };
    running.host.set_place(id, 3, 6 * 60);
    look();
    CHECK(child.shows("Avant toi : 2. Les derniers ont attendu environ 6 min."));
    running.host.set_place(id, 1, 10);
    running.host.set_read(id, 1);
    look();
    CHECK(child.shows("personne n'attend avant toi. Les derniers ont attendu environ 1 min."));
    CHECK(child.shows(">Lu</div>"));
}

TEST_CASE("by a form too, a child says what they think of it, or skips it") {
    Running running;
    Visitor child(running);
    REQUIRE(child.say("merci") == "200");
    CHECK(child.shows("action=\"/feel#newest\" hidden"));
    const std::string token = child.token;
    const auto id = *conversation_of(token);
    running.host.deliver(id, "", schema::ConversationState::ENDED);
    REQUIRE(child.post("/look", {{"token", token}, {"lang", "fr"}}) == "200");
    CHECK(child.shows("action=\"/feel#newest\">"));
    REQUIRE(child.post("/feel", {{"token", token}, {"lang", "fr"}}) == "200");  // skipped
    CHECK(running.host.feedback(id).empty());
    REQUIRE(child.post("/feel", {{"token", token},
                                 {"lang", "fr"},
                                 {"felt_safe", "5"},
                                 {"felt_heard", "4"},
                                 {"would_recommend", "9"}}) == "200");
    CHECK(running.host.feedback(id) ==
          plugin::FakeNode::Answers{{"felt_heard", 4}, {"felt_safe", 5}});
    CHECK(child.shows("Merci."));
    CHECK(child.shows("action=\"/feel#newest\" hidden"));
}

TEST_CASE("a goodbye makes the browser forget what it kept of the page") {
    Running running;
    Visitor child(running);
    CHECK(child.post("/bye", {}) == "204");
    CHECK(child.shows("Clear-Site-Data: \"cache\", \"storage\""));
}

}  // namespace
}  // namespace sanad::webchat
