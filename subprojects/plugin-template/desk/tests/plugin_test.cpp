#include "config.capnp.h"

#include <poll.h>
#include <sanad/fake_host.hpp>
#include <sanad/opened.hpp>

#include <catch2/catch.hpp>

namespace {

using namespace sanad::plugin;

// Everything that is said to a request, until the plugin hangs up.
std::string ask(std::uint16_t port, std::string_view request) {
    FakeNode browser;
    browser.openings.allow_connect("desk", 80, port);
    Host host(browser.table());
    const int socket = open_connection(host, "desk", 80, std::chrono::seconds(10))->descriptor;
    REQUIRE(::send(socket, request.data(), request.size(), MSG_NOSIGNAL) > 0);
    std::string said;
    char piece[256];
    for (;;) {
        pollfd watched{socket, POLLIN, 0};
        REQUIRE(::poll(&watched, 1, 10'000) == 1);
        const auto got = ::recv(socket, piece, sizeof piece, 0);
        if (got <= 0) break;
        said.append(piece, static_cast<std::size_t>(got));
    }
    ::close(socket);
    return said;
}

TEST_CASE("the page says what the configuration says, to one browser after the other") {
    FakeHost node{sanad_plugin_entry_v1};
    const auto port = node.openings.allow_listen("listen");
    REQUIRE(node.configure<name_of_plugin::Config>(
                [](auto config) { config.setGreeting("Good evening"); }) == SANAD_OK);
    REQUIRE(node.start() == SANAD_OK);
    for (int i = 0; i < 3; ++i) {
        const std::string said = ask(port, "GET / HTTP/1.1\r\nHost: desk\r\n\r\n");
        CHECK(said.rfind("HTTP/1.1 200 OK\r\n", 0) == 0);
        CHECK(said.find("\r\n\r\nGood evening") != said.npos);
    }
    CHECK(node.health().state == schema::HealthReply::State::OK);
    CHECK(node.stop() == SANAD_OK);
}

TEST_CASE("a desk that may not listen does not start") {
    FakeHost node{sanad_plugin_entry_v1};
    REQUIRE(node.configure<name_of_plugin::Config>([](auto) {}) == SANAD_OK);
    CHECK(node.start() == SANAD_E_IO);
}

}  // namespace
