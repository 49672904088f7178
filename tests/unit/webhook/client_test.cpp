#include "plugins/shared/http/client.h"
#include "tests/unit/webhook/certificate.h"
#include "tests/unit/webhook/raw_server.h"
#include "tests/unit/webhook/temporary_folder.h"

#include <catch2/catch.hpp>
#include <thread>

using namespace sanad::http;
using namespace std::chrono_literals;

namespace {

Url local(std::uint16_t port, const std::string& target = "/hook") {
    return {false, "127.0.0.1", port, target};
}

std::expected<ClientResponse, ClientFault> ask(const RawServer& server,
                                               ClientOptions options = {}) {
    Client client(options);
    return client.send({"POST", local(server.port()), {{"webhook-id", "msg_1"}}, "{}"});
}

/// A server of ours that speaks TLS, with a certificate for `name`.
class TlsServer {
public:
    explicit TlsServer(const std::string& name, bool allow_tls_1_2 = false) {
        const Certificate pair = make_certificate(name);
        certificate_ = folder_.write("certificate.pem", pair.certificate);
        Options options;
        options.tls = {certificate_, folder_.write("key.pem", pair.key), allow_tls_1_2};
        Handlers handlers;
        handlers.request = [](const Request& request, const Responder& respond) {
            respond({200, "text/plain", request.body, {}});
        };
        auto started = Server::start(options, handlers);
        if (!started) throw std::runtime_error(started.error().code);
        server_ = std::move(*started);
    }
    Url url(const std::string& host) const { return {true, host, server_->port(), "/"}; }
    const std::string& certificate() const { return certificate_; }

private:
    TemporaryFolder folder_;
    std::string certificate_;
    std::unique_ptr<Server> server_;
};

ClientOptions trusting(const std::string& certificate) {
    ClientOptions options;
    options.ca_file = certificate;
    return options;
}

}  // namespace

TEST_CASE("a URL is read into its parts") {
    CHECK(parse_url("https://ngo.example.org") == Url{true, "ngo.example.org", 443, "/"});
    CHECK(parse_url("https://NGO.example.org:8443/a/b?c=d") ==
          Url{true, "ngo.example.org", 8443, "/a/b?c=d"});
    CHECK(parse_url("http://[::1]:80/?x") == Url{false, "::1", 80, "/?x"});
    CHECK(parse_url("https://a?b") == Url{true, "a", 443, "/?b"});
    CHECK(origin_of(*parse_url("https://a:443/x")) == "https://a");
    CHECK(origin_of(*parse_url("http://[::1]:8080/x")) == "http://[::1]:8080");
    for (const char* text :
         {"", "https:/a", "https://", "https://:80", "https://a:", "https://a:65536", "https://a:0",
          "https://a:1x", "https://-a", "https://a b", "https://a/\n", "https://u@a/",
          "https://[::g]/", "https://[::1", "https://a/#f", "https://a/\xc3\xa9", "HTTPS://a",
          "javascript://a"})
        CHECK_FALSE(parse_url(text));
    const std::string base = "https://a/";
    CHECK(parse_url(base + std::string(url_bytes_max - base.size(), 'p')));
    CHECK_FALSE(parse_url(base + std::string(url_bytes_max - base.size() + 1, 'p')));
}

TEST_CASE("a request arrives whole and its answer comes back") {
    const RawServer server(
        {"HTTP/1.1 202 Accepted\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nok"});
    const auto answer = ask(server);
    REQUIRE(answer);
    CHECK(answer->status == 202);
    CHECK(answer->body == "ok");
    CHECK_FALSE(answer->body_cut);
    CHECK(*answer->header("retry-after") == "7");
    const std::string request = server.requests().front();
    CHECK(request.starts_with("POST /hook HTTP/1.1\r\n"));
    CHECK(request.find("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n") !=
          std::string::npos);
    CHECK(request.find("webhook-id: msg_1\r\n") != std::string::npos);
    CHECK(request.find("Content-Length: 2\r\n") != std::string::npos);
}

TEST_CASE("a redirect is an answer like any other and is not followed") {
    const RawServer target({"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
    const RawServer server({"HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:" +
                            std::to_string(target.port()) + "/\r\nContent-Length: 0\r\n\r\n"});
    CHECK(ask(server)->status == 307);
    CHECK(target.requests().empty());
}

TEST_CASE("an answer counts from its head, however long or broken its body is") {
    ClientOptions options;
    options.body_bytes_max = 10;
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: ";
    const RawServer server(
        {head + "10\r\n\r\n0123456789", head + "11\r\n\r\n01234567890", head + "10\r\n\r\n01234"});
    const auto whole = ask(server, options);
    CHECK(whole->body == "0123456789");
    CHECK_FALSE(whole->body_cut);
    const auto longer = ask(server, options);
    CHECK(longer->status == 200);
    CHECK(longer->body_cut);
    const auto broken = ask(server, options);
    CHECK(broken->status == 200);
    CHECK(broken->body_cut);
}

TEST_CASE("an answer before the answer is passed over, up to the fourth") {
    const std::string early = "HTTP/1.1 103 Early Hints\r\n\r\n";
    const std::string final = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    const RawServer server(
        {early + early + early + early + final, early + early + early + early + early + final});
    CHECK(ask(server)->status == 200);
    CHECK(ask(server).error() == ClientFault::malformed);
}

TEST_CASE("what is no HTTP, or has too long a head, is malformed") {
    ClientOptions options;
    options.head_bytes_max = 1000;
    const RawServer server({"SSH-2.0-server\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
                            "HTTP/1.1 700 No\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nX: " + std::string(1000, 'x') + "\r\n\r\n"});
    for (int count = 0; count < 4; ++count)
        CHECK(ask(server, options).error() == ClientFault::malformed);
}

TEST_CASE("a server that says nothing is left after the agreed time") {
    ClientOptions options;
    options.answer_wait = 50ms;
    const RawServer server({""});
    CHECK(ask(server, options).error() == ClientFault::timed_out);
    const RawServer halved({"HTTP/1.1 200 OK\r\n"});
    CHECK(ask(halved).error() == ClientFault::broken_off);
}

TEST_CASE("nobody listening, no such name and another machine without TLS are told apart") {
    std::uint16_t closed = 0;
    {
        closed = RawServer({}).port();
    }
    Client client({});
    CHECK(client.send({"POST", local(closed), {}, ""}).error() == ClientFault::connect_failed);
    CHECK(client.send({"POST", {false, "192.0.2.1", 80, "/"}, {}, ""}).error() ==
          ClientFault::not_private);
}

TEST_CASE("a cancelled client ends what is under way and sends no more") {
    const RawServer server({"", ""});
    Client client({});
    std::expected<ClientResponse, ClientFault> answer;
    std::thread sender([&] { answer = client.send({"POST", local(server.port()), {}, "x"}); });
    while (server.requests().empty()) std::this_thread::yield();
    client.cancel();
    sender.join();
    CHECK(answer.error() == ClientFault::cancelled);
    CHECK(client.send({"POST", local(server.port()), {}, "x"}).error() == ClientFault::cancelled);
    CHECK(server.requests().size() == 1);
}

TEST_CASE("over TLS the certificate must be trusted and of that name") {
    const TlsServer server("127.0.0.1");
    const ClientRequest request{"POST", server.url("127.0.0.1"), {}, "secret"};
    Client trusts(trusting(server.certificate()));
    const auto answer = trusts.send(request);
    REQUIRE(answer);
    CHECK(answer->body == "secret");
    Client ordinary({});
    CHECK(ordinary.send(request).error() == ClientFault::tls_failed);
    const TlsServer other_name("partners.example.org");
    Client trusts_other(trusting(other_name.certificate()));
    CHECK(trusts_other.send({"POST", other_name.url("127.0.0.1"), {}, ""}).error() ==
          ClientFault::tls_failed);
    Client unreadable(trusting("/absent"));
    CHECK(unreadable.send(request).error() == ClientFault::ca_unreadable);
}

TEST_CASE("a name is resolved and checked against the certificate") {
    const TlsServer server("localhost");
    Client client(trusting(server.certificate()));
    CHECK(client.send({"POST", server.url("localhost"), {}, "x"})->status == 200);
}
