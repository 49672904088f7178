#include <sanad/fake_host.hpp>
#include <sanad/loop.hpp>
#include <sanad/values.hpp>

#include <unistd.h>

#include <catch2/catch.hpp>

#include <array>

namespace sanad::plugin {
namespace {

using namespace std::chrono_literals;

// Looks into a mailbox each minute, and remembers how far it has read.
class Looking final : public Plugin {
public:
    void configure_bytes(sanad_span) override {}
    void start() override {
        loop_.emplace(host());
        look();
    }
    void on_event(std::uint32_t event, std::uint64_t token, std::uint64_t arg) override {
        loop_->on_event(event, token, arg);
    }
    const void* extension(std::string_view) override { return this; }

    void look() {
        Values values(host());
        const auto read = values.get("place");
        place = read.status == SANAD_OK ? read.value + "+" : "+";
        last_put = values.put("place", place);
        count(host(), "looks");
        gauge(host(), "place", place.size());
        loop_->after(1min, [this] { look(); });
    }
    void listen_to(int fd, std::string& heard) {
        loop_->when_ready(fd, SANAD_READABLE, [fd, &heard](std::uint32_t what) {
            char c = 0;
            heard =
                (what & SANAD_READABLE) != 0 && ::read(fd, &c, 1) == 1 ? std::string(1, c) : "end";
        });
    }

    std::string place;
    sanad_status last_put = SANAD_E_INTERNAL;
    std::optional<Loop> loop_;
};

constexpr sanad_entry entry{
    SANAD_MAGIC, sizeof(sanad_entry), SANAD_ABI_MAJOR, SANAD_ABI_MINOR,
    0,           "looking",           "1.0.0",         &detail::Thunks<Looking>::create};

struct Running {
    FakeHost node{entry};
    Looking& plugin() { return *static_cast<Looking*>(const_cast<void*>(node.extension("self"))); }
};

TEST_CASE("a fake node's time passes when the test says so, and timers come in their order") {
    Running running;
    running.node.values.allow_bytes(100);
    REQUIRE(running.node.start() == SANAD_OK);
    std::string order;
    running.plugin().loop_->after(90s, [&] { order += "b"; });
    running.plugin().loop_->after(30s, [&] { order += "a"; });
    running.node.pass(59s);
    CHECK(running.node.values.measured("looks") == 1);
    CHECK(order == "a");
    running.node.pass(1s);
    CHECK(running.node.values.measured("looks") == 2);
    running.node.pass(1h);
    CHECK(running.node.values.measured("looks") == 62);
    CHECK(running.node.values.measured("place") == 62);
    CHECK(order == "ab");
}

TEST_CASE("what a plugin keeps is kept by the rules of a node") {
    Running running;
    REQUIRE(running.node.start() == SANAD_OK);
    CHECK(running.plugin().last_put == SANAD_E_DENIED);  // nothing was granted
    running.node.values.allow_bytes(7);
    running.node.pass(2min);
    CHECK(running.node.values.kept() == std::map<std::string, std::string>{{"place", "++"}});
    running.node.pass(1min);
    CHECK(running.plugin().last_put == SANAD_E_FULL);
    CHECK(running.node.values.kept().at("place") == "++");
    running.node.values.allow_bytes(100);
    running.node.values.fail_next_put(SANAD_E_IO);
    running.node.pass(1min);
    CHECK(running.plugin().last_put == SANAD_E_IO);
    running.node.pass(1min);
    CHECK(running.node.values.kept().at("place") == "+++");
}

TEST_CASE("a descriptor that a plugin watches is told once, when it is ready") {
    Running running;
    REQUIRE(running.node.start() == SANAD_OK);
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    std::string heard;
    running.plugin().listen_to(pipe[0], heard);
    CHECK_FALSE(running.node.run_ready(0ms));
    REQUIRE(::write(pipe[1], "x", 1) == 1);
    CHECK(running.node.run_ready());
    CHECK(heard == "x");
    ::close(pipe[1]);
    CHECK_FALSE(running.node.run_ready(0ms));  // it was told; nobody asked again
    running.plugin().listen_to(pipe[0], heard);
    CHECK(running.node.run_ready());
    CHECK(heard == "end");
    ::close(pipe[0]);
}

TEST_CASE("from stop on a loop takes nothing and tells nothing") {
    Running running;
    running.node.values.allow_bytes(100);
    REQUIRE(running.node.start() == SANAD_OK);
    REQUIRE(running.node.stop() == SANAD_OK);
    running.node.pass(1h);
    CHECK(running.node.values.measured("looks") == 1);
    CHECK_THROWS_AS(running.plugin().loop_->after(1s, [] {}), Error);
}

}  // namespace
}  // namespace sanad::plugin
