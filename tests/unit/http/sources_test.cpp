#include "plugins/shared/http/sources.h"

#include <catch2/catch.hpp>

#include <array>

namespace sanad::http {
namespace {

using namespace std::chrono_literals;

constexpr std::array<unsigned char, 4> here{127, 0, 0, 1};
constexpr std::array<unsigned char, 4> there{127, 0, 0, 2};

TEST_CASE("a source is the same for a day, another after it, and tells nothing of the address") {
    Limits limits;
    Sources sources(limits);
    const auto begun = Sources::Time{} + 1h;
    const auto first = sources.source_of(here, begun);
    CHECK(sources.source_of(here, begun + 24h - 1ms) == first);
    CHECK(sources.source_of(there, begun) != first);
    CHECK(sources.source_of(here, begun + 24h) != first);
    CHECK(Sources(limits).source_of(here, begun) != first);
}

TEST_CASE("one household's IPv6 addresses are one source") {
    Limits limits;
    Sources sources(limits);
    std::array<unsigned char, 16> one{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 1};
    std::array<unsigned char, 16> other = one;
    other[15] = 9;
    CHECK(sources.source_of(one, {}) == sources.source_of(other, {}));
    other[7] = 2;
    CHECK(sources.source_of(one, {}) != sources.source_of(other, {}));
}

TEST_CASE("a budget is spent at once and comes back with time") {
    Limits limits;
    limits.requests_per_second = 5;
    limits.requests_burst = 10;
    Sources sources(limits);
    const Sources::Time now{};
    for (int i = 0; i < 10; ++i) CHECK(sources.spend(1, now));
    CHECK_FALSE(sources.spend(1, now));
    CHECK(sources.spend(2, now));
    CHECK_FALSE(sources.spend(1, now + 199ms));
    CHECK(sources.spend(1, now + 400ms));
}

TEST_CASE("a table full of sources shares one budget and stays that big") {
    Limits limits;
    limits.requests_burst = 3;
    Sources sources(limits);
    const Sources::Time now{};
    for (std::uint64_t i = 1; i <= Sources::sources_max; ++i) sources.spend(i, now);
    for (std::uint64_t i = 0; i < 3; ++i) CHECK(sources.spend(1'000'000 + i, now));
    CHECK_FALSE(sources.spend(2'000'000, now));
    CHECK(sources.spend(3'000'000, now + 1min));  // the idle ones are forgotten by then
}

}  // namespace
}  // namespace sanad::http
