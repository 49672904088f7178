#pragma once

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace sanad::test {

struct Ended {
    int code = -1;  // -1: by a signal
    std::string out, err;
};

/// Runs a program to its end, with nothing of our environment but PATH.
/// out  where its standard output goes instead of into `out`; empty: nowhere else
/// in   the file that is its standard input
inline Ended run_program(const std::string& file, const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& environment = {},
                         const std::string& out = {}, const std::string& in = "/dev/null") {
    std::array<int, 2> to_out{}, to_err{};
    if (::pipe2(to_out.data(), O_CLOEXEC) != 0 || ::pipe2(to_err.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, in.c_str(), O_RDONLY, 0);
    if (out.empty())
        posix_spawn_file_actions_adddup2(&actions, to_out[1], 1);
    else
        posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, to_err[1], 2);

    std::vector<std::string> words{file}, variables{"PATH=/usr/bin:/bin"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
    const auto pointers = [](std::vector<std::string>& texts) {
        std::vector<char*> all;
        for (std::string& text : texts) all.push_back(text.data());
        all.push_back(nullptr);
        return all;
    };
    pid_t child = 0;
    const int failed = ::posix_spawn(&child, file.c_str(), &actions, nullptr,
                                     pointers(words).data(), pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    ::close(to_out[1]);
    ::close(to_err[1]);
    if (failed != 0) throw std::runtime_error("cannot start " + file);

    Ended ended;
    std::array<pollfd, 2> ends{{{to_out[0], POLLIN, 0}, {to_err[0], POLLIN, 0}}};
    std::array<char, 4096> chunk;
    for (int open = 2; open > 0;) {
        ::poll(ends.data(), ends.size(), -1);
        for (std::size_t i = 0; i < ends.size(); ++i) {
            if (ends[i].revents == 0) continue;
            const auto got = ::read(ends[i].fd, chunk.data(), chunk.size());
            if (got > 0) (i == 0 ? ended.out : ended.err).append(chunk.data(), std::size_t(got));
            if (got > 0) continue;
            ::close(ends[i].fd);
            ends[i].fd = -1;
            --open;
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
    return ended;
}

}  // namespace sanad::test
