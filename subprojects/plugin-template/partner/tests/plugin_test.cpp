#include "config.capnp.h"
#include "gateway.hpp"

#include <sanad/fake_host.hpp>
#include <sanad/opened.hpp>

#include <catch2/catch.hpp>

namespace {

using namespace sanad::plugin;
using Result = schema::Outcome::Result;
const std::string matter(16, 'm');

struct Running {
    FakeHost node{sanad_plugin_entry_v1};
    int gateway = -1;  // where the organisation's program listens
    Running() {
        REQUIRE(node.configure<name_of_plugin::Config>([](auto config) {
            config.setEndpoint("http://127.0.0.1:4870");
            config.setLimitSeconds(1);
        }) == SANAD_OK);
        REQUIRE(node.start() == SANAD_OK);
        node.openings.allow_connect("127.0.0.1", 4870, node.openings.allow_listen("gateway"));
        Host host(node.table());
        gateway = open_listening(host, "gateway")->descriptor;
        node.set_matter(matter, {"{\"need\":\"a safe place\"}", "sent", 1, 5, false, {}});
    }
    ~Running() { ::close(gateway); }
};

TEST_CASE("a matter reaches the gateway as it was disclosed, and its name for it comes back") {
    Running plugin;
    Gateway gateway(plugin.gateway, "accepted case-7\n");
    const auto sent = plugin.node.dispatch(matter, "delivery-1");
    CHECK(sent.outcome.result == Result::ACCEPTED);
    CHECK(sent.outcome.reference == "case-7");
    CHECK(gateway.line() == "delivery-1 escalation 1 {\"need\":\"a safe place\"}");
}

TEST_CASE("a withdrawal is told as one") {
    Running plugin;
    Gateway gateway(plugin.gateway, "accepted case-7\n");
    (void)plugin.node.dispatch(matter, "delivery-2", 1, schema::DispatchKind::WITHDRAWAL);
    CHECK(gateway.line().rfind("delivery-2 withdrawal 1 ", 0) == 0);
}

TEST_CASE("a gateway that refuses, is busy or says nothing is told apart") {
    const auto [answer, result] =
        GENERATE(table<std::string, Result>({{"rejected not for us\n", Result::REJECTED},
                                             {"busy\n", Result::RETRY},
                                             {"", Result::RETRY}}));
    Running plugin;
    Gateway gateway(plugin.gateway, answer);
    CHECK(plugin.node.dispatch(matter, "delivery-1").outcome.result == result);
}

TEST_CASE("without a gateway the matter comes again, and nothing of it is in the log") {
    FakeHost node{sanad_plugin_entry_v1};
    REQUIRE(node.configure<name_of_plugin::Config>([](auto) {}) == SANAD_OK);
    REQUIRE(node.start() == SANAD_OK);
    node.set_matter(matter, {"{\"need\":\"a safe place\"}", "sent", 1, 5, false, {}});
    const auto sent = node.dispatch(matter, "delivery-1");
    CHECK(sent.outcome.result == Result::RETRY);
    CHECK(sent.outcome.retry_after_ms == 30'000);
    CHECK_FALSE(node.logged("a safe place"));
}

TEST_CASE("an endpoint without host and port is refused before the plugin starts") {
    FakeHost node{sanad_plugin_entry_v1};
    for (const char* wrong :
         {"", "gateway", "http://127.0.0.1", "http://127.0.0.1:0", "http://a:99999"})
        CHECK(node.configure<name_of_plugin::Config>(
                  [&](auto config) { config.setEndpoint(wrong); }) == SANAD_E_INVALID);
}

}  // namespace
