#include "nodes/plugin-check/check.h"

#include "nodes/plugin-check/messages.h"
#include "nodes/plugin-check/own_process.h"
#include "nodes/plugin-check/running.h"

#include <sanad/methods.h>

#include <malloc.h>

#include <algorithm>

// One hour of ordinary work, in a time that passes as fast as the plugin works.
namespace sanad::plugin_check {

namespace {

constexpr int seconds = 3'600;
constexpr int settled_after = 1'200;
constexpr int conversations = 20;
constexpr std::size_t growth_bytes_max = 1U << 20;

struct Footprint {
    std::size_t bytes = 0, descriptors = 0, threads = 0;
};

// Of an isolated plugin only its memory shows: its process lets nobody look inside.
Footprint footprint_of(const OwnProcess& process, Mode mode) {
    if (mode == Mode::isolated) {
        Footprint footprint;
        for (const pid_t child : children()) footprint.bytes += resident_bytes_of(child);
        return footprint;
    }
    ::malloc_trim(0);
    return {process.resident_bytes(), OwnProcess::descriptors(), process.threads()};
}

Verdict compare(const Footprint& before, const Footprint& after) {
    const std::size_t grown = after.bytes - std::min(after.bytes, before.bytes);
    if (grown > growth_bytes_max)
        return failed("it grew by " + std::to_string(grown >> 10) + " KiB in 40 minutes");
    if (after.descriptors > before.descriptors) return failed("it opens more and more descriptors");
    if (after.threads > before.threads) return failed("it starts more and more threads");
    return passed("it grew by " + std::to_string(grown >> 10) + " KiB in 40 minutes");
}

Verdict works_for_an_hour(const Subject& subject, Mode mode) {
    const OwnProcess process;
    return with_running(subject, mode, [&](Running& running) {
        const plugins::Kind kind = subject.plugin->manifest.kind;
        Footprint before;
        for (int second = 0; second < seconds; ++second) {
            running.node().clock().advance(Duration(1'000));
            const std::string about = "soak " + std::to_string(second % conversations);
            const auto given =
                given_to(kind, about, static_cast<std::uint64_t>(second) + 1, std::string(canary));
            (void)running.call(given.method, given.request);
            running.run_posted();
            if (second % 5 == 0)
                if (const auto health = running.call(SANAD_M_HEALTH, {}); !health)
                    return failed("after " + std::to_string(second) +
                                  " s: " + health.error().detail);
            if (second == settled_after) before = footprint_of(process, mode);
        }
        return compare(before, footprint_of(process, mode));
    });
}

}  // namespace

std::vector<Check> soak_checks() {
    return {{"soak.hour",
             Suite::soak,
             "an hour's work leaves it as large as it was",
             "look for what is kept for each message: lists, maps, open files",
             works_for_an_hour,
             {Mode::in_process, Mode::isolated}}};
}

}  // namespace sanad::plugin_check
