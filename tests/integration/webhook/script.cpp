#include "tests/integration/webhook/script.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

extern char** environ;

namespace sanad::test {
namespace {

constexpr int line_wait_ms = 20'000;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    if (!value) throw std::runtime_error(std::string(name) + " is not set: run this test by meson");
    return value;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

}  // namespace

Script::Script(const std::string& name, const std::vector<std::string>& arguments,
               const Environment& environment) {
    int to[2];
    int from[2];
    if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0)
        throw std::runtime_error("no pipe");
    std::vector<std::string> words{variable("SANAD_NODE"), variable("SANAD_SCRIPTS") + "/" + name};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables;
    for (char** entry = environ; *entry; ++entry) variables.emplace_back(*entry);
    for (const auto& [key, value] : environment) variables.push_back(key + "=" + value);

    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, to[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, from[1], 1);
    const int failed = ::posix_spawn(&process_, words[0].c_str(), &actions, nullptr,
                                     pointers(words).data(), pointers(variables).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(to[0]);
    ::close(from[1]);
    input_ = to[1];
    output_ = from[0];
    if (failed != 0) throw std::runtime_error(name + " cannot be run");
}

Script::~Script() {
    ::close(input_);  // it watches its stdin
    ::close(output_);
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
}

std::string Script::next_line() {
    for (;;) {
        const auto end = unread_.find('\n');
        if (end != std::string::npos) {
            std::string line = unread_.substr(0, end);
            unread_.erase(0, end + 1);
            return line;
        }
        pollfd ready{output_, POLLIN, 0};
        if (::poll(&ready, 1, line_wait_ms) <= 0) return {};
        std::array<char, 4096> part{};
        const ssize_t got = ::read(output_, part.data(), part.size());
        if (got <= 0) return {};
        unread_.append(part.data(), static_cast<std::size_t>(got));
    }
}

Receiver::Receiver(std::vector<std::string> arguments, const Environment& environment)
    : Script("receiver.mjs", (arguments.emplace_back("--watch-stdin"), arguments), environment),
      url_(text_in(next_line(), "url")) {
    if (url_.empty()) throw std::runtime_error("the receiver does not listen");
}

std::string text_in(const std::string& line, const std::string& field) {
    const std::string marker = "\"" + field + "\":\"";
    const auto at = line.find(marker);
    if (at == std::string::npos) return {};
    const auto begin = at + marker.size();
    return line.substr(begin, line.find('"', begin) - begin);
}

}  // namespace sanad::test
