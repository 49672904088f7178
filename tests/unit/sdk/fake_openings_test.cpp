#include "tests/unit/plugins/echo/echo_config.capnp.h"

#include <sanad/fake_host.hpp>
#include <sanad/opened.hpp>

#include <arpa/inet.h>
#include <poll.h>

#include <catch2/catch.hpp>

namespace sanad::plugin {
namespace {

struct OnlyHost : FakeNode {
    Host host{table()};
};

// Waits until a socket that does not block has something for us.
void wait_for_bytes(int socket) {
    pollfd watched{socket, POLLIN, 0};
    REQUIRE(::poll(&watched, 1, 10'000) == 1);
}

TEST_CASE("a fake node opens nothing until the test allows it") {
    OnlyHost node;
    CHECK_FALSE(open_listening(node.host, "listen").has_value());
    CHECK_FALSE(open_connection(node.host, "gateway.example", 443, std::chrono::seconds(1)));
    CHECK_FALSE(read_file(node.host, "keyFile", 10).has_value());
    (void)node.openings.allow_listen("listen");
    CHECK(open_listening(node.host, "other")->status == SANAD_E_DENIED);
    CHECK(open_connection(node.host, "gateway.example", 443, std::chrono::seconds(1))->status ==
          SANAD_E_DENIED);
    CHECK_FALSE(read_file(node.host, "keyFile", 10).has_value());
}

TEST_CASE("a connection to an allowed place reaches the socket that was allowed to listen") {
    OnlyHost node;
    node.openings.allow_connect("gateway.example", 443, node.openings.allow_listen("listen"));
    const auto listening = open_listening(node.host, "listen");
    REQUIRE(listening->status == SANAD_OK);
    const auto there = open_connection(node.host, "gateway.example", 443, std::chrono::seconds(10));
    REQUIRE(there->status == SANAD_OK);
    CHECK(open_connection(node.host, "gateway.example", 80, std::chrono::seconds(1))->status ==
          SANAD_E_DENIED);
    CHECK((::fcntl(there->descriptor, F_GETFL) & O_NONBLOCK) != 0);
    wait_for_bytes(listening->descriptor);
    const int here = ::accept(listening->descriptor, nullptr, nullptr);
    REQUIRE(here >= 0);
    REQUIRE(::write(here, "good evening", 12) == 12);
    wait_for_bytes(there->descriptor);
    char got[16]{};
    CHECK(::read(there->descriptor, got, sizeof got) == 12);
    CHECK(std::string_view(got) == "good evening");
    for (const int one : {listening->descriptor, there->descriptor, here}) ::close(one);
}

TEST_CASE("a place that is allowed and where nobody listens is an error of the network") {
    OnlyHost node;
    std::uint16_t left = 0;
    {
        FakeOpenings gone;
        left = gone.allow_listen("listen");
    }
    node.openings.allow_connect("gateway.example", 443, left);
    CHECK(open_connection(node.host, "gateway.example", 443, std::chrono::seconds(1))->status ==
          SANAD_E_IO);
}

TEST_CASE("an allowed file is read whole, each time from its beginning, and within its limit") {
    OnlyHost node;
    node.openings.allow_file("keyFile", "not a secret");
    CHECK(read_file(node.host, "keyFile", 12)->content == "not a secret");
    CHECK(read_file(node.host, "keyFile", 12)->content == "not a secret");
    CHECK(read_file(node.host, "keyFile", 11)->status == SANAD_E_FULL);
    CHECK(read_file(node.host, "otherFile", 10)->status == SANAD_E_DENIED);
}

}  // namespace
}  // namespace sanad::plugin
