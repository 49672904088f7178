// sanad-node: a running node. Ends with 78 for a configuration fault, 65 for a damaged or foreign
// store, 69 when something it needs is in use, 74 when the disk fails, or the store is lost
// meanwhile.
#include "core/api/door_socket.h"
#include "core/node/node.h"
#include "core/node/standby.h"

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

constexpr int exit_store_failed = 74;
constexpr std::chrono::milliseconds look_each{250};

int complain(const Error& error, int otherwise) {
    std::fprintf(stderr, "sanad-node: %s\n", error.detail.c_str());
    switch (error.fault) {
        case Fault::malformed:
            return 65;
        case Fault::busy:
            return 69;
        case Fault::io:
        case Fault::exhausted:
            return exit_store_failed;
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

void say(const char* word) {
    std::printf("%s\n", word);
    std::fflush(stdout);
}

// The signals that end the program, blocked before any thread is there, so that this thread alone
// waits for them.
class EndSignals {
public:
    EndSignals() {
        sigemptyset(&all_);
        for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&all_, number);
        pthread_sigmask(SIG_BLOCK, &all_, nullptr);
        std::signal(SIGPIPE, SIG_IGN);
    }
    /// Waits for one of them, that long at most. SIGHUP is taken and means nothing.
    bool came_within(std::chrono::milliseconds wait) const {
        const timespec limit{.tv_sec = wait.count() / 1000,
                             .tv_nsec = wait.count() % 1000 * 1'000'000};
        const int number = sigtimedwait(&all_, nullptr, &limit);
        return number == SIGTERM || number == SIGINT;
    }

private:
    sigset_t all_{};
};

int run(const node::Configuration& configuration, const EndSignals& signals) {
    StderrLog log(configuration.log_level);
    SystemClock clock;
    trust::SystemEntropy entropy;
    const auto vault_key = node::load_vault_key(configuration.vault, vault_inputs());
    if (!vault_key) return complain(vault_key.error(), node::exit_configuration);
    auto started = node::Node::start(configuration, *vault_key, {clock, entropy, log});
    if (!started) return complain(started.error(), node::exit_configuration);
    auto door = api::DoorSocket::start(configuration.door(), (*started)->door(), clock, log);
    if (!door) return complain(door.error(), 69);
    log.info("node.ready",
             {{"node", configuration.id.text}, {"endpoint", (*started)->facts().endpoint}});
    say("ready");
    while (!signals.came_within(look_each)) {
        if (!(*started)->store_is_gone()) continue;
        // At once: another process may be this node by now.
        log.error("node.store_gone");
        std::_Exit(exit_store_failed);
    }
    log.info("node.stopping");
    door->reset();
    started->reset();
    return 0;
}

// False: it was told to end.
bool stand_by(const node::Configuration& configuration, const EndSignals& signals) {
    bool is_said = false;
    const auto waited = node::await_store(configuration, [&] {
        if (!is_said) say("standing by");
        is_said = true;
        return !signals.came_within(look_each);
    });
    return waited || waited.error().fault != Fault::busy;
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
    const EndSignals signals;
    auto configuration = node::load_configuration(file);
    if (configuration && configuration->stands_by) {
        if (!stand_by(*configuration, signals)) return 0;
        configuration = node::load_configuration(file);  // it may have changed meanwhile
    }
    if (!configuration) return complain(configuration.error(), node::exit_configuration);
    configuration->safe_mode = safe_mode;
    return run(*configuration, signals);
}
