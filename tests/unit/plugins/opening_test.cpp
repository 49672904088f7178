#include "core/plugins/broker.h"

#include "tests/support/folder.h"
#include "tests/unit/plugins/hostile_plugin.h"

#include <arpa/inet.h>
#include <sys/socket.h>

namespace sanad::plugins {
namespace {

Isolation with(Broker& broker) {
    Isolation isolation{PLUGIN_HOST};
    isolation.broker = &broker;
    return isolation;
}

TEST_CASE("the node opens sockets and files for an isolated plugin") {
    const test::Folder folder;
    Broker listener({"net.listen:listen"}, {{"listenAddress", "127.0.0.1"}, {"listenPort", "0"}});
    const auto socket = *listener.listen("listen");
    sockaddr_in at{};
    socklen_t size = sizeof at;
    REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
    const std::string port = std::to_string(ntohs(at.sin_port));

    Broker broker({"inbound.submit", "net.listen:listen", "net.connect:endpoint", "secret:keyFile"},
                  {{"listenAddress", "127.0.0.1"},
                   {"listenPort", "0"},
                   {"endpoint", "http://127.0.0.1:" + port},
                   {"keyFile", folder.file("key", "the key", 0600)}});
    Hostile hostile(with(broker));
    CHECK(*hostile.tell("node, listen listen") == "a listening socket");
    CHECK(*hostile.tell("node, listen listen") == "a listening socket");
    CHECK(*hostile.tell("node, connect 127.0.0.1 " + port) == "a connected socket");
    CHECK(*hostile.tell("node, read keyFile") == "the key");
    CHECK(*hostile.tell("which descriptors") == "0 1 2 3 ");
}

TEST_CASE("a plugin may ask three times for what was not granted, in any way") {
    Broker broker({}, {{"listenAddress", "127.0.0.1"}, {"listenPort", "0"}});
    Hostile hostile(with(broker));
    const std::string denied = std::to_string(SANAD_E_DENIED);
    CHECK(*hostile.tell("node, listen listen") == denied);
    CHECK(*hostile.tell("node, read /etc/passwd") == denied);
    CHECK(hostile.tell("node, connect 127.0.0.1 80").error().fault == Fault::closed);
    CHECK(hostile.end().reason == EndReason::bad_message);
}

}  // namespace
}  // namespace sanad::plugins
