#include "core/plugins/isolated_instance.h"

#include "core/plugins/library.h"
#include "tests/unit/plugins/hostile_plugin.h"

namespace sanad::plugins {
namespace {

constexpr Duration brief{50};

TEST_CASE("an isolated plugin has one descriptor and no environment") {
    Hostile hostile;
    CHECK(*hostile.tell("which descriptors") == "0 1 2 3 ");
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
    Isolation isolation{PLUGIN_HOST};
    isolation.limits.stop = brief;
    Hostile hostile(isolation);
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
    TakingNode node;
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
