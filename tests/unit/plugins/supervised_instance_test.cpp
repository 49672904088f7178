#include "core/plugins/supervised_instance.h"

#include "tests/support/counter_entropy.h"
#include "tests/unit/plugins/hostile_plugin.h"

#include <thread>

namespace sanad::plugins {
namespace {

constexpr Duration ample{20'000};

// Restarts at once, and asks for health so rarely that no test sees it.
Supervision quick() {
    Supervision supervision;
    supervision.first_pause = supervision.longest_pause = Duration(1);
    supervision.health_each = Duration(3'600'000);
    return supervision;
}

// A plugin under supervision, and everything that became of it.
struct Supervised {
    TakingNode node;
    RecordingLog log;
    SystemClock clock;
    test::CounterEntropy entropy;
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<Transition> transitions;
    std::unique_ptr<Instance> instance;
    Result<void> started;

    explicit Supervised(const Supervision& supervision = quick(),
                        const std::string& library = HOSTILE_PLUGIN) {
        const auto file = read_plugin(std::filesystem::path(library));
        REQUIRE(file.has_value());
        const auto start_process = [this, library](auto on_end) {
            Isolation isolation{PLUGIN_HOST};
            isolation.on_end = on_end;
            return run_isolated(library, "hostile-1", node, log, clock, isolation);
        };
        const auto told = [this](const Transition& transition) {
            const std::lock_guard lock(mutex);
            transitions.push_back(transition);
            changed.notify_all();
        };
        instance = supervise(file->manifest, "hostile-1", start_process, supervision, told, entropy,
                             log, clock);
        const auto config = (*Configuration::load(file->config_schema))->from_json("{}");
        REQUIRE(instance->configure(*config).has_value());
        started = instance->start();
    }

    Result<Bytes> tell(const std::string& act, Duration limit = ample) {
        capnp::MallocMessageBuilder built;
        auto request = built.initRoot<plugin::schema::Deliver>();
        request.setConversation(to_data(bytes_of(std::string(16, 'c'))));
        request.initMessage().setText(to_text(act));
        return instance->call(SANAD_M_DELIVER, flatten(built), limit);
    }
    // Waits until it has been in `state` `times` times.
    Transition wait_for(InstanceState state, int times = 1) {
        std::unique_lock lock(mutex);
        const auto nth = [&]() -> const Transition* {
            int left = times;
            for (const auto& transition : transitions)
                if (transition.to == state && --left == 0) return &transition;
            return nullptr;
        };
        REQUIRE(changed.wait_for(lock, ample, [&] { return nth() != nullptr; }));
        return *nth();
    }
    void crash(int times) {
        for (int n = 1; n <= times; ++n) {
            wait_for(InstanceState::running, n);
            CHECK(tell("segv").error().fault == Fault::closed);
        }
    }
};

TEST_CASE("a plugin that crashes runs again, and tells why") {
    Supervised supervised;
    supervised.crash(1);
    const auto fell = supervised.wait_for(InstanceState::restarting);
    CHECK(fell.reason == EndReason::crash);
    CHECK(fell.how == "SIGSEGV");
    CHECK(supervised.wait_for(InstanceState::running, 2).reason == EndReason::automatic);
    CHECK(supervised.tell("anything").has_value());
    CHECK(supervised.instance->state() == InstanceState::running);
    CHECK(supervised.instance->standing().crashes == 1);
    CHECK(supervised.instance->standing().transitions.size() == 3);
    CHECK(supervised.log.holds("plugin.supervised plugin=hostile-1 state=restarting reason=crash"));
}

TEST_CASE("while there is no process a call is to be made again later") {
    Supervision supervision = quick();
    supervision.first_pause = supervision.longest_pause = Duration(3'600'000);
    Supervised supervised(supervision);
    supervised.crash(1);
    supervised.wait_for(InstanceState::restarting);
    CHECK(supervised.tell("anything").error().fault == Fault::busy);
    CHECK(supervised.instance->drain().has_value());
    CHECK(supervised.instance->stop().has_value());
    CHECK(children() == 0);
}

TEST_CASE("each crash makes the pause longer, up to its limit") {
    Supervision supervision = quick();
    supervision.first_pause = Duration(40);
    supervision.longest_pause = Duration(100);
    Supervised supervised(supervision);
    supervised.crash(4);
    const auto pause = [&](int crash) {
        return supervised.wait_for(InstanceState::running, crash + 1).at -
               supervised.wait_for(InstanceState::restarting, crash).at;
    };
    // A quarter shorter by chance at most; a busy machine only makes them longer.
    CHECK(pause(1) >= Duration(30));
    CHECK(pause(2) >= Duration(60));
    CHECK(pause(3) >= Duration(75));
    supervised.instance->stop();
}

TEST_CASE("a plugin that crashes too often is left alone until a person decides") {
    Supervised supervised;
    supervised.crash(5);
    const auto left = supervised.wait_for(InstanceState::quarantined);
    CHECK(left.reason == EndReason::crash);
    CHECK(left.how == "SIGSEGV");
    CHECK(supervised.instance->state() == InstanceState::quarantined);
    CHECK(supervised.tell("anything").error().fault == Fault::busy);
    CHECK(children() == 0);
    CHECK(supervised.log.holds("error plugin.supervised plugin=hostile-1 state=quarantined"));

    REQUIRE(supervised.instance->resume().has_value());
    CHECK(supervised.wait_for(InstanceState::running, 6).reason == EndReason::requested);
    CHECK(supervised.tell("anything").has_value());
    CHECK(supervised.instance->standing().crashes == 0);
    CHECK(supervised.instance->resume().error().fault == Fault::denied);
}

TEST_CASE("crashes that lie far apart do not add up") {
    Supervision supervision = quick();
    supervision.crash_window = Duration(0);
    supervision.first_pause = supervision.longest_pause = Duration(2);
    Supervised supervised(supervision);
    supervised.crash(7);
    supervised.wait_for(InstanceState::running, 8);
    CHECK(supervised.tell("anything").has_value());
    CHECK(supervised.instance->standing().transitions.size() == transitions_kept);
}

TEST_CASE("a plugin that breaks the rules of the conversation is not tried again") {
    Supervised supervised;
    (void)supervised.tell("a frame of no kind");
    const auto left = supervised.wait_for(InstanceState::quarantined);
    CHECK(left.reason == EndReason::bad_message);
    CHECK(left.how == "kind of frame");
}

TEST_CASE("a plugin that hangs while nobody calls it is found and runs again") {
    Supervision supervision = quick();
    supervision.health_each = Duration(20);
    supervision.health_limit = Duration(500);
    Supervised supervised(supervision);
    supervised.wait_for(InstanceState::running);
    REQUIRE(supervised.tell("hang in an event").has_value());
    CHECK(supervised.wait_for(InstanceState::restarting).reason == EndReason::hang);
    supervised.wait_for(InstanceState::running, 2);
    const auto healthy = [&] {
        return supervised.instance->standing().health.state == Health::State::ok;
    };
    const Duration until = supervised.clock.elapsed() + ample;
    while (!healthy() && supervised.clock.elapsed() < until) std::this_thread::yield();
    CHECK(healthy());
}

TEST_CASE("a plugin that cannot even be loaded is quarantined, and the node goes on") {
    Supervised supervised(quick(), AT_LOAD_FOLDER "/at-load-exits.so");
    CHECK(supervised.started.has_value());
    CHECK(supervised.wait_for(InstanceState::quarantined).reason == EndReason::crash);
    CHECK(supervised.instance->standing().crashes == 5);
}

TEST_CASE("a plugin that refuses its first start is told to the person who started the node") {
    Supervised supervised(quick(), AT_LOAD_FOLDER "/at-load-liar.so");
    CHECK(supervised.started.error().fault == Fault::malformed);
    CHECK(supervised.transitions.empty());
}

TEST_CASE("an instance that is dropped at any moment leaves no process behind") {
    Supervision supervision = quick();
    supervision.crashes_max = 1'000;
    for (int n = 0; n < 20; ++n) {
        Supervised supervised(supervision);
        supervised.crash(1 + n % 3);
    }
    CHECK(children() == 0);
}

}  // namespace
}  // namespace sanad::plugins
