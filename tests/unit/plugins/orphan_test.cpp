#include "core/base/descriptor.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

namespace sanad::plugins {
namespace {

struct Holder {
    pid_t process = 0;
    Descriptor out;

    explicit Holder(std::string act) {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        out = Descriptor(ends[0]);
        const Descriptor in(ends[1]);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, in.get(), 1);
        std::string name = HELD_PLUGIN;
        char* words[] = {name.data(), act.data(), nullptr};
        REQUIRE(::posix_spawn(&process, name.c_str(), &actions, nullptr, words, environ) == 0);
        ::posix_spawn_file_actions_destroy(&actions);
    }
    std::string line() {
        std::array<char, 16> said{};
        const ssize_t got = ::read(out.get(), said.data(), said.size());
        return {said.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
    }
};

TEST_CASE("when the node is killed, its plugins' processes end, also one that hangs") {
    const std::string act = GENERATE("idle", "hang", "close the socket");
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // what is left behind becomes ours, so that we see it
    Holder node(act);
    REQUIRE(node.line() == "ready\n");
    ::kill(node.process, SIGKILL);
    REQUIRE(::waitpid(node.process, nullptr, 0) == node.process);

    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    pid_t found = 0;
    while ((found = ::waitpid(-1, nullptr, WNOHANG)) == 0 &&
           std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
    CHECK(found > 0);  // the plugin's process, ended
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

}  // namespace
}  // namespace sanad::plugins
