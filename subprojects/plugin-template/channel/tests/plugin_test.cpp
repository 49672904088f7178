#include "config.capnp.h"
#include "gateway.hpp"

#include <sanad/fake_host.hpp>

#include <catch2/catch.hpp>

namespace {

using namespace sanad::plugin;
using Result = schema::Outcome::Result;
const std::string child(16, 'c');  // as the gateway calls the conversation

struct Running {
    FakeHost node{sanad_plugin_entry_v1};
    std::uint16_t port = node.openings.allow_listen("listen");
    Running() {
        REQUIRE(node.configure<name_of_plugin::Config>([](auto) {}) == SANAD_OK);
        REQUIRE(node.start() == SANAD_OK);
    }
};

TEST_CASE("a message is acknowledged once the node has it, and comes once") {
    Running plugin;
    Gateway gateway(plugin.port);
    CHECK(gateway.ask(child + " message-1 Is somebody\\nthere?") == "ok message-1");
    CHECK(gateway.ask(child + " message-1 Is somebody\\nthere?") == "ok message-1");
    const auto messages = plugin.node.conversation(child);
    REQUIRE(messages.size() == 1);
    CHECK(messages[0].text == "Is somebody\nthere?");
}

TEST_CASE("a message that the node could not take is asked for again, and then it is there") {
    Running plugin;
    Gateway gateway(plugin.port);
    plugin.node.fail_next(SANAD_M_SUBMIT, SANAD_E_BUSY);
    CHECK(gateway.ask(child + " message-1 Hello") == "again message-1");
    CHECK(gateway.ask(child + " message-1 Hello") == "ok message-1");
    CHECK(gateway.ask(child + " short Hello") == "no short");
    CHECK(gateway.ask("nonsense") == "no ");
}

TEST_CASE("an answer waits until a gateway is there, and reaches it as it was written") {
    Running plugin;
    CHECK(plugin.node.health().reason == "no_gateway");
    CHECK(plugin.node.deliver(child, "We are here.").outcome.result == Result::RETRY);
    Gateway gateway(plugin.port);
    REQUIRE(gateway.ask(child + " message-1 Hello") == "ok message-1");
    CHECK(plugin.node.health().reason.empty());
    CHECK(plugin.node.deliver(child, "We are\nhere.").outcome.result == Result::ACCEPTED);
    CHECK(gateway.line() == "say " + child + " 3 We are\\nhere.");
}

TEST_CASE("nothing that a person wrote is in the log") {
    Running plugin;
    Gateway gateway(plugin.port);
    (void)gateway.ask(child + " message-1 between us");
    (void)gateway.ask(child + " short between us");
    CHECK_FALSE(plugin.node.logged("between us"));
}

}  // namespace
