#include "plugins/channels/webchat/webchat_config.capnp.h"

#include "plugins/channels/webchat/code.h"
#include "plugins/channels/webchat/token.h"
#include "tests/unit/http/raw_client.h"
#include "tests/unit/webchat/running.h"

#include <catch2/catch.hpp>

#include <sanad/fake_host.hpp>
#include <thread>

namespace sanad::webchat {
namespace {

using plugin::FakeHost;
using sanad::test::RawClient;
using sanad::test::status_of;
using test::Running;
namespace schema = plugin::schema;

constexpr std::uint8_t text_frame = 0x81;

struct Page {
    explicit Page(const Running& running) : client(running.port) {
        const std::string head =
            client.open_socket("Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n");
        REQUIRE(status_of(head) == "101");
    }
    std::string ask(std::string_view json) {
        client.send_frame(text_frame, json);
        return client.read_frame().payload;
    }
    std::string hello(const std::string& token = {}, int after = 0) {
        return ask(R"({"t":"hello",)" +
                   (token.empty() ? std::string() : R"("token":")" + token + "\",") +
                   R"("after":)" + std::to_string(after) + "}");
    }
    std::string say(const std::string& cid, const std::string& text) {
        return ask(R"({"t":"msg","cid":")" + cid + R"(","text":")" + text + R"(","lang":"ar"})");
    }
    RawClient client;
};

std::string token_in(const std::string& welcome) {
    const auto at = welcome.find(R"("token":")");
    REQUIRE(at != welcome.npos);
    return welcome.substr(at + 9, 43);
}

TEST_CASE("an acknowledgement means that the node has the message") {
    Running running;
    Page page(running);
    const std::string token = token_in(page.hello());
    running.host.fail_next(SANAD_M_SUBMIT, SANAD_E_BUSY);
    CHECK(page.say("aaaaaaaa", "سلام").find(R"({"t":"later","cid":"aaaaaaaa")") == 0);
    CHECK(page.say("aaaaaaaa", "سلام") == R"({"t":"ack","cid":"aaaaaaaa","seq":1})");
    CHECK(page.say("aaaaaaaa", "سلام") == R"({"t":"ack","cid":"aaaaaaaa","seq":1})");
    const auto stored = running.host.conversation(*conversation_of(token));
    REQUIRE(stored.size() == 1);
    CHECK(stored[0].text == "سلام");
    CHECK(stored[0].key == "aaaaaaaa");
}

TEST_CASE("the key to a conversation is never given to the node") {
    Running running;
    Page page(running);
    const std::string token = token_in(page.hello());
    page.say("aaaaaaaa", "hello");
    CHECK(running.host.conversations() == std::vector{*conversation_of(token)});
    CHECK_FALSE(running.host.logged(token));
    CHECK_FALSE(running.host.logged("hello"));
    CHECK_FALSE(running.host.logged("127.0.0.1"));
}

TEST_CASE("a page that comes back gets what it missed and nothing twice") {
    Running running;
    std::string token;
    {
        Page page(running);
        token = token_in(page.hello());
        page.say("aaaaaaaa", "one");
    }
    running.host.deliver(*conversation_of(token), "two");
    Page page(running);
    const std::string all = page.hello(token);
    INFO(all);
    CHECK(all.find(R"("state":"open")") != all.npos);
    CHECK(all.find(R"("cid":"aaaaaaaa","text":"one")") != all.npos);
    CHECK(all.find(R"("from":"helpline","cid":"","text":"two")") != all.npos);
    Page other(running);
    const std::string rest = other.hello(token, 1);
    CHECK(rest.find("\"one\"") == rest.npos);
    CHECK(rest.find("\"two\"") != rest.npos);
}

TEST_CASE("a long conversation comes page by page") {
    Running running;
    Page page(running);
    const std::string token = token_in(page.hello());
    page.say("aaaaaaaa", "begin");
    for (int i = 0; i < 150; ++i) running.host.deliver(*conversation_of(token), "more");
    Page other(running);
    CHECK(other.hello(token).ends_with(R"("more":true})"));
    const std::string second = other.ask(R"({"t":"more","after":100})");
    CHECK(second.find(R"("seq":101,)") != second.npos);
    CHECK(second.ends_with(R"("more":false})"));
}

TEST_CASE("every open page of a conversation sees both sides of it") {
    Running running;
    Page one(running);
    const std::string token = token_in(one.hello());
    Page two(running);
    two.hello(token);
    one.say("aaaaaaaa", "from one");
    CHECK(two.client.read_frame().payload.find("\"from one\"") != std::string::npos);
    CHECK(running.host.deliver(*conversation_of(token), "to both").outcome.result ==
          schema::Outcome::Result::ACCEPTED);
    CHECK(one.client.read_frame().payload.find("\"to both\"") != std::string::npos);
    CHECK(one.client.read_frame().payload == R"({"t":"state","state":"open"})");
    CHECK(two.client.read_frame().payload.find("\"to both\"") != std::string::npos);
}

TEST_CASE("a delivery is accepted when no page is open: the person gets it by coming back") {
    Running running;
    const auto given = running.host.deliver(std::string(32, 'x'), "anybody there");
    CHECK(given.status == SANAD_OK);
    CHECK(given.outcome.result == schema::Outcome::Result::ACCEPTED);
}

TEST_CASE("an empty or over-long text is given back and the longest is kept as written") {
    Running running;
    Page page(running);
    const std::string token = token_in(page.hello());
    const auto many = [](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += "😀";
        return text;
    };
    CHECK(page.say("aaaaaaaa", " \\n ") == R"({"t":"refused","cid":"aaaaaaaa","code":"empty"})");
    CHECK(page.say("aaaaaaaa", many(4001)) ==
          R"({"t":"refused","cid":"aaaaaaaa","code":"too_long"})");
    CHECK(page.say("aaaaaaaa", many(4000)) == R"({"t":"ack","cid":"aaaaaaaa","seq":1})");
    // A bidi control and a zero-width joiner are the child's own.
    const std::string odd = "\u202e\u0623\u200d\u0628 \u05d0 .\u202c";
    page.say("bbbbbbbb", odd);
    const auto stored = running.host.conversation(*conversation_of(token));
    REQUIRE(stored.size() == 2);
    CHECK(stored[0].text == many(4000));
    CHECK(stored[1].text == odd);
}

TEST_CASE("somebody who writes after the end of a conversation waits again") {
    Running running;
    Page page(running);
    const std::string token = token_in(page.hello());
    page.say("aaaaaaaa", "one");
    running.host.set_state(*conversation_of(token), schema::ConversationState::ENDED);
    CHECK(page.say("bbbbbbbb", "two") == R"({"t":"ack","cid":"bbbbbbbb","seq":2})");
}

TEST_CASE("while the plugin is being stopped a message waits, and is not taken for one too late") {
    Running running;
    Page page(running);
    page.hello();
    running.host.fail_next(SANAD_M_SUBMIT, SANAD_E_CLOSED);
    CHECK(page.say("aaaaaaaa", "one").starts_with(R"({"t":"later","cid":"aaaaaaaa")"));
    CHECK(page.say("aaaaaaaa", "one") == R"({"t":"ack","cid":"aaaaaaaa","seq":1})");
}

TEST_CASE("what breaks the protocol is told so and closed") {
    Running running;
    const auto broken = [&](std::string_view json, bool greeted) {
        Page page(running);
        if (greeted) page.hello();
        const std::string answer = page.ask(json);
        CHECK(page.client.read_close_code() == 1008);
        return answer;
    };
    const std::string protocol = R"({"t":"error","code":"protocol"})";
    CHECK(broken("not json", false) == protocol);
    CHECK(broken(R"({"t":"msg","cid":"aaaaaaaa","text":"a","lang":"ar"})", false) == protocol);
    CHECK(broken(R"({"t":"hello","after":0})", true) == protocol);
    CHECK(broken(R"({"t":"hello","token":"made up","after":0})", false) ==
          R"({"t":"error","code":"token_invalid"})");

    Page flood(running);
    for (int i = 0; i < 200; ++i) flood.client.send_frame(text_frame, R"({"t":"ping"})");
    CHECK(flood.client.read_close_code() == 1008);
}

TEST_CASE("only the page itself may open a socket") {
    Running running;
    for (const auto* headers : {"", "Origin: https://elsewhere.example\r\n", "Origin: null\r\n",
                                "Origin: http://localhost\r\nSec-Fetch-Site: cross-site\r\n"}) {
        RawClient client(running.port);
        CHECK(status_of(client.open_socket(headers)) == "403");
    }
}

TEST_CASE("a quick goodbye and a receipt reach the node") {
    Running running;
    Page page(running);
    const std::string id = *conversation_of(token_in(page.hello()));
    page.say("aaaaaaaa", "one");
    page.client.send_frame(text_frame, R"({"t":"seen","seq":1})");
    page.client.send_frame(text_frame, R"({"t":"leave","how":"quick"})");
    CHECK(running.host.wait_for([&] { return !running.host.left(id).empty(); }));
    CHECK(running.host.left(id) == std::vector{schema::Leave::How::QUICK_EXIT});
    CHECK(running.host.shown(id) == 1);
}

TEST_CASE("a new conversation comes with its return code, and one that goes on without") {
    Running running;
    Page page(running);
    const std::string welcome = page.hello();
    const auto at = welcome.find(R"("code":")");
    REQUIRE(at != welcome.npos);
    const std::string code = welcome.substr(at + 8, 16);
    CHECK(token_of_code(code) == token_in(welcome));
    Page again(running);
    CHECK(again.hello(token_in(welcome)).find("code") == std::string::npos);
    CHECK_FALSE(running.host.logged(code));
}

TEST_CASE("a page that waits is told where it stands, and not too often") {
    Running running;
    Page page(running);
    const auto id = *conversation_of(token_in(page.hello()));
    page.say("first-cid", "سلام");
    running.host.set_place(id, 2, 90);
    running.host.set_read(id, 1);
    for (int i = 0; i < 4; ++i)
        CHECK(page.ask(R"({"t":"where"})") ==
              R"({"t":"place","state":"waiting","read":1,"position":2,"wait":90})");
    const int asked = running.host.calls(SANAD_M_REPLAY);
    page.client.send_frame(text_frame, R"({"t":"where"})");
    CHECK(page.ask(R"({"t":"ping"})") == R"({"t":"pong"})");  // the fifth is left alone
    CHECK(running.host.calls(SANAD_M_REPLAY) == asked);
}

TEST_CASE("what a child thinks of it reaches the node once, and is thanked for") {
    Running running;
    Page page(running);
    const auto id = *conversation_of(token_in(page.hello()));
    CHECK(page.ask(R"({"t":"feel","felt_safe":5})") == R"({"t":"thanks","later":true})");
    page.say("first-cid", "سلام");
    CHECK(page.ask(R"({"t":"feel","felt_safe":5})") == R"({"t":"thanks"})");
    CHECK(running.host.feedback(id) == FakeHost::Answers{{"felt_safe", 5}});
}

TEST_CASE("the plugin starts again on the same port and knows its conversations") {
    Running running;
    std::string token;
    {
        Page page(running);
        token = token_in(page.hello());
        page.say("aaaaaaaa", "before");
    }
    while (running.host.drain() == SANAD_E_BUSY) std::this_thread::yield();
    REQUIRE(running.host.stop() == SANAD_OK);
    REQUIRE(running.host.configure<Config>([&](Config::Builder config) {
        Running::fill(config);
        config.setListenPort(running.port);
    }) == SANAD_OK);
    REQUIRE(running.host.start() == SANAD_OK);
    Page page(running);
    CHECK(page.hello(token).find("\"before\"") != std::string::npos);
}

TEST_CASE("new texts come into a running page, another port needs a restart") {
    Running running;
    const auto name = [](Config::Builder config) {
        Running::fill(config);
        config.getHelpline().setAr("اسم جديد");
    };
    REQUIRE(running.host.configure<Config>(name) == SANAD_OK);
    RawClient client(running.port);
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(client.read_response().find("اسم جديد") != std::string::npos);
    CHECK(running.host.configure<Config>([&](Config::Builder config) {
        name(config);
        config.setListenPort(1);
    }) == SANAD_E_UNSUPPORTED);
    CHECK(running.host.health().state == schema::HealthReply::State::OK);
}

}  // namespace
}  // namespace sanad::webchat
