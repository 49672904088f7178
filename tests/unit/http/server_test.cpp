#include "plugins/shared/http/server.h"

#include "tests/unit/http/raw_client.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <future>
#include <mutex>
#include <thread>

namespace sanad::http {
namespace {

using namespace std::chrono_literals;
using test::RawClient;
using test::status_of;

constexpr std::string_view plain_get = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";

// Says what it got; remembers what was refused.
struct Echo {
    explicit Echo(Limits limits = {}) {
        Handlers handlers;
        handlers.request = [this](Request request, Responder respond) { take(request, respond); };
        handlers.refused = [this](unsigned status, std::string_view code) {
            const std::lock_guard lock(mutex);
            refused.push_back(std::to_string(status) + ' ' + std::string(code));
        };
        Options options;
        options.limits = limits;
        server = std::move(Server::start(options, std::move(handlers)).value());
    }

    void take(const Request& request, const Responder& respond) {
        if (request.path == "/silence") return;
        if (request.path == "/slow") {
            kept = respond;
            return;
        }
        if (request.path == "/throw") throw std::runtime_error("a library threw");
        if (request.path == "/later") {
            later = std::jthread([respond] { respond({.body = "later"}); });
            return;
        }
        Response response;
        response.body = request.method + ' ' + request.path + ' ' + request.query + '|' +
                        std::to_string(request.body.size()) + '|' + request.body.substr(0, 32);
        respond(std::move(response));
    }

    std::string ask(std::string_view bytes) {
        RawClient client(server->port());
        client.send(bytes);
        return client.read_response();
    }

    std::string last_refusal() {
        const std::lock_guard lock(mutex);
        return refused.empty() ? "" : refused.back();
    }

    std::mutex mutex;
    std::vector<std::string> refused;
    std::jthread later;
    Responder kept;
    std::unique_ptr<Server> server;
};

std::string get(std::string_view target, std::string_view more = {}) {
    return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) +
           "\r\n";
}

std::string post(std::string_view headers, std::string_view body = {}) {
    return "POST /in HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) + "\r\n" +
           std::string(body);
}

TEST_CASE("a page is served with every protecting header and no name of the server") {
    Echo echo;
    const std::string answer = echo.ask(plain_get);
    CHECK(status_of(answer) == "200");
    CHECK(answer.ends_with("GET /hello |0|"));
    for (const auto& [name, value] : security_headers())
        CHECK(answer.find(name + ": " + value + "\r\n") != answer.npos);
    CHECK(answer.find("Server:") == answer.npos);
}

TEST_CASE("a connection serves one request after another, also when they come in one piece") {
    Echo echo;
    RawClient client(echo.server->port());
    client.send(get("/one") + post("Content-Length: 3\r\n", "abc") + get("/three?x=1"));
    CHECK(client.read_response().ends_with("GET /one |0|"));
    CHECK(client.read_response().ends_with("POST /in |3|abc"));
    CHECK(client.read_response().ends_with("GET /three x=1|0|"));
}

TEST_CASE("HEAD gets the length and not the body") {
    Echo echo;
    RawClient client(echo.server->port());
    client.send("HEAD /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const std::string answer = client.read_all();
    CHECK(answer.find("Content-Length: 14\r\n") != answer.npos);
    CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("what two programs could read in two ways is refused and the connection closed") {
    Echo echo;
    const std::vector<std::string> inputs = {
        post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"),
        post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"),
        post("Content-Length: -1\r\n"),
        post("Content-Length: 1, 1\r\n"),
        post("Content-Length: +1\r\n", "a"),
        post("Transfer-Encoding: gzip, chunked\r\n"),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        "GET / HTTP/1.1\nHost: localhost\n\n",
        "GET / HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX : a\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: a" + std::string(1, '\0') + "b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a/../b\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "\x16\x03\x01\x02\x03\x04\x05",
    };
    for (const auto& input : inputs) {
        CAPTURE(input);
        RawClient client(echo.server->port());
        client.send(input + "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n");
        const std::string answer = client.read_all();
        CHECK(status_of(answer) == "400");
        CHECK(answer.find("smuggled") == answer.npos);
        CHECK(answer.find("HTTP/1.1 ", 1) == answer.npos);
    }
}

TEST_CASE("a path never names anything twice") {
    Echo echo;
    for (const auto* target : {"/../x", "/a/..", "/a/%2e%2e/b", "/%00", "//host/x", "/a//b",
                               "/a%2fb", "/./a", "/a\\b", "/%zz", "/%4", "a", "*", "/a#b"}) {
        CAPTURE(target);
        CHECK(status_of(echo.ask(get(target))) == "400");
    }
    CHECK(echo.ask(get("/caf%C3%A9/..a")).ends_with("GET /caf\xC3\xA9/..a |0|"));
    CHECK(echo.ask(get("/")).ends_with("GET / |0|"));
}

TEST_CASE("no method but the known ones is served, and no upgrade but to a WebSocket") {
    Echo echo;
    for (const auto* method : {"CONNECT", "TRACE", "BREW"}) {
        const std::string input = std::string(method) + " / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        CHECK(status_of(echo.ask(input)) == "405");
    }
    CHECK(status_of(echo.ask(get("/", "Connection: Upgrade\r\nUpgrade: h2c\r\n"))) == "426");
    CHECK(status_of(echo.ask("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n")) == "505");
}

TEST_CASE("a request line may have 4 KiB and no byte more") {
    Echo echo;
    const std::size_t rest = std::string_view("GET  HTTP/1.1").size();
    const Limits limits;
    const std::string fits = "/" + std::string(limits.request_line_bytes - rest - 1, 'a');
    CHECK(status_of(echo.ask(get(fits))) == "200");
    CHECK(status_of(echo.ask(get(fits + "a"))) == "414");
    CHECK(status_of(echo.ask("GET /" + std::string(5000, 'a'))) == "414");
}

TEST_CASE("headers may have 16 KiB and be 64, and no more") {
    Echo echo;
    const Limits limits;
    const std::size_t fixed = std::string_view("Host: localhost\r\nX: \r\n\r\n").size();
    const std::string fits(limits.head_bytes - fixed, 'a');
    CHECK(status_of(echo.ask(get("/", "X: " + fits + "\r\n"))) == "200");
    CHECK(status_of(echo.ask(get("/", "X: " + fits + "a\r\n"))) == "431");

    std::string many;
    for (int i = 0; i < 63; ++i) many += "X: y\r\n";
    CHECK(status_of(echo.ask(get("/", many))) == "200");
    CHECK(status_of(echo.ask(get("/", many + "X: y\r\n"))) == "431");
}

TEST_CASE("a body may have 256 KiB and no byte more, with a length or in chunks") {
    Echo echo;
    const std::size_t most = Limits{}.body_bytes;
    const auto with_length = [&](std::size_t size) {
        return echo.ask(
            post("Content-Length: " + std::to_string(size) + "\r\n", std::string(size, 'a')));
    };
    CHECK(with_length(most).find("POST /in |262144|") != std::string::npos);
    CHECK(status_of(with_length(most + 1)) == "413");
    CHECK(status_of(echo.ask(post("Content-Length: 99999999999999999999999\r\n"))) == "413");

    const auto chunked = [&](const std::string& chunks) {
        return echo.ask(post("Transfer-Encoding: chunked\r\n", chunks));
    };
    const std::string half = "20000\r\n" + std::string(most / 2, 'a') + "\r\n";
    CHECK(chunked(half + half + "0\r\n\r\n").find("POST /in |262144|") != std::string::npos);
    CHECK(status_of(chunked(half + half + "1\r\na\r\n0\r\n\r\n")) == "413");
    CHECK(status_of(chunked("FFFFFFFFFFFFFFFF\r\na")) == "413");
    CHECK(status_of(chunked("zz\r\na")) == "400");
    CHECK(status_of(echo.ask(post("Content-Length: 3\r\nContent-Encoding: gzip\r\n", "abc"))) ==
          "415");
}

TEST_CASE("a client that expects a go-ahead gets it before it sends the body") {
    Echo echo;
    RawClient client(echo.server->port());
    client.send(post("Content-Length: 3\r\nExpect: 100-continue\r\n"));
    CHECK(client.read_bytes(25) == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    CHECK(client.read_response().ends_with("POST /in |3|abc"));
    CHECK(status_of(echo.ask(post("Expect: a-miracle\r\n"))) == "417");
}

TEST_CASE("who sends too slowly is told so") {
    Limits limits;
    limits.head_wait = 60ms;
    limits.body_wait = 60ms;
    Echo echo(limits);
    CHECK(status_of(echo.ask("GET / HT")) == "408");
    CHECK(status_of(echo.ask(post("Content-Length: 3\r\n", "ab"))) == "408");
    CHECK(echo.ask("").empty());  // nobody asked: closed without a word
}

TEST_CASE("a handler that is slow, silent or throws costs one answer and nothing else") {
    Limits limits;
    limits.answer_wait = 60ms;
    Echo echo(limits);
    CHECK(status_of(echo.ask(get("/slow"))) == "503");
    echo.kept({.body = "too late for that connection"});
    CHECK(status_of(echo.ask(get("/silence"))) == "503");
    CHECK(status_of(echo.ask(get("/throw"))) == "500");
    CHECK(echo.ask(get("/later")).ends_with("later"));
    CHECK(status_of(echo.ask(plain_get)) == "200");
}

TEST_CASE("a connection over the limit is turned away, and its place is free after it ends") {
    Limits limits;
    limits.connections = 1;
    Echo echo(limits);
    {
        RawClient first(echo.server->port());
        first.send(plain_get);
        CHECK(status_of(first.read_response()) == "200");
        CHECK(status_of(echo.ask(plain_get)) == "503");
        CHECK(echo.last_refusal() == "503 connections_full");
    }
    std::string answer;
    for (int i = 0; i < 1000 && status_of(answer) != "200"; ++i) answer = echo.ask(plain_get);
    CHECK(status_of(answer) == "200");
}

TEST_CASE("one source gets its share of connections and of requests") {
    Limits limits;
    limits.connections_per_source = 1;
    limits.requests_per_second = 1;
    limits.requests_burst = 2;
    Echo echo(limits);
    RawClient first(echo.server->port());
    first.send(plain_get);
    CHECK(status_of(first.read_response()) == "200");
    CHECK(status_of(echo.ask(plain_get)) == "429");
    CHECK(echo.last_refusal() == "429 source_connections_full");
    first.send(plain_get);
    CHECK(status_of(first.read_response()) == "200");
    first.send(plain_get);
    CHECK(status_of(first.read_response()) == "429");
    CHECK(echo.last_refusal() == "429 too_many_requests");
}

TEST_CASE("a server that cannot start says why") {
    Options options;
    options.address = "not an address";
    CHECK(Server::start(options, {}).error().code == "address_invalid");
    options.address = "127.0.0.1";
    const auto first = Server::start(options, {}).value();
    options.port = first->port();
    CHECK(Server::start(options, {}).error().code == "listen_failed");
    options.port = 0;
    options.tls.certificate_file = "/nonexistent";
    CHECK(Server::start(options, {}).error().code == "certificate_unreadable");
}

TEST_CASE("a responder may outlive the client and the server") {
    std::promise<Responder> kept;
    Handlers handlers;
    handlers.request = [&](Request, Responder respond) { kept.set_value(std::move(respond)); };
    auto server = Server::start({}, std::move(handlers)).value();
    RawClient client(server->port());
    client.send(plain_get);
    const Responder respond = kept.get_future().get();
    server->stop();
    server.reset();
    respond({.body = "too late"});
    respond({.body = "twice"});
    CHECK(client.read_all().find("too late") == std::string::npos);
}

}  // namespace
}  // namespace sanad::http
