#include "core/plugins/isolated_instance.h"

#include "tests/unit/plugins/hostile_plugin.h"

#include <sys/syscall.h>
#include <unistd.h>

namespace sanad::plugins {
namespace {

// This machine's own gaps are told by the run, and leave the tests that need the part.
bool has_landlock() {
    if (::syscall(SYS_landlock_create_ruleset, nullptr, 0, 1) > 0) return true;
    WARN("this kernel has no Landlock: not shown");
    return false;
}

Isolation around(Sandbox sandbox = Sandbox::required) {
    Isolation isolation{PLUGIN_HOST};
    isolation.sandbox = sandbox;
    return isolation;
}

TEST_CASE("what a plugin may not have is refused, and it goes on") {
    if (!has_landlock()) return;
    const auto [act, answer] = GENERATE(table<std::string, std::string>({
        {"read a file", "EPERM"},
        {"read a file in a thread", "EPERM"},
        {"read a library", "EPERM"},
        {"list a folder", "EPERM"},
        {"look at a file", "EPERM"},
        {"write a file", "EPERM"},
        {"remove a file", "EPERM"},
        {"make a socket", "EPERM"},
        {"make a local socket", "EPERM"},
        {"make a pair of sockets", "EPERM"},
        {"make memory a program", "EPERM"},
        {"map a program", "EPERM"},
        {"raise a limit", "EPERM"},
        {"become traceable", "EPERM"},
        {"outlive the node", "EPERM"},
        {"change the folder", "EPERM"},
        {"get rights", "EPERM"},
        {"take descriptors", "60"},  // 64, and it has four
        {"start a thread", "done"},
        {"take 64 MiB", "done"},
    }));
    Hostile hostile;
    CHECK(*hostile.tell(act) == answer);
    CHECK(*hostile.tell("anything") == "well behaved");
}

TEST_CASE("what no plugin has an honest use for ends its process") {
    if (!has_landlock()) return;
    const auto act = GENERATE("fork", "fork without end", "spawn", "exec", "trace the node",
                              "read the node's memory", "kill the node", "queue work in the kernel",
                              "leave its namespaces");
    Hostile hostile;
    CHECK(hostile.tell(act).error().fault == Fault::closed);
    CHECK(hostile.end().reason == EndReason::forbidden);
    CHECK(hostile.end().how == "SIGSYS");
    CHECK(hostile.log.holds("plugin.ended plugin=hostile-1 reason=forbidden how=SIGSYS"));
    CHECK(children() == 0);
}

#if defined(__x86_64__)
TEST_CASE("the system calls of another kind of program do not pass by the table") {
    Hostile hostile;
    CHECK(hostile.tell("make a system call of another kind").error().fault == Fault::closed);
    CHECK(hostile.end().reason == EndReason::forbidden);
}
#endif

TEST_CASE("a library is confined before its own code runs") {
    if (!has_landlock()) return;
    TakingNode node;
    RecordingLog log;
    SystemClock clock;
    const auto load = [&](const std::string& act) {
        return run_isolated(AT_LOAD_FOLDER "/at-load-" + act + ".so", "x", node, log, clock,
                            around())
            .error()
            .fault;
    };
    CHECK(load("tries") == Fault::unsupported);  // nothing was granted: it came to create
    for (const std::string act : {"forks", "execs", "traces", "kills"}) {
        const auto before = log.lines().size();
        CHECK(load(act) == Fault::closed);
        REQUIRE(log.lines().size() == before + 1);
        CHECK(log.lines().back() == "error plugin.ended plugin=x reason=forbidden how=SIGSYS");
    }
    CHECK(children() == 0);
}

TEST_CASE("where a part of the sandbox is missing a plugin does not run, unless that is allowed") {
    const auto [lacks, what] = GENERATE(
        table<std::string, std::string>({{"landlock", "landlock"}, {"seccomp", "seccomp"}}));
    TakingNode node;
    RecordingLog log;
    SystemClock clock;
    Isolation isolation = around();
    isolation.program = HOST_LACKS_FOLDER "/host-lacks-" + lacks;
    const auto refused = run_isolated(HOSTILE_PLUGIN, "x", node, log, clock, isolation);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().fault == Fault::denied);
    CHECK(refused.error().detail.ends_with("this machine lacks " + what));

    isolation.sandbox = Sandbox::if_possible;
    Hostile hostile(isolation);
    CHECK(*hostile.tell("anything") == "well behaved");
    CHECK(hostile.log.holds("warn plugin.sandbox_lacks plugin=hostile-1 what=" + what));
    // The other part still holds.
    if (lacks == "landlock") CHECK(*hostile.tell("make a socket") == "EPERM");
    if (lacks == "seccomp" && has_landlock()) CHECK(*hostile.tell("read a file") == "EACCES");
}

TEST_CASE("a plugin that takes memory without end is refused it") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    WARN("a sanitizer needs more addresses than the limit allows: not shown");
#else
    Hostile hostile;
    CHECK(*hostile.tell("take 1 GiB") == "ENOMEM");
    CHECK(*hostile.tell("anything") == "well behaved");
#endif
}

TEST_CASE("a plugin that is handed sockets has descriptors for them, and can make none") {
    if (!has_landlock()) return;
    Broker broker({"net.listen:listen"}, {});
    Isolation isolation = around();
    isolation.broker = &broker;
    Hostile hostile(isolation);
    CHECK(*hostile.tell("take descriptors") == "12540");
    CHECK(*hostile.tell("make a socket") == "EPERM");
    CHECK(*hostile.tell("read a file") == "EPERM");
}

TEST_CASE("a plugin with sockets of its own makes those of the internet, and no other kind") {
    if (!has_landlock()) return;
    Broker broker({"net.own"}, {});
    Isolation isolation = around();
    isolation.broker = &broker;
    Hostile hostile(isolation);
    CHECK(*hostile.tell("make a socket for datagrams") == "done");
    CHECK(*hostile.tell("make a raw socket") == "EPERM");
    CHECK(*hostile.tell("make a local socket") == "EPERM");
    CHECK(*hostile.tell("make a pair of sockets") == "EPERM");
    CHECK(*hostile.tell("read a file") == "EPERM");
}

}  // namespace
}  // namespace sanad::plugins
