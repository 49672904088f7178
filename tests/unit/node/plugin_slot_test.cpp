#include "core/node/plugin_slot.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <random>
#include <set>

namespace sanad::node {
namespace {

using Change = PluginSlot::Change;

// The world of a slot: how many lives there are, and what each does.
struct World {
    std::mutex mutex;
    int there = 0;  // lives that run
    int most = 0;
    int fed = 0;  // lives that have the outbox
    bool breaks_rule = false;
    bool enabled = true;
    int version = 1;  // of what is made
    int versions_back = 0;
    std::set<int> does_not_start, cannot_be_made;
    std::vector<std::string> steps, told;
    Duration elapsed{0};

    void step(const std::string& what) { steps.push_back(what); }
};

class FakeLife final : public PluginLife {
public:
    FakeLife(World& world, int version) : world_(world), version_(version) {}

    Result<void> start() override {
        const std::lock_guard lock(world_.mutex);
        world_.step("start " + version());
        world_.most = std::max(world_.most, ++world_.there);
        running_ = true;
        return {};
    }
    Result<void> check() override {
        const std::lock_guard lock(world_.mutex);
        if (!world_.does_not_start.contains(version_)) return {};
        return fail(Fault::closed, "its process ended at once");
    }
    ~FakeLife() override {
        const std::lock_guard lock(world_.mutex);
        if (fed_) world_.breaks_rule = true;
        if (running_) --world_.there;
    }
    void feed() override {
        const std::lock_guard lock(world_.mutex);
        world_.step("feed " + version());
        fed_ = true;
        if (++world_.fed != 1) world_.breaks_rule = true;  // two would give it out twice
    }
    void hold() override {
        const std::lock_guard lock(world_.mutex);
        world_.step("hold " + version());
        if (fed_) --world_.fed;
        fed_ = false;
    }
    void drain() override {
        const std::lock_guard lock(world_.mutex);
        world_.step("drain " + version());
        // Who takes its place is there already, but when it is switched off.
        if (world_.there == 1 && world_.enabled) world_.breaks_rule = true;
    }
    void stop() override {
        const std::lock_guard lock(world_.mutex);
        world_.step("stop " + version());
        if (running_) --world_.there;
        running_ = false;
    }
    void stand_in() override {
        const std::lock_guard lock(world_.mutex);
        world_.step("stand in");
    }
    void let_go() override {}
    Result<std::unique_ptr<PluginLife>> again(const PluginLife&, std::uint64_t) override {
        return std::make_unique<FakeLife>(world_, version_);
    }
    std::string version() const override { return std::to_string(version_); }
    void wake() override {}
    Result<void> resume() override { return {}; }
    void describe(api::NodeControl::Plugin& facts) const override {
        facts.version = version();
        facts.state = "running";
    }

private:
    World& world_;
    const int version_;
    bool running_ = false, fed_ = false;
};

struct Place {
    World world;
    PluginSlot slot{"chat", acts()};

    PluginSlot::Acts acts() {
        return {.make = [this](PluginLife*, std::uint64_t) -> Result<std::unique_ptr<PluginLife>> {
                    const std::lock_guard lock(world.mutex);
                    if (world.cannot_be_made.contains(world.version))
                        return fail(Fault::untrusted, "is not signed");
                    return std::make_unique<FakeLife>(world, world.version);
                },
                .roll_back = [this]() -> Result<void> {
                    const std::lock_guard lock(world.mutex);
                    world.version = world.version == 1 ? 2 : 1;
                    ++world.versions_back;
                    return {};
                },
                .keep =
                    [this](const PluginLife& runs) {
                        const std::lock_guard lock(world.mutex);
                        world.step("keep " + runs.version());
                        world.version = std::stoi(runs.version());
                    },
                .remember = [this](bool enabled) -> Result<void> {
                    const std::lock_guard lock(world.mutex);
                    world.enabled = enabled;
                    return {};
                },
                .now = [] { return Time(0); },
                .elapsed = [this] { return world.elapsed; },
                .tell =
                    [this](const std::string& event, const std::string&) {
                        const std::lock_guard lock(world.mutex);
                        world.told.push_back(event);
                    }};
    }

    Result<std::string> change(Change change) {
        std::promise<Result<std::string>> answer;
        slot.ask(change, [&](const Result<std::string>& state) { answer.set_value(state); });
        return answer.get_future().get();
    }
    // Behind everything that was asked for.
    void settle() { (void)change(Change::enable); }
    std::vector<std::string> steps() {
        const std::lock_guard lock(world.mutex);
        return std::exchange(world.steps, {});
    }
};

}  // namespace

TEST_CASE("a new version is there before the old one goes, and the outbox has one reader") {
    Place place;
    REQUIRE(place.slot.start(true).has_value());
    place.steps();
    place.world.version = 2;
    CHECK(place.change(Change::reload).value() == "running 2");
    CHECK(place.steps() ==
          std::vector<std::string>{"hold 1", "start 2", "drain 1", "feed 2", "stop 1"});
    const auto facts = place.slot.facts();
    CHECK(facts.version == "2");
    REQUIRE_FALSE(facts.transitions.empty());
    CHECK(facts.transitions.back().reason == "upgrade");
    CHECK(facts.transitions.back().how == "1 to 2, 0 ms");
}

TEST_CASE("a new version that does not start leaves the old one as it is, and says why") {
    Place place;
    REQUIRE(place.slot.start(true).has_value());
    place.steps();
    place.world.version = 2;
    place.world.does_not_start.insert(2);
    const auto changed = place.change(Change::reload);
    REQUIRE_FALSE(changed.has_value());
    CHECK(changed.error().detail == "2 does not run, and 1 goes on: its process ended at once");
    CHECK(place.steps() == std::vector<std::string>{"hold 1", "start 2", "feed 1", "keep 1"});
    CHECK(place.slot.facts().version == "1");
    CHECK(place.world.version == 1);  // what a restart would make
    CHECK(place.world.told == std::vector<std::string>{"plugin.not_replaced"});
    CHECK(place.world.there == 1);
}

TEST_CASE("a version that cannot even be made costs the running one nothing") {
    Place place;
    REQUIRE(place.slot.start(true).has_value());
    place.steps();
    place.world.version = 2;
    place.world.cannot_be_made.insert(2);
    CHECK(place.change(Change::reload).error().detail == "is not signed");
    CHECK(place.steps() == std::vector<std::string>{"keep 1"});
    CHECK(place.slot.facts().version == "1");
}

TEST_CASE("a new version that falls in its first seconds makes room for the one before") {
    Place place;
    REQUIRE(place.slot.start(true).has_value());
    place.world.version = 2;
    REQUIRE(place.change(Change::reload).has_value());
    place.steps();
    SECTION("in its first seconds") {
        place.world.elapsed = plugin_probation - Duration(1);
        place.slot.fell(2, "SIGSEGV");
        place.settle();
        CHECK(place.steps() ==
              std::vector<std::string>{"hold 2", "start 1", "feed 1", "stop 2", "keep 1"});
        CHECK(place.slot.facts().version == "1");
        CHECK(place.slot.facts().transitions.back().how == "2 ended (SIGSEGV), back to 1");
    }
    SECTION("later it is looked after like any other") {
        place.world.elapsed = plugin_probation;
        place.slot.fell(2, "SIGSEGV");
        place.settle();
        CHECK(place.slot.facts().version == "2");
    }
    SECTION("that a former one fell is no matter") {
        place.slot.fell(1, "SIGSEGV");
        place.settle();
        CHECK(place.slot.facts().version == "2");
    }
}

TEST_CASE("what is switched off stays off, and leaves a page in its place") {
    Place place;
    REQUIRE(place.slot.start(true).has_value());
    place.steps();
    CHECK(place.change(Change::disable).value() == "disabled");
    CHECK(place.steps() == std::vector<std::string>{"hold 1", "drain 1", "stop 1", "stand in"});
    CHECK(place.change(Change::reload).error().fault == Fault::denied);
    CHECK(place.change(Change::disable).value() == "disabled");
    CHECK(place.slot.facts().state == "disabled");
    CHECK_FALSE(place.world.enabled);
    CHECK(place.change(Change::enable).value() == "running 1");
    CHECK(place.world.enabled);
}

TEST_CASE("a rollback that fails leaves the installed version in use") {
    Place place;
    REQUIRE(place.slot.start(true).has_value());
    CHECK(place.change(Change::rollback).value() == "running 2");
    place.world.does_not_start.insert(1);
    CHECK_FALSE(place.change(Change::rollback).has_value());
    CHECK(place.world.version == 2);
    CHECK(place.slot.facts().version == "2");
}

TEST_CASE("a thousand changes in any order leave a plugin as it was asked for last") {
    for (unsigned seed = 1; seed <= 5; ++seed) {
        Place place;
        std::mt19937 chance(seed);
        REQUIRE(place.slot.start(true).has_value());
        constexpr int changes = 1000;
        std::atomic<int> answered = 0;
        bool on = true;
        for (int n = 0; n < changes; ++n) {
            const auto change = static_cast<Change>(chance() % 4);
            if (change == Change::enable) on = true;
            if (change == Change::disable) on = false;
            if (chance() % 3 == 0) {
                const std::lock_guard lock(place.world.mutex);
                place.world.version = static_cast<int>(1 + chance() % 2);
                place.world.does_not_start.clear();
                if (chance() % 4 == 0) place.world.does_not_start.insert(2);
            }
            if (chance() % 16 == 0) place.slot.fell(chance() % 64, "SIGSEGV");
            place.slot.ask(change, [&](const auto&) { ++answered; });
        }
        std::promise<Result<std::string>> last;
        place.slot.ask(on ? Change::enable : Change::disable,
                       [&](const auto& state) { last.set_value(state); });
        const auto state = last.get_future().get();
        CHECK(answered == changes);
        REQUIRE(state.has_value());
        CHECK(state->starts_with(on ? "running" : "disabled"));
        CHECK(place.world.enabled == on);
        CHECK(place.world.there == (on ? 1 : 0));
        CHECK(place.world.fed == (on ? 1 : 0));
        CHECK(place.world.most <= 2);
        CHECK_FALSE(place.world.breaks_rule);
        place.slot.stop();
        CHECK(place.world.there == 0);
        CHECK(place.world.fed == 0);
    }
}

TEST_CASE("changes that wait when the node stops are refused, and no more are taken") {
    Place place;
    REQUIRE(place.slot.start(true).has_value());
    place.slot.stop();
    std::promise<Result<std::string>> answer;
    place.slot.ask(Change::enable, [&](const auto& state) { answer.set_value(state); });
    CHECK_FALSE(answer.get_future().get().has_value());
    CHECK(place.world.there == 0);
}

}  // namespace sanad::node
