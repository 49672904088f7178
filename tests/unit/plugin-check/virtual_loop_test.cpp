#include "nodes/plugin-check/virtual_loop.h"

#include "core/base/bytes.h"
#include "nodes/plugin-check/checking_node.h"
#include "nodes/plugin-check/kept_values.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace sanad::plugin_check {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

struct Waiting {
    CheckClock clock;
    VirtualLoop loop{clock};
    const sanad_loop_v1& table = *loop.table();
    Descriptor event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};

    void make_ready() {
        const std::uint64_t one = 1;
        REQUIRE(::write(event.get(), &one, sizeof one) == sizeof one);
    }
};

TEST_CASE("a timer is due when the check's time has come to it, and once") {
    Waiting waiting;
    REQUIRE(waiting.table.start_timer(waiting.table.ctx, 7, 60 * second) == SANAD_OK);
    waiting.clock.advance(Duration(59'999));
    CHECK(waiting.loop.take_due().empty());
    waiting.clock.advance(Duration(1));
    const auto due = waiting.loop.take_due();
    REQUIRE(due.size() == 1);
    CHECK(due[0].event == SANAD_EV_TIMER);
    CHECK(due[0].token == 7);
    CHECK(waiting.loop.take_due().empty());
    CHECK(waiting.table.stop_timer(waiting.table.ctx, 7) == SANAD_E_NOT_FOUND);
}

TEST_CASE("a descriptor is told once it is ready, and not when it was taken back") {
    Waiting waiting;
    const int fd = waiting.event.get();
    REQUIRE(waiting.table.watch(waiting.table.ctx, fd, SANAD_READABLE, 9) == SANAD_OK);
    CHECK(waiting.loop.take_due().empty());
    waiting.make_ready();
    const auto due = waiting.loop.take_due();
    REQUIRE(due.size() == 1);
    CHECK(due[0].event == SANAD_EV_FD);
    CHECK(due[0].token == 9);
    CHECK(due[0].arg == SANAD_READABLE);
    REQUIRE(waiting.table.watch(waiting.table.ctx, fd, SANAD_READABLE, 9) == SANAD_OK);
    CHECK(waiting.table.unwatch(waiting.table.ctx, fd) == SANAD_OK);
    CHECK(waiting.loop.take_due().empty());
    CHECK(waiting.table.watch(waiting.table.ctx, fd, 0, 9) == SANAD_E_INVALID);
}

TEST_CASE("from stop on nothing waits, and the next instance begins anew") {
    Waiting waiting;
    REQUIRE(waiting.table.start_timer(waiting.table.ctx, 1, 0) == SANAD_OK);
    waiting.loop.end();
    CHECK(waiting.loop.take_due().empty());
    CHECK(waiting.table.start_timer(waiting.table.ctx, 1, 0) == SANAD_E_CLOSED);
    waiting.loop.begin();
    CHECK(waiting.table.start_timer(waiting.table.ctx, 1, 0) == SANAD_OK);
    CHECK(waiting.loop.take_due().size() == 1);
}

TEST_CASE("what is kept has its limits") {
    using Act = plugins::ValueCall::Act;
    KeptValues values;
    std::string kept;
    const auto call = [&](Act act, std::string_view key, std::string_view value,
                          std::uint64_t quota = 16) {
        return values.keep({act, bytes_of(key), bytes_of(value), quota}, kept);
    };
    CHECK(call(Act::put, "place", "12345678901") == SANAD_OK);  // sixteen bytes with its key
    CHECK(call(Act::put, "place", "123456789012") == SANAD_E_FULL);
    CHECK(call(Act::put, "a", "") == SANAD_E_FULL);
    CHECK(call(Act::get, "place", "") == SANAD_OK);
    CHECK(kept == "12345678901");
    CHECK(call(Act::remove, "place", "") == SANAD_OK);
    CHECK(call(Act::get, "place", "") == SANAD_E_NOT_FOUND);
    CHECK(call(Act::put, "", "no key") == SANAD_E_INVALID);
    CHECK(call(Act::put, "a", "b", 0) == SANAD_E_DENIED);
}

}  // namespace
}  // namespace sanad::plugin_check
