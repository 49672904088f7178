#include "tests/support/postgres_cluster.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace sanad::test {

namespace {

// The program writes plain texts only.
std::string member(const std::string& json, const std::string& name) {
    const std::string before = "\"" + name + "\": \"";
    const auto begin = json.find(before);
    if (begin == json.npos) throw std::runtime_error("no " + name + " in " + json);
    const auto from = begin + before.size();
    return json.substr(from, json.find('"', from) - from);
}

}  // namespace

PostgresCluster::PostgresCluster(std::vector<std::string> arguments) {
    std::array<int, 2> in{}, out{};
    if (::pipe2(in.data(), O_CLOEXEC) != 0 || ::pipe2(out.data(), O_CLOEXEC) != 0)
        throw std::runtime_error("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    arguments.insert(arguments.begin(), {"python3", POSTGRES_CLUSTER});
    std::vector<char*> words;
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    const int failed =
        ::posix_spawnp(&program_, "python3", &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    to_ = in[1];
    from_ = out[0];
    if (failed != 0) throw std::runtime_error("cannot start the server's program");
    const std::string facts = read_line();
    connection_ = member(facts, "connection");
    admin_ = member(facts, "admin");
    data_ = member(facts, "data");
}

PostgresCluster::~PostgresCluster() {
    ::close(to_);
    ::close(from_);
    int status = 0;
    ::waitpid(program_, &status, 0);
}

std::string PostgresCluster::read_line() {
    std::string line;
    char byte = 0;
    while (::read(from_, &byte, 1) == 1) {
        if (byte == '\n') return line;
        line += byte;
    }
    throw std::runtime_error("the server's program has ended");
}

void PostgresCluster::tell(std::string_view word) {
    const std::string line = std::string(word) + "\n";
    if (::write(to_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        throw std::runtime_error("the server's program has ended");
    if (read_line() != word) throw std::runtime_error("not done: " + line);
}

PostgresCluster& postgres_cluster() {
    static PostgresCluster cluster;
    return cluster;
}

}  // namespace sanad::test
