#include "core/plugins/strand.h"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

namespace sanad::plugins {
namespace {

constexpr Duration ample{10'000};
constexpr Duration brief{5};

TEST_CASE("work runs one after the other, in the order it was given") {
    std::vector<int> order;
    Strand strand;
    for (int i = 0; i < 100; ++i) REQUIRE(strand.post([&order, i] { order.push_back(i); }));
    REQUIRE(strand.run([] {}, ample).has_value());
    std::vector<int> expected(100);
    for (int i = 0; i < 100; ++i) expected[static_cast<std::size_t>(i)] = i;
    CHECK(order == expected);
}

TEST_CASE("work that is over its limit leaves the strand stuck until it ends") {
    Strand strand;
    std::promise<void> release;
    const auto released = release.get_future().share();
    while (!strand.stuck())  // again when it had not begun
        CHECK(strand.run([released] { released.wait(); }, brief).error().fault == Fault::expired);
    CHECK(strand.run([] {}, ample).error().fault == Fault::busy);
    CHECK_FALSE(strand.post([] {}));
    release.set_value();
    while (strand.stuck()) std::this_thread::yield();
    CHECK(strand.run([] {}, ample).has_value());
}

TEST_CASE("work that could not begin in time never runs, and the strand is not stuck by it") {
    Strand strand;
    std::promise<void> release;
    const auto released = release.get_future().share();
    REQUIRE(strand.post([released] { released.wait(); }));
    bool ran = false;
    CHECK(strand.run([&ran] { ran = true; }, brief).error().fault == Fault::expired);
    CHECK_FALSE(strand.stuck());
    release.set_value();
    REQUIRE(strand.run([] {}, ample).has_value());
    CHECK_FALSE(ran);
}

TEST_CASE("a full queue refuses") {
    Strand strand;
    std::promise<void> begun, release;
    const auto released = release.get_future().share();
    REQUIRE(strand.post([&begun, released] {
        begun.set_value();
        released.wait();
    }));
    begun.get_future().wait();
    for (std::size_t i = 0; i < strand_queue_max; ++i) REQUIRE(strand.post([] {}));
    CHECK_FALSE(strand.post([] {}));
    CHECK(strand.run([] {}, ample).error().fault == Fault::busy);
    release.set_value();
}

TEST_CASE("a strand that is stuck can be left behind") {
    std::promise<void> release;
    const auto released = release.get_future().share();
    const auto ended = std::make_shared<std::promise<void>>();
    {
        Strand strand;
        while (!strand.stuck())
            (void)strand.run(
                [released, ended] {
                    released.wait();
                    ended->set_value();
                },
                brief);
    }
    release.set_value();
    ended->get_future().wait();
}

}  // namespace
}  // namespace sanad::plugins
