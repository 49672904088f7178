#include "nodes/plugin-check/check.h"

#include "nodes/plugin-check/messages.h"
#include "nodes/plugin-check/own_process.h"
#include "nodes/plugin-check/running.h"

#include <sanad/methods.h>

#include <atomic>
#include <csignal>
#include <random>
#include <thread>

// The check of what becomes of a message when the plugin's process is killed with it in hand.
namespace sanad::plugin_check {

namespace {

constexpr int kills = 8;
constexpr std::uint64_t messages = 200;

void kill_children() {
    for (const pid_t child : children()) ::kill(child, SIGKILL);
}

// Kills the plugin's process while a call is under way, at a moment that chance chooses.
class Killer {
public:
    explicit Killer(std::mt19937_64& random)
        : after_(random() % messages), spins_(random() % 20'000) {}
    ~Killer() {
        given_up_ = true;
        if (thread_.joinable()) thread_.join();
    }
    void begin() {
        thread_ = std::thread([this] {
            while (given_ < after_ && !given_up_) std::this_thread::yield();
            for (std::uint64_t n = 0; n < spins_ && !given_up_; ++n) std::this_thread::yield();
            kill_children();
        });
    }
    void gave() { ++given_; }

private:
    const std::uint64_t after_, spins_;
    std::atomic<std::uint64_t> given_ = 0;
    std::atomic<bool> given_up_ = false;
    std::thread thread_;
};

// Gives a message until it has been answered, by whichever process. Empty: it was.
std::string give_until_answered(Running& running, const Given& given, int& deaths) {
    for (int attempt = 0; attempt < 3; ++attempt) {
        const auto reply = running.call(given.method, given.request);
        if (reply) return objection_to_reply(given.method, *reply);
        if (reply.error().fault == Fault::expired) return reply.error().detail;
        if (reply.error().fault != Fault::closed) return "";  // a refusal is an answer
        ++deaths;
        if (const auto anew = running.renew(); !anew)
            return "it does not start again: " + anew.error().detail;
    }
    return "the same message was in hand three times when its process ended";
}

Verdict survives_kills(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [&](Running& running) {
        running.node().forgive_content();
        std::mt19937_64 random(subject.seed);
        const plugins::Kind kind = subject.plugin->manifest.kind;
        int deaths = 0;
        for (int round = 0; round < kills; ++round) {
            Killer killer(random);
            killer.begin();
            for (std::uint64_t number = 1; number <= messages; ++number) {
                killer.gave();
                const auto given =
                    given_to(kind, "killed" + std::to_string(round), number, std::string(canary));
                const auto objection = give_until_answered(running, given, deaths);
                if (!objection.empty())
                    return failed("message " + std::to_string(number) + ": " + objection);
            }
        }
        // The last kill may have come when all messages were answered.
        const auto objection = give_until_answered(running, {SANAD_M_HEALTH, {}}, deaths);
        if (!objection.empty()) return failed(objection);
        return passed(std::to_string(deaths) + " times killed with a call in hand");
    });
}

}  // namespace

std::vector<Check> crash_checks() {
    return {{"behaviour.killed",
             Suite::behaviour,
             "killed in the middle of a call, it takes the same message again",
             "keep nothing in memory that a message needs; answer one that comes again",
             survives_kills,
             {Mode::isolated}}};
}

}  // namespace sanad::plugin_check
