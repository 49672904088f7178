#include "core/federation/directory_values.h"

#include <catch2/catch.hpp>

#include <string>

using namespace sanad;
using namespace sanad::federation;

TEST_CASE("a node id is country, dot, label") {
    for (const auto* id : {"ma.x", "ma.cmrpi", "tn.amal-2", "dz.1"})
        CHECK(parse_node_id(id).value().text == id);
    for (const auto* id : {"", "ma", "ma.", "ma.-x", "ma.x-", "MA.x", "ma.X", "m1.x", "mar.x",
                           "ma_x", "ma.x y", "ma.x.y", "ma.x\n", "ma.\u00e9"})
        CHECK(parse_node_id(id).error().fault == Fault::malformed);
    CHECK(parse_node_id("ma." + std::string(node_id_bytes_max - 3, 'x')).has_value());
    CHECK_FALSE(parse_node_id("ma." + std::string(node_id_bytes_max - 2, 'x')).has_value());
}

TEST_CASE("an endpoint is a TCP address with a port, and never a wildcard") {
    for (const auto* endpoint :
         {"tcp://node.example.org:7400", "tcp://localhost:1", "tcp://192.0.2.1:65535",
          "tcp://[2001:db8::1]:7400", "tcp://xn--mgbc0a.example:7400"})
        CHECK(check_endpoint(endpoint));
    for (const auto* endpoint : {"",
                                 "tcp://",
                                 "tcp://x",
                                 "tcp://x:",
                                 "tcp://:7400",
                                 "tcp://x:0",
                                 "tcp://x:65536",
                                 "tcp://x:07400",
                                 "tcp://x:-1",
                                 "tcp://x:7400/",
                                 "tcp://x:7400 ",
                                 "udp://x:7400",
                                 "ipc://x:7400",
                                 "tcp://*:7400",
                                 "tcp://x:*",
                                 "tcp://X:7400",
                                 "tcp://x..y:7400",
                                 "tcp://-x:7400",
                                 "tcp://x_y:7400",
                                 "tcp://1.2.3:7400",
                                 "tcp://1.2.3.256:7400",
                                 "tcp://1.2.3.04:7400",
                                 "tcp://2001:db8::1:7400",
                                 "tcp://[x::1]:7400",
                                 "tcp://[]:7400",
                                 "tcp://a;tcp://b:7400",
                                 "tcp://u@x:7400",
                                 "TCP://x:7400",
                                 "tcp://eth0;x:7400"})
        CHECK(check_endpoint(endpoint).error().fault == Fault::malformed);
}

TEST_CASE("an endpoint's host has at most 253 bytes") {
    std::string host = std::string(61, 'a');
    for (int i = 0; i < 3; ++i) host += "." + std::string(63, 'a');
    REQUIRE(host.size() == 253);
    CHECK(check_endpoint("tcp://" + host + ":7400"));
    CHECK_FALSE(check_endpoint("tcp://a" + host + ":7400"));
    CHECK_FALSE(check_endpoint("tcp://" + std::string(64, 'a') + ":7400"));
}
