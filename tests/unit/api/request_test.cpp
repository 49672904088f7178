#include "core/base/message.h"
#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

#include <cstring>

namespace sanad::support {
namespace {

Bytes feed_request(std::uint32_t wait_ms) {
    capnp::MallocMessageBuilder builder;
    auto request = builder.initRoot<schema::api::Request>();
    request.setVersion(1);
    request.setActor("amina");
    auto feed = request.initFeedRead();
    feed.setAfter(1'000'000);
    feed.setLimit(10);
    feed.setWaitMs(wait_ms);
    return flatten(builder);
}

/// How often it was answered, once the longest wait of a reader of the feed is over.
int answers_to(Helplines& world, ByteView request) {
    int answers = 0;
    auto& line = world.ma();
    line.service->handle(request, [&](const Bytes&) { ++answers; });
    while (line.node.turn()) {
    }
    world.clock.advance(api::Service::feed_wait_max);
    line.service->tick();
    return answers;
}

}  // namespace

TEST_CASE("a request with a broken pointer anywhere is answered once, also by who waits") {
    Helplines world;
    for (const std::uint32_t wait_ms : {0U, 20'000U}) {
        const Bytes good = feed_request(wait_ms);
        CHECK(answers_to(world, good) == 1);
        // Lists and structs far outside, far pointers, pointers to themselves.
        for (const std::uint64_t hostile :
             {0xffff'fff8'0000'0001ULL, 0x0000'0001'7fff'fffcULL, 0x0000'0000'0000'0002ULL,
              0xffff'fffe'0000'0007ULL, 0xffff'ffff'ffff'ffffULL})
            for (std::size_t at = 8; at + 8 <= good.size(); at += 8) {
                Bytes bad = good;
                std::memcpy(bad.data() + at, &hostile, sizeof hostile);
                CHECK(answers_to(world, bad) == 1);
            }
    }
}

}  // namespace sanad::support
