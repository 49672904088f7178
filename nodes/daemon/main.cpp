// sanad-node: a running node. Ends with 78 for a configuration fault, 65 for a damaged or foreign
// store, 69 when something it needs is in use, 74 when the disk fails.
#include "core/api/door_socket.h"
#include "core/node/node.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace sanad;

int complain(const Error& error, int otherwise) {
    std::fprintf(stderr, "sanad-node: %s\n", error.detail.c_str());
    switch (error.fault) {
        case Fault::malformed:
            return 65;
        case Fault::busy:
            return 69;
        case Fault::io:
        case Fault::exhausted:
            return 74;
        default:
            return otherwise;
    }
}

node::VaultInputs vault_inputs() {
    node::VaultInputs inputs;
    if (const char* folder = std::getenv("CREDENTIALS_DIRECTORY"))
        inputs.credentials_folder = folder;
    if (const char* file = std::getenv("SANAD_PASSPHRASE_FILE")) inputs.passphrase_file = file;
    return inputs;
}

// Keys must not end up in a core file, nor be read by another process of the same user.
void close_memory() {
    constexpr rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
}

int run(const node::Configuration& configuration) {
    StderrLog log(configuration.log_level);
    SystemClock clock;
    trust::SystemEntropy entropy;
    // Blocked before any thread is there, so that this thread alone waits for them.
    sigset_t signals;
    sigemptyset(&signals);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);

    const auto vault_key = node::load_vault_key(configuration.vault, vault_inputs());
    if (!vault_key) return complain(vault_key.error(), node::exit_configuration);
    auto started = node::Node::start(configuration, *vault_key, {clock, entropy, log});
    if (!started) return complain(started.error(), node::exit_configuration);
    auto door = api::DoorSocket::start(configuration.door(), (*started)->door(), clock, log);
    if (!door) return complain(door.error(), 69);
    log.info("node.ready",
             {{"node", configuration.id.text}, {"endpoint", (*started)->facts().endpoint}});
    std::printf("ready\n");
    std::fflush(stdout);
    for (int number = SIGHUP; number == SIGHUP;) sigwait(&signals, &number);
    log.info("node.stopping");
    door->reset();
    started->reset();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("A node of Sanad: runs until it gets SIGTERM.");
    std::string file = "/etc/sanad/node.toml";
    app.add_option("--config", file, "the node's configuration")->capture_default_str();
    bool safe_mode = false;
    app.add_flag("--safe-mode", safe_mode,
                 "run no plugin but the store: for when one keeps the node from starting");
    CLI11_PARSE(app, argc, argv);
    close_memory();
    if (const auto ready = trust::start_trust(); !ready) return complain(ready.error(), 70);
    auto configuration = node::load_configuration(file);
    if (!configuration) return complain(configuration.error(), node::exit_configuration);
    configuration->safe_mode = safe_mode;
    return run(*configuration);
}
