#include "plugins/desks/console/console_config.capnp.h"
#include "plugins/desks/console/secret.h"
#include "schemas/api.capnp.h"
#include "tests/unit/http/raw_client.h"

#include <catch2/catch.hpp>

#include <capnp/serialize.h>
#include <sanad/fake_host.hpp>

#include <functional>

namespace sanad::console {
namespace {

using plugin::FakeHost;
using schema::api::Reply;
using schema::api::Request;
using test::RawClient;
using test::status_of;

constexpr std::uint8_t text_frame = 0x81;
const std::string session(32, '\x5a');
const std::string cookie = "Cookie: theme=dark; __Host-sanad=" + to_digits(session) + "\r\n";
const std::string from_page = "Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n";
const std::string as_json = "Content-Type: application/json\r\n";

std::string flat_reply(const std::function<void(Reply::Builder)>& fill) {
    capnp::MallocMessageBuilder message;
    fill(message.initRoot<Reply>());
    const auto words = plugin::flatten(message);
    return {reinterpret_cast<const char*>(words.begin()), words.asBytes().size()};
}

Request::Which which_of(std::string_view flat) {
    auto words = kj::heapArray<capnp::word>(flat.size() / 8);
    std::copy(flat.begin(), flat.end(), reinterpret_cast<char*>(words.begin()));
    capnp::FlatArrayMessageReader reader(words);
    return reader.getRoot<Request>().which();
}

std::string error_reply(const char* code) {
    return flat_reply([&](auto reply) {
        auto error = reply.initError();
        error.setCode(code);
        error.setWrong("Something is wrong.");
    });
}

// The plugin, running, before a node in memory that knows one session.
struct Running {
    Running() : host(sanad_plugin_entry_v1) {
        REQUIRE(host.configure<Config>([](Config::Builder) {}) == SANAD_OK);
        REQUIRE(host.start() == SANAD_OK);
        for (const auto& line : host.log())
            if (const auto at = line.find("port="); at != line.npos)
                port = static_cast<std::uint16_t>(std::stoi(line.substr(at + 5)));
        REQUIRE(port != 0);
        host.desk.answer_asks([this](std::string_view who, std::string_view flat) {
            return answer(who, which_of(flat));
        });
    }

    plugin::FakeDesk::Answer answer(std::string_view who, Request::Which which) {
        if (which == Request::SIGN_IN_FINISH)
            return {flat_reply([](auto reply) { reply.initSession().setName("amina"); }), session};
        if (who != session || over) return {error_reply("signed_out"), {}, true};
        if (which == Request::FEED_READ)
            return {flat_reply([this](auto reply) {
                auto feed = reply.initFeed(told < newest ? 1 : 0);
                if (told == newest) return;
                told = newest;
                feed[0].setSequence(newest);
                feed[0].setName("contact.child_message");
            })};
        if (which == Request::CASE_LIST) return {error_reply("denied")};
        return {flat_reply(
            [&](auto reply) { reply.initDone().setNote(std::string(note_bytes, 'n')); })};
    }

    std::string send(const std::string& request, const std::string& headers,
                     const std::string& body = {}) const {
        RawClient client(port);
        client.send(request + " HTTP/1.1\r\nHost: localhost\r\n" + headers +
                    (request.starts_with("POST")
                         ? "Content-Length: " + std::to_string(body.size()) + "\r\n"
                         : std::string()) +
                    "\r\n" + body);
        return client.read_response();
    }
    std::string token(const std::string& who = cookie) const {
        const auto reply = send("GET /token", from_page + who);
        const auto at = reply.find(R"({"token":")");
        REQUIRE(at != reply.npos);
        return "X-Sanad-Token: " + reply.substr(at + 10, secret_digits) + "\r\n";
    }
    std::string ask(const std::string& json, const std::string& who = cookie) const {
        return send("POST /api", from_page + as_json + who + token(who), json);
    }
    std::string ticket() const {
        const auto reply = send("POST /ticket", from_page + cookie + token());
        const auto at = reply.find(R"({"ticket":")");
        REQUIRE(at != reply.npos);
        return reply.substr(at + 11, secret_digits);
    }

    std::size_t note_bytes = 10;
    std::uint64_t newest = 0, told = 0;
    bool over = false;
    FakeHost host;
    std::uint16_t port = 0;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

struct Feed {
    explicit Feed(const Running& running, const std::string& ticket) : client(running.port) {
        REQUIRE(status_of(client.open_socket(from_page + cookie, "/feed")) == "101");
        client.send_frame(text_frame, R"({"ticket":")" + ticket + R"(","after":"0"})");
    }
    RawClient client;
};

}  // namespace

TEST_CASE("the page runs scripts of its own alone, and nobody's frame shows it") {
    Running running;
    const auto page = running.send("GET /", {});
    CHECK(status_of(page) == "200");
    CHECK(has(page, "require-trusted-types-for 'script'"));
    CHECK(has(page, "default-src 'none'"));
    CHECK(has(page, "media-src blob:;"));  // a voice that the page made itself, from nowhere else
    CHECK(has(page, "frame-ancestors 'none'"));
    CHECK(has(page, "Cache-Control: no-store"));
    CHECK_FALSE(has(page, "Set-Cookie"));
    CHECK(status_of(running.send("GET /../manifest.capnp", {})) == "400");
    CHECK(status_of(running.send("GET /assets/none.js", {})) == "404");
}

TEST_CASE("a request that does not come from the desk's own page never reaches the node") {
    Running running;
    const auto token = running.token();
    const std::string json = R"({"queueShow":null})";
    const auto post = [&](const std::string& headers) {
        return status_of(running.send("POST /api", headers + cookie, json));
    };
    const std::string site = "Sec-Fetch-Site: same-origin\r\n";
    CHECK(post(as_json + token + "Origin: http://localhost\r\n") == "403");
    CHECK(post(as_json + token + site) == "403");
    CHECK(post(as_json + token + site + "Origin: http://elsewhere.example\r\n") == "403");
    CHECK(post(as_json + token + "Origin: http://localhost\r\nSec-Fetch-Site: cross-site\r\n") ==
          "403");
    CHECK(post(as_json + from_page) == "403");
    CHECK(post(as_json + from_page + "X-Sanad-Token: " + std::string(64, 'a') + "\r\n") == "403");
    CHECK(post(as_json + from_page + running.token("")) == "403");  // of who is not signed in
    CHECK(post(from_page + token + "Content-Type: text/plain\r\n") == "415");
    CHECK(status_of(running.send("GET /token", cookie)) == "403");
    CHECK(running.host.calls(SANAD_M_ASK) == 0);
    CHECK(post(as_json + from_page + token) == "200");
    CHECK(running.host.calls(SANAD_M_ASK) == 1);
}

TEST_CASE("what is no request of the schema is refused before the node is asked") {
    Running running;
    for (const char* json : {
             "",
             "{}",
             "[]",
             "null",
             R"({"queueShow":null,"nodeStatus":null})",
             R"({"queueShow":null,"queueShow":null})",
             R"({"noSuchRequest":null})",
             R"({"contactShow":{"a":1}})",
             R"({"contactRead":{"contact":"x","after":"1e999"}})",
             R"({"__proto__":{"queueShow":null}})",
             "{\"queueShow\":null",
             "\xEF\xBB\xBF{\"queueShow\":null}",
         }) {
        INFO(json);
        CHECK(status_of(running.ask(json)) == "422");
    }
    std::string deep = R"({"contactShow":)";
    for (int i = 0; i < 10'000; ++i) deep += '[';
    CHECK(status_of(running.ask(deep)) == "422");
    CHECK(running.host.calls(SANAD_M_ASK) == 0);
}

TEST_CASE("who signs in gets a cookie that no script reads, and the page never sees the token") {
    Running running;
    const auto reply = running.ask(
        R"({"signInFinish":{"ticket":"t","password":{"name":"amina","password":"p","code":"1"}}})",
        "");
    CHECK(status_of(reply) == "200");
    CHECK(has(reply, "Set-Cookie: __Host-sanad=" + to_digits(session) +
                         "; Path=/; Secure; HttpOnly; SameSite=Strict\r\n"));
    const auto body = reply.substr(reply.find("\r\n\r\n"));
    CHECK(has(body, R"("name":"amina")"));
    CHECK_FALSE(has(body, to_digits(session)));
    CHECK_FALSE(running.host.logged(to_digits(session)));
}

TEST_CASE("a refusal of the node is an answer; a session that is over asks to sign in again") {
    Running running;
    const auto denied = running.ask(R"({"caseList":null})");
    CHECK(status_of(denied) == "200");
    CHECK(has(denied, R"("code":"denied")"));
    running.over = true;
    const auto ended = running.ask(R"({"queueShow":null})");
    CHECK(status_of(ended) == "401");
    CHECK(has(ended, "Set-Cookie: __Host-sanad=;"));
}

TEST_CASE("signing out forgets the cookie and what the browser kept") {
    Running running;
    const auto reply = running.ask(R"({"sessionEnd":null})");
    CHECK(status_of(reply) == "200");
    CHECK(has(reply, "Max-Age=0"));
    CHECK(has(reply, R"(Clear-Site-Data: "cache", "storage")"));
}

TEST_CASE("an answer that is longer than a plugin's message arrives whole") {
    Running running;
    running.note_bytes = 700'000;
    const auto reply = running.ask(R"({"queueShow":null})");
    CHECK(status_of(reply) == "200");
    CHECK(has(reply, std::string(700'000, 'n')));
    CHECK(running.host.calls(SANAD_M_REST) == 2);
}

TEST_CASE("what happens reaches an open page, and nobody is asked for while none is open") {
    Running running;
    CHECK(running.host.calls(SANAD_M_NEWS) == 0);
    running.told = running.newest = 7;
    running.host.desk.tell_news(7);
    Feed feed(running, running.ticket());
    CHECK(feed.client.read_frame().payload == R"({"feed":[]})");
    running.newest = 8;
    running.host.desk.tell_news(8);
    const auto frame = feed.client.read_frame().payload;
    CHECK(has(frame, R"("sequence":"8")"));
    CHECK(has(frame, "contact.child_message"));
}

TEST_CASE("a ticket is good once, and an open page is closed when its session ends") {
    Running running;
    running.host.desk.tell_news(1);
    const auto ticket = running.ticket();
    Feed feed(running, ticket);
    CHECK(feed.client.read_frame().payload == R"({"feed":[]})");
    Feed again(running, ticket);
    CHECK(again.client.read_close_code() == 1008);
    Feed guess(running, std::string(64, '0'));
    CHECK(guess.client.read_close_code() == 1008);

    const auto before = std::chrono::steady_clock::now();
    running.over = true;
    running.host.desk.end_session(session);
    CHECK(feed.client.read_close_code() == 4401);
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(1));
}

TEST_CASE("a page of another origin opens no feed") {
    Running running;
    RawClient client(running.port);
    CHECK(status_of(client.open_socket("Origin: http://elsewhere.example\r\n" + cookie, "/feed")) ==
          "403");
}

}  // namespace sanad::console
