#include "plugins/channels/phone/sip/lockout.h"
#include "plugins/channels/phone/sip/nonce.h"
#include "plugins/channels/phone/sip/source_budget.h"

#include <catch2/catch.hpp>

using namespace sanad::phone;
using namespace std::chrono_literals;

namespace {

HostAddress source(unsigned number) {
    HostAddress address;
    for (std::size_t at = 0; at < 4; ++at)
        address.bytes[12 + at] = static_cast<std::uint8_t>(number >> (8 * at));
    return address;
}

}  // namespace

TEST_CASE("a trunk is an address or a network, of either family") {
    const auto networks = Networks::read({"192.0.2.1", "198.51.100.0/28", "2001:db8::/33"});
    REQUIRE(networks);
    const auto find = [&](const char* text) { return networks->find(*read_address(text)); };
    CHECK(find("192.0.2.1") == 0u);
    CHECK(!find("192.0.2.2"));
    CHECK(find("198.51.100.15") == 1u);
    CHECK(!find("198.51.100.16"));
    CHECK(find("2001:db8:7fff::1") == 2u);
    CHECK(!find("2001:db8:8000::1"));
    CHECK(!Networks{}.find(*read_address("192.0.2.1")));
}

TEST_CASE("what is no network is refused, and so is nearly everybody") {
    for (const char* bad : {"", "example.net", "192.0.2.1/", "192.0.2.1/33", "192.0.2.1/x", "::/0",
                            "2001:db8::/129", "192.0.2.1/-1", "192.0.2.1/24 "}) {
        CAPTURE(bad);
        CHECK(!Networks::read({bad}));
    }
}

TEST_CASE("a source has so many requests a second, and a trunk ten times that") {
    SourceBudget budget{50};
    const auto taken = [&](Standing standing, std::chrono::milliseconds now) {
        int count = 0;
        for (int n = 0; n < 2000; ++n) count += budget.take(source(1), standing, now);
        return count;
    };
    CHECK(taken(Standing::stranger, 1s) == 50);
    CHECK(taken(Standing::stranger, 1100ms) == 5);
    CHECK(taken(Standing::stranger, 3s) == 50);
    CHECK(taken(Standing::trusted, 9s) == 500);
}

TEST_CASE("sources that are only written share what strangers have, and fill no table") {
    SourceBudget budget{50};
    int passed = 0;
    for (unsigned n = 0; n < 100'000; ++n)
        passed += budget.take(source(n), Standing::stranger, 1s + 1ms * (n / 1000));
    CHECK(passed <= 50 * 20 + 101);
    CHECK(budget.size() <= sources_max);
    CHECK(budget.take(source(7), Standing::trusted, 2s));  // a trunk is not among them
}

TEST_CASE("five wrong passwords of one name from one source, then five minutes") {
    Lockout lockout;
    for (int n = 0; n < 4; ++n) lockout.failed("c1", source(1), 1s);
    CHECK(!lockout.locked("c1", source(1), 2s));
    lockout.failed("c1", source(1), 2s);
    CHECK(lockout.locked("c1", source(1), 3s));
    CHECK(!lockout.locked("c2", source(1), 3s));
    CHECK(!lockout.locked("c1", source(2), 3s));
    CHECK(lockout.locked("c1", source(1), 5min));
    CHECK(!lockout.locked("c1", source(1), 5min + 2s));
    lockout.failed("c1", source(1), 6min);  // a new count
    CHECK(!lockout.locked("c1", source(1), 6min));
    lockout.succeeded("c1", source(1));
    CHECK(lockout.size() == 0);
}

TEST_CASE("names that are tried fill no table") {
    Lockout lockout;
    for (unsigned n = 0; n < 2 * lockouts_max; ++n)
        lockout.failed("name" + std::to_string(n), source(n), 1ms * n);
    CHECK(lockout.size() <= lockouts_max);
}

TEST_CASE("a nonce is good for its source and its time, and for this run") {
    const Nonces nonces, others;
    const auto nonce = nonces.make(source(1), 5s);
    CHECK(nonces.good(nonce, source(1), 5s));
    CHECK(nonces.good(nonce, source(1), 65s));
    CHECK(!nonces.good(nonce, source(1), 65s + 1ms));
    CHECK(!nonces.good(nonce, source(1), 4s));
    CHECK(!nonces.good(nonce, source(2), 5s));
    CHECK(!others.good(nonce, source(1), 5s));
    CHECK(!nonces.good("5000-", source(1), 5s));
    CHECK(!nonces.good("", source(1), 5s));
    CHECK(!nonces.good("-1-" + nonce, source(1), 5s));
    CHECK(!nonces.good(nonce + "0", source(1), 5s));
}
