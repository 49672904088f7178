#include "nodes/plugin-check/check.h"

#include "nodes/plugin-check/checking_node.h"
#include "nodes/plugin-check/memory_only.h"
#include "nodes/plugin-check/own_process.h"
#include "nodes/plugin-check/running.h"
#include "nodes/plugin-check/sandboxed_library.h"

#include <algorithm>
#include <chrono>

// The checks of how a library comes and goes: loading, creating, ending.
namespace sanad::plugin_check {

namespace {

using Microseconds = std::chrono::microseconds;

constexpr Microseconds create_limit{5'000};
constexpr int creates = 5;
constexpr int cycles = 200;
constexpr int cycles_to_settle = 50;  // what libraries keep for themselves the first times
constexpr std::size_t growth_bytes_max = 1U << 20;
constexpr int starts = 20;

// What create needs, before a sandbox stands in the way.
std::unique_ptr<CheckingNode> node_for(const Subject& subject) {
    return std::make_unique<CheckingNode>(subject.plugin->manifest, Grants::none,
                                          plugins::ConfigurationFields{});
}

// Without its sandbox nothing is loaded, and a kernel that lacks it says nothing about a plugin.
bool no_fault_of(const Error& error) {
    return error.fault == Fault::denied && error.detail.find("machine lacks") != std::string::npos;
}

// Loads it where nothing it does can do harm, so that every later check may load it at all.
Verdict loads(const Subject& subject, Mode) {
    if (!subject.plugin) return skipped("its manifest cannot be read");
    const auto made = create(subject, Mode::isolated, {});
    if (!made)
        return no_fault_of(made.error()) ? skipped(made.error().detail)
                                         : failed(made.error().detail);
    if (const auto ended = (*made)->destroy(); !ended) return failed(ended.error().detail);
    return judged(**made, passed());
}

Verdict creates_quickly(const Subject& subject, Mode) {
    const auto node = node_for(subject);
    const sanad_host& host = node->host();
    auto library =
        SandboxedLibrary::load(subject.file, plugin_host::Network::none, Closing::to_loading);
    if (!library) return failed(library.error().detail);
    if (!allow_only_memory()) return skipped("this machine lacks seccomp");
    auto best = Microseconds::max();
    for (int n = 0; n < creates; ++n) {
        const sanad_plugin* made = nullptr;
        const auto begin = std::chrono::steady_clock::now();
        const sanad_status status = (*library)->entry().create(&host, &made);
        const auto took = std::chrono::steady_clock::now() - begin;
        best = std::min(best, std::chrono::duration_cast<Microseconds>(took));
        if (const std::string call = refused_call(); !call.empty())
            return failed("create makes the system call " + call);
        if (status != SANAD_OK || !made) return failed("create refuses");
    }
    if (const std::string objection = node->objection(); !objection.empty())
        return failed("in create: " + objection);
    const std::string took = std::to_string(best.count()) + " us";
    (void)library->release();  // unmapping it runs more than memory allows
    return best < create_limit ? passed(took) : failed("create takes " + took);
}

// One round of everything between dlopen and dlclose that needs no configuration.
Result<bool> load_and_unload(SandboxedLibrary& library, const sanad_host& host) {
    const sanad_plugin* made = nullptr;
    if (library.entry().create(&host, &made) != SANAD_OK || !made)
        return fail(Fault::malformed, "create refuses");
    const bool stays = (made->flags & SANAD_PF_KEEP_LOADED) != 0;
    made->destroy(made->self);
    if (const auto again = library.reload(); !again) return std::unexpected(again.error());
    return stays;
}

Verdict comes_and_goes(const Subject& subject, Mode) {
    const OwnProcess process;
    const auto node = node_for(subject);
    const sanad_host& host = node->host();
    auto library =
        SandboxedLibrary::load(subject.file, plugin_host::Network::none, Closing::to_loading);
    if (!library) return failed(library.error().detail);
    std::size_t resident = 0, descriptors = 0;
    bool stays = false;
    for (int n = 0; n < cycles; ++n) {
        const auto round = load_and_unload(**library, host);
        if (!round) return failed("round " + std::to_string(n + 1) + ": " + round.error().detail);
        stays = *round;
        if (n != cycles_to_settle) continue;
        resident = process.resident_bytes();
        descriptors = OwnProcess::descriptors();
    }
    const std::size_t grown =
        process.resident_bytes() - std::min(process.resident_bytes(), resident);
    if (grown > growth_bytes_max)
        return failed("the process grew by " + std::to_string(grown >> 10) + " KiB");
    if (OwnProcess::descriptors() > descriptors) return failed("it leaves descriptors open");
    library->reset();
    if (!stays && process.maps(subject.file.filename().string()))
        return failed("after the last unloading it is still mapped");
    return judged_by(*node);
}

Verdict lives_twice(const Subject& subject, Mode) {
    const auto node = node_for(subject);
    const sanad_host& host = node->host();
    const auto library =
        SandboxedLibrary::load(subject.file, plugin_host::Network::none, Closing::all);
    if (!library) return failed(library.error().detail);
    const sanad_plugin *first = nullptr, *second = nullptr;
    const auto create = [&](const sanad_plugin*& made) {
        return (*library)->entry().create(&host, &made) == SANAD_OK && made;
    };
    if (!create(first) || !create(second)) return failed("a second instance is not created");
    if (first == second || first->self == second->self)
        return failed("both instances are the same one");
    first->destroy(first->self);
    const sanad_plugin* third = nullptr;
    if (!create(third)) return failed("no instance after another was destroyed");
    third->destroy(third->self);
    second->destroy(second->self);
    return judged_by(*node);
}

Verdict runs(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [](Running&) { return passed(); });
}

Verdict ends_before_it_begins(const Subject& subject, Mode mode) {
    const auto prepared = prepare(subject);
    if (!prepared) return not_started(subject, prepared.error());
    const auto made = create(subject, mode, *prepared);
    if (!made) return failed(made.error().detail);
    if (const auto configured = (*made)->configure(); !configured)
        return judged(**made, not_started(subject, configured.error()));
    if (const auto ended = (*made)->destroy(); !ended) return failed(ended.error().detail);
    return judged(**made, passed());
}

Verdict starts_again_and_again(const Subject& subject, Mode) {
    const OwnProcess process;
    const std::size_t threads = process.threads();
    std::size_t descriptors = 0;
    return with_running(subject, Mode::in_process, [&](Running& running) -> Verdict {
        for (int n = 0; n < starts; ++n) {
            if (const auto stopped = running.stop(); !stopped)
                return failed("stop: " + stopped.error().detail);
            if (!process.settles_at(threads)) return failed("threads are left after stop");
            if (n == 1) descriptors = OwnProcess::descriptors();
            if (n > 1 && OwnProcess::descriptors() > descriptors)
                return failed("descriptors are left after stop");
            if (const auto anew = running.renew(); !anew) return failed(anew.error().detail);
        }
        return passed();
    });
}

}  // namespace

std::vector<Check> load_checks() {
    constexpr auto load = Suite::load;
    return {
        {"load.loads",
         load,
         "it can be loaded, created and ended in its sandbox",
         "do nothing when the library is loaded; create makes one object and no more",
         loads,
         {Mode::none},
         true},  // in every mode: what is loaded after it is known to do no harm
        {"load.create",
         load,
         "create takes less than 5 ms and asks nothing of the system",
         "open, start and look up nothing before configure",
         creates_quickly,
         {Mode::in_process}},
        {"load.cycles",
         load,
         "200 times loaded and unloaded, it leaves nothing behind",
         "free in destroy what create has made; keep no global object",
         comes_and_goes,
         {Mode::in_process}},
        {"load.two_instances",
         load,
         "two instances live beside each other",
         "keep all state in the object that create makes",
         lives_twice,
         {Mode::in_process}},
        {"load.runs",
         load,
         "it starts and stops with its settings",
         "see what it logs; settings are checked in configure, and what they name in start",
         runs,
         {Mode::in_process},
         true},
        {"load.no_start",
         load,
         "it can be configured and ended without a start",
         "start no thread before start",
         ends_before_it_begins,
         {Mode::in_process, Mode::isolated}},
        {"load.starts",
         load,
         "20 instances start and stop, and leave no thread and no descriptor",
         "join every thread and close every descriptor in stop",
         starts_again_and_again,
         {Mode::in_process}},
    };
}

}  // namespace sanad::plugin_check
