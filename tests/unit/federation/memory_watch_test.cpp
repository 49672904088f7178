#include "core/federation/memory_watch.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace sanad::federation;

namespace {

constexpr std::size_t mib = std::size_t(1) << 20;

/// A process whose memory is what the test says.
struct Process {
    std::size_t memory = 100 * mib;
    MemoryWatch watch{32 * mib, [this] { return memory; }};
};

}  // namespace

TEST_CASE("a process may grow by what is allowed, and by no byte more") {
    Process process;
    process.memory += 32 * mib;
    CHECK_FALSE(process.watch.has_grown());
    process.memory += 1;
    CHECK(process.watch.has_grown());
}

TEST_CASE("growth is counted from the least since it was begun") {
    Process process;
    process.memory = 50 * mib;
    CHECK_FALSE(process.watch.has_grown());
    process.memory = 83 * mib;
    CHECK(process.watch.has_grown());
    process.watch.begin();
    CHECK_FALSE(process.watch.has_grown());
    process.memory = 115 * mib;
    CHECK_FALSE(process.watch.has_grown());
}

TEST_CASE("memory is given back when at most half of the growth is left") {
    Process process;
    process.memory += 16 * mib + 1;
    CHECK_FALSE(process.watch.is_given_back());
    process.memory -= 1;
    CHECK(process.watch.is_given_back());
    process.memory = mib;
    CHECK(process.watch.is_given_back());
}

TEST_CASE("where the system does not tell its memory, a process never grew") {
    MemoryWatch blind(32 * mib, [] { return std::size_t(0); });
    CHECK_FALSE(blind.has_grown());
    CHECK(blind.is_given_back());
}

TEST_CASE("what this process allocates and touches is measured") {
    const auto before = allocated_memory();
    REQUIRE(before > 0);
    const std::vector<char> touched(64 * mib, 'x');
    CHECK(allocated_memory() >= before + 48 * mib);
    CHECK(touched.back() == 'x');
}
