#include "core/plugins/isolated_instance.h"

#include "core/base/message.h"
#include "core/plugins/configuration.h"
#include "core/plugins/library.h"
#include "tests/unit/plugins/recording_log.h"

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>

#include <catch2/catch.hpp>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>

namespace sanad::plugins {
namespace {

namespace schema = plugin::schema;
constexpr Duration ample{20'000};
constexpr Duration brief{50};

// A node that takes every submission, and can make all of them wait for each other.
class Node final : public HostServices {
public:
    sanad_status call(std::string_view, std::uint32_t, ByteView request, Reply& reply) override {
        const auto sound =
            read_message<schema::Submit>(request, [](auto) { return Result<bool>(true); });
        if (!sound) return SANAD_E_INVALID;
        {
            std::unique_lock lock(mutex_);
            ++here_;
            changed_.notify_all();
            changed_.wait_for(lock, ample, [this] { return here_ >= together_; });
        }
        capnp::MallocMessageBuilder built;
        built.initRoot<schema::SubmitReply>().setSeq(1);
        return reply.send(flatten(built));
    }
    void wait_until_together(int calls) {
        const std::lock_guard lock(mutex_);
        together_ = calls;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int here_ = 0;
    int together_ = 0;
};

// How many children this process has.
std::size_t children() {
    std::size_t count = 0;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream file(task.path() / "children");
        count +=
            static_cast<std::size_t>(std::distance(std::istream_iterator<std::string>(file), {}));
    }
    return count;
}

struct Hostile {
    Node node;
    RecordingLog log;
    SystemClock clock;
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Ending> ending;
    std::unique_ptr<Instance> instance;

    explicit Hostile(InstanceLimits limits = {}) {
        Isolation isolation{PLUGIN_HOST, limits};
        isolation.on_end = [this](const Ending& how) {
            const std::lock_guard lock(mutex);
            ending = how;
            changed.notify_all();
        };
        instance = *run_isolated(HOSTILE_PLUGIN, "hostile-1", node, log, clock, isolation);
        const auto file = read_plugin(std::filesystem::path(HOSTILE_PLUGIN));
        const auto config = (*Configuration::load(file->config_schema))->from_json("{}");
        REQUIRE(instance->configure(*config).has_value());
        REQUIRE(instance->start().has_value());
    }

    Result<std::string> tell(const std::string& act, Duration limit = ample) {
        capnp::MallocMessageBuilder built;
        auto request = built.initRoot<schema::Deliver>();
        request.setConversation(to_data(bytes_of(std::string(16, 'c'))));
        request.initMessage().setText(to_text(act));
        const auto answer = instance->call(SANAD_M_DELIVER, flatten(built), limit);
        if (!answer) return std::unexpected(answer.error());
        return read_message<schema::Outcome>(*answer, [](schema::Outcome::Reader outcome) {
            return Result<std::string>(from_text(outcome.getReference()));
        });
    }
    // What became of the process; waits for it.
    Ending end() {
        std::unique_lock lock(mutex);
        REQUIRE(changed.wait_for(lock, ample, [this] { return ending.has_value(); }));
        return *ending;
    }
};

TEST_CASE("an isolated plugin has one descriptor and no environment") {
    Hostile hostile;
    CHECK(*hostile.tell("which descriptors") == "0 1 2 3 4 ");  // 4: its own library
    CHECK(*hostile.tell("which environment") == "none");
}

TEST_CASE("threads of an isolated plugin ask the node at once, while the node waits for it") {
    Hostile hostile;
    hostile.node.wait_until_together(4);
    CHECK(*hostile.tell("ask from threads") == "4");
}

TEST_CASE("a plugin that ends takes its call with it and nothing else") {
    const auto [act, how] = GENERATE(table<std::string, std::string>(
        {{"exit", "exit 0"}, {"segv", "SIGSEGV"}, {"deep", "SIGSEGV"}}));
    Hostile hostile;
    CHECK(hostile.tell(act).error().fault == Fault::closed);
    CHECK(hostile.end().reason == EndReason::crash);
    CHECK(hostile.end().how == how);
    CHECK(hostile.instance->state() == InstanceState::crashed);
    CHECK(hostile.tell("anything").error().fault == Fault::busy);
    CHECK(hostile.instance->drain().error().fault == Fault::busy);
    CHECK(hostile.log.holds("error plugin.ended plugin=hostile-1 reason=crash how=" + how));
    hostile.instance.reset();
    CHECK(children() == 0);
}

TEST_CASE("a plugin that does not answer is killed at the end of its limit") {
    Hostile hostile;
    CHECK(hostile.tell("hang", brief).error().fault == Fault::expired);
    CHECK(hostile.end().reason == EndReason::hang);
    CHECK(hostile.instance->state() == InstanceState::crashed);
    CHECK(children() == 0);
}

TEST_CASE("a plugin that hangs between two calls is found by the next one") {
    Hostile hostile;
    CHECK(hostile.tell("hang in an event").has_value());
    CHECK(hostile.tell("anything", brief).error().fault == Fault::expired);
    CHECK(hostile.end().reason == EndReason::hang);
}

TEST_CASE("a plugin that does not stop is ended all the same") {
    InstanceLimits limits;
    limits.stop = brief;
    Hostile hostile(limits);
    CHECK(hostile.tell("hang at stop").has_value());
    CHECK(hostile.instance->stop().error().fault == Fault::expired);
    hostile.instance.reset();
    CHECK(children() == 0);
}

TEST_CASE("a plugin that closes its socket is ended") {
    Hostile hostile;
    const auto act = GENERATE("close the socket", "an empty frame");
    // The host's own thread may still hold the socket: then it is silence that ends it.
    const auto fault = hostile.tell(act, Duration(500)).error().fault;
    CHECK((fault == Fault::closed || fault == Fault::expired));
    CHECK(hostile.end().reason != EndReason::requested);
    CHECK(children() == 0);
}

TEST_CASE("a plugin that breaks the rules of the conversation is killed for it") {
    const auto [act, how] = GENERATE(table<std::string, std::string>(
        {{"half a frame", "no frame"},
         {"lie about a size", "a frame of another size than it says"},
         {"a frame of no kind", "kind of frame"},
         {"a frame of the node's", "kind of frame"},
         {"answer another's request", "answer to nothing"},
         {"answer twice", "answer to nothing"},
         {"flood the log", "flood of log lines"}}));
    Hostile hostile;
    (void)hostile.tell(act);
    CHECK(hostile.end().reason == EndReason::bad_message);
    CHECK(hostile.end().how == how);
    CHECK(hostile.instance->state() == InstanceState::crashed);
    CHECK(children() == 0);
}

TEST_CASE("a plugin may ask three times for what its kind may not") {
    Hostile hostile;
    CHECK(*hostile.tell("call what is denied") == std::to_string(SANAD_E_DENIED));
    CHECK(*hostile.tell("call what is denied") == std::to_string(SANAD_E_DENIED));
    CHECK(hostile.tell("call what is denied").error().fault == Fault::closed);
    CHECK(hostile.end().reason == EndReason::bad_message);
}

TEST_CASE("garbage in a plugin's calls is answered, and it goes on") {
    Hostile hostile;
    CHECK(hostile.tell("garbage").has_value());
    CHECK(*hostile.tell("anything") == "well behaved");
}

TEST_CASE("a plugin that logs too much is cut short and lives") {
    Hostile hostile;
    CHECK(hostile.tell("log a lot").has_value());
    CHECK(*hostile.tell("anything") == "well behaved");
    CHECK(hostile.log.lines().size() < 200);
}

TEST_CASE("what is no plugin, or another than it says, does not come to life") {
    Node node;
    RecordingLog log;
    SystemClock clock;
    const auto error = [&](const std::string& file, Isolation isolation) {
        return run_isolated(file, "x", node, log, clock, isolation).error();
    };
    CHECK(error("absent.so", {PLUGIN_HOST}).fault == Fault::not_found);
    CHECK(error(PLUGIN_HOST, {PLUGIN_HOST}).fault == Fault::not_found);  // a library, no plugin
    CHECK(error(ECHO_PLUGIN, {"absent"}).fault == Fault::not_found);
    CHECK(error(ECHO_PLUGIN, {"/dev/null"}).fault == Fault::denied);
    CHECK(error(ECHO_PLUGIN, {"/bin/true"}).fault == Fault::closed);
    CHECK(error(AT_LOAD_FOLDER "/at-load-liar.so", {PLUGIN_HOST}).fault == Fault::malformed);
    CHECK(Library::load(AT_LOAD_FOLDER "/at-load-liar.so").error().fault == Fault::malformed);
    CHECK(error(AT_LOAD_FOLDER "/at-load-exits.so", {PLUGIN_HOST}).fault == Fault::closed);
    Isolation impatient{PLUGIN_HOST};
    impatient.load = Duration(500);
    CHECK(error(AT_LOAD_FOLDER "/at-load-spins.so", impatient).fault == Fault::expired);
    CHECK(children() == 0);
}

}  // namespace
}  // namespace sanad::plugins
