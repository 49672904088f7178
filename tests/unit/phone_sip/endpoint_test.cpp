#include "plugins/channels/phone/sip/endpoint.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <iterator>

using namespace sanad::phone;
using namespace std::chrono_literals;

namespace {

class Nobody final : public LineEvents {
    void incoming(const Incoming&) override {}
    void answered(LegId) override {}
    void digit(LegId, char) override {}
    void played(LegId, std::uint32_t) override {}
    void ended(LegId, LegEnd) override {}
    void heard(LegId, Frame) override {}
    void voice(LegId, bool) override {}
    void device(const std::string&, bool) override {}
};

EndpointSettings loopback() {
    EndpointSettings settings;
    settings.udp_port = settings.tcp_port = 0;
    return settings;
}

auto descriptors() {
    return std::distance(std::filesystem::directory_iterator{"/proc/self/fd"}, {});
}

}  // namespace

TEST_CASE("an endpoint starts, stops and starts again, and leaves no descriptor behind") {
    Nobody nobody;
    const auto before = [&] {
        Endpoint first{loopback()};  // the library opens what it keeps
        REQUIRE(!first.start(nobody));
        first.stop();
        return descriptors();
    }();
    Endpoint endpoint{loopback()}, beside{loopback()};
    for (int time = 0; time < 3; ++time) {
        REQUIRE(!endpoint.start(nobody));
        REQUIRE(!beside.start(nobody));
        CHECK(endpoint.ports().udp != 0);
        CHECK(endpoint.ports().tcp != 0);
        CHECK(endpoint.ports().tls == 0);
        CHECK(endpoint.ports().udp != beside.ports().udp);
        endpoint.stop();
        beside.stop();
        endpoint.stop();  // harmless twice
    }
    CHECK(descriptors() == before);
}

TEST_CASE(
    "work is done in order on the endpoint's thread, later work later, and none after the end") {
    Nobody nobody;
    Endpoint endpoint{loopback()};
    REQUIRE(!endpoint.start(nobody));
    std::promise<std::string> done;
    std::string order;  // of the endpoint's thread
    endpoint.post([&] { order += 'a'; });
    endpoint.after(60ms, [&] { done.set_value(order + 'd'); });
    endpoint.after(1ms, [&] { order += 'c'; });
    endpoint.post([&] { order += 'b'; });
    auto answer = done.get_future();
    REQUIRE(answer.wait_for(5s) == std::future_status::ready);
    CHECK(answer.get() == "abcd");
    endpoint.stop();
    std::atomic<bool> ran{false};
    endpoint.post([&] { ran = true; });
    REQUIRE(!endpoint.start(nobody));
    endpoint.stop();
    CHECK(!ran);
}

TEST_CASE("a leg that is not there, and a way out that is not allowed, are nothing") {
    Nobody nobody;
    Endpoint endpoint{loopback()};
    REQUIRE(!endpoint.start(nobody));
    std::promise<LegId> called, rung;
    endpoint.post([&] {
        endpoint.answer(LegId{9});
        endpoint.hang_up(LegId{9});
        endpoint.join(LegId{8}, LegId{9});
        endpoint.take_part(LegId{8}, LegId{9}, Part::joins);
        called.set_value(endpoint.call_out({"+212600000001"}, 5s));
        rung.set_value(endpoint.ring("c1", "Helpline", 5s));
    });
    CHECK(called.get_future().get() == LegId::none);
    CHECK(rung.get_future().get() == LegId::none);
}

TEST_CASE("what is wrong with the settings is named") {
    Nobody nobody;
    const auto fault = [&](auto change) {
        auto settings = loopback();
        change(settings);
        return Endpoint{settings}.start(nobody).value_or("");
    };
    CHECK(fault([](auto& s) { s.listen_address = "example"; }) == "phone.sip.listen_address");
    CHECK(fault([](auto& s) { s.trunks = {"x"}; }) == "phone.sip.trunks");
    CHECK(fault([](auto& s) {
              s.tls_port = 0;
              s.certificate = "no PEM";
          }) == "phone.sip.certificate");
    CHECK(fault([](auto& s) {
              s.udp_port = 1;
              s.listen_address = "192.0.2.77";
          }) == "phone.sip.udp_port");
    CHECK(fault([](auto& s) { s.registration = Registration{"trunk", "u", "p", "", "", 600s}; }) ==
          "phone.sip.registration");
}
