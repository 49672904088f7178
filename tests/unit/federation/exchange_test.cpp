#include "core/federation/exchange.h"
#include "tests/unit/federation/two_nodes.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using support::TwoNodes;

namespace {

const NodeId morocco{"ma.cmrpi"};
const NodeId tunisia{"tn.amal"};
constexpr Topic weather{900};

struct Listener final : Exchange {
    std::vector<std::string> heard;
    int greetings = 0;
    void received(const NodeId& peer, ByteView payload) override {
        heard.push_back(peer.text + ": " + std::string(text_of(payload)));
    }
    void greeted(const NodeId&, const Hello&) override { ++greetings; }
};

}  // namespace

TEST_CASE_METHOD(TwoNodes, "what is said beside the logs reaches the exchange of its topic") {
    Listener listener;
    tn->links->add(weather, listener);
    REQUIRE(ma->links->say(tunisia, weather, bytes_of("sun")).has_value());
    settle();
    CHECK(listener.heard == std::vector<std::string>{"ma.cmrpi: sun"});
}

TEST_CASE_METHOD(TwoNodes, "a topic that nobody knows is dropped, and the link goes on") {
    REQUIRE(ma->links->say(tunisia, weather, bytes_of("sun")).has_value());
    settle();
    CHECK(tn->counters.count("link.drop.unknown_topic") == 1);
    REQUIRE(ma->request(tunisia, support::sample_request("C-1", tunisia, casework::Urgency::u2))
                .has_value());
    settle();
    CHECK(tn->all_referrals()->size() == 1);
}

TEST_CASE_METHOD(TwoNodes, "an exchange hears where a peer stands when the link comes up") {
    Listener listener;
    tn->links->add(weather, listener);
    ma->links->connected(tunisia);
    settle();
    CHECK(listener.greetings >= 1);
}

TEST_CASE("what is said beside the logs has a longest size") {
    CHECK(write_beside(weather, Bytes(beside_bytes_max, 1)).has_value());
    CHECK(write_beside(weather, Bytes(beside_bytes_max + 1, 1)).error().fault == Fault::bad_size);
    const auto frame = parse_frame(write_beside(weather, Bytes(beside_bytes_max, 1)).value());
    REQUIRE(frame.has_value());
    CHECK(std::get<Beside>(*frame).payload.size() == beside_bytes_max);
}
