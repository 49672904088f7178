#include "tests/bench/countries.h"

#include "core/federation/directory_lines.h"
#include "core/node/ceremony.h"
#include "core/node/initialise.h"
#include "core/trust/keys.h"
#include "tests/bench/measure.h"

#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace sanad::bench {
namespace {

std::uint16_t free_port() {
    const int probe = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(probe, reinterpret_cast<sockaddr*>(&address), size) != 0) give_up("no free port");
    getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
    close(probe);
    return ntohs(address.sin_port);
}

node::NewNode initialise(const std::filesystem::path& folder, const char* country,
                         const std::string& listen, const std::filesystem::path& share,
                         const std::filesystem::path& plugins) {
    const SystemClock clock;
    trust::SystemEntropy entropy;
    NullLog log;
    node::InitialiseOptions options;
    options.folder = folder;
    options.country = country;
    options.listen = listen;
    if (!listen.empty()) options.endpoints = {listen};
    options.chat_port = 0;
    options.share = share;
    options.plugin_folders = {plugins};
    return need(node::initialise(options, clock, entropy, log), "init");
}

// The measured nodes run no plugin but the store: the chat page's part of node.toml goes.
void leave_out_plugins(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    const auto from = text.find("# The chat page");
    const auto to = text.find("# Who works here");
    if (from == std::string::npos || to == std::string::npos) give_up("node.toml has changed");
    std::ofstream(file) << text.erase(from, to - from);
}

/// A node with keys of its own that nobody keeps.
std::string ghost_line(const NodeId& id, Entropy& entropy, Time now) {
    const auto keys = node::generate_keys(entropy);
    federation::DirectoryNode ghost;
    ghost.id = id;
    ghost.country = "XG";
    ghost.name = id.text;
    ghost.languages = {"en"};
    ghost.keys =
        federation::sign_key_bundle(id, *keys.identity, keys.signing.public_key(),
                                    keys.sealing.public_key(), keys.transport.public_key(), now);
    return "node " + federation::format_node_line(ghost);
}

}  // namespace

std::vector<NodeId> ghost_ids(std::size_t count) {
    std::vector<NodeId> ids;
    for (std::size_t i = 0; i < count; ++i) ids.push_back({"xg.ghost" + std::to_string(i)});
    return ids;
}

std::vector<Country> federate(const std::filesystem::path& folder,
                              const std::filesystem::path& share,
                              const std::filesystem::path& plugins,
                              const std::vector<std::string>& codes, std::size_t ghosts) {
    const SystemClock clock;
    trust::SystemEntropy entropy;
    const auto steward =
        need(node::create_steward_key(folder / "steward", "bench", entropy), "steward");
    auto draft = need(node::create_directory({"bench", {steward}, 1}, clock.now()), "directory");
    std::vector<node::NewNode> made;
    for (const auto& code : codes) {
        const auto listen = made.empty() ? "" : "tcp://127.0.0.1:" + std::to_string(free_port());
        made.push_back(initialise(folder / code, code.c_str(), listen, share, plugins));
        draft = need(
            node::add_node(draft, made.back().node_line, node::directory_life_default, clock.now()),
            "add node");
    }
    for (const auto& id : ghost_ids(ghosts))
        draft = need(node::add_node(draft, ghost_line(id, entropy, clock.now()),
                                    node::directory_life_default, clock.now()),
                     "add ghost");
    const auto note = need(node::sign_directory(draft, folder / "steward"), "sign");
    const auto trust_text = node::write_trust(need(node::trust_of(note), "trust"));
    std::vector<Country> countries;
    for (const auto& one : made) {
        Country country{one.configuration, {}};
        need(node::install_directory(country.configuration, note, trust_text), "install directory");
        leave_out_plugins(country.configuration.file);
        country.configuration =
            need(node::load_configuration(country.configuration.file), "node.toml");
        country.vault_key =
            need(node::load_vault_key(country.configuration.vault, {}), "vault key");
        countries.push_back(std::move(country));
    }
    return countries;
}

Process::Process(const std::string& program, const std::filesystem::path& config) {
    int out[2];
    if (pipe(out) != 0) give_up("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    const std::string file = config.string();
    const char* arguments[] = {program.c_str(), "--config", file.c_str(), nullptr};
    if (posix_spawn(&pid_, program.c_str(), &actions, nullptr, const_cast<char**>(arguments),
                    environ) != 0)
        give_up("cannot start " + program);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    char ready = 0;
    if (read(out[0], &ready, 1) != 1) give_up("sanad-node ended before it was ready");
    output_ = out[0];
}

Process::~Process() {
    if (pid_ > 0) end(SIGTERM);
}

void Process::end(int signal) {
    kill(pid_, signal);
    waitpid(pid_, nullptr, 0);
    close(output_);
    pid_ = -1;
}

double Process::cpu_seconds() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
    std::string word;
    double ticks = 0;
    for (int i = 1; i <= 15 && file >> word; ++i)
        if (i >= 14) ticks += std::stod(word);
    return ticks / double(sysconf(_SC_CLK_TCK));
}

}  // namespace sanad::bench
