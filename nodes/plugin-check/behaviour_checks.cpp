#include "nodes/plugin-check/check.h"

#include "nodes/plugin-check/messages.h"
#include "nodes/plugin-check/running.h"

#include <sanad/methods.h>

#include <chrono>

// The checks of how a plugin behaves between start and stop, whatever its kind.
namespace sanad::plugin_check {

namespace {

using Steady = std::chrono::steady_clock;

constexpr Duration patience{1'000};  // of a call that is late already
constexpr sanad_status newest_status = SANAD_E_CRASHED;
constexpr sanad_status status_of_then = -99;
constexpr std::uint32_t unknown_method = 0x0f77;

std::string words() { return "Hello, " + std::string(canary) + ", we are here."; }

plugins::Kind kind_of(const Subject& subject) { return subject.plugin->manifest.kind; }

// Gives it one message; a refusal is an answer, a process that ends is none.
std::string objection_to_call(Running& running, const Given& given) {
    const auto reply = running.call(given.method, given.request);
    running.run_posted();
    if (reply) return objection_to_reply(given.method, *reply);
    const Fault fault = reply.error().fault;
    return fault == Fault::closed || fault == Fault::expired ? reply.error().detail : "";
}

Verdict says_how_it_is(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [](Running& running) {
        const auto reply = running.call(SANAD_M_HEALTH, {});
        if (!reply) return failed(reply.error().detail);
        const std::string objection = objection_to_reply(SANAD_M_HEALTH, *reply);
        return objection.empty() ? passed() : failed(objection);
    });
}

Verdict refuses_unknown_methods(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [](Running& running) {
        const auto reply = running.call(unknown_method, {});
        if (reply) return failed("it answers a method that does not exist with SANAD_OK");
        if (reply.error().fault == Fault::unsupported) return passed();
        return failed("a method that does not exist: " + reply.error().detail);
    });
}

Verdict bears_every_status(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [&](Running& running) {
        running.node().forgive_content();
        std::uint64_t number = 0;
        const auto gives = [&](std::optional<sanad_status> status) {
            running.node().answer_all(status);
            return objection_to_call(running,
                                     given_to(kind_of(subject), "statuses", ++number, words()));
        };
        for (sanad_status status = -1; status >= newest_status; --status)
            if (const auto objection = gives(status); !objection.empty())
                return failed("when the node answers " + std::to_string(status) + ": " + objection);
        if (const auto objection = gives(status_of_then); !objection.empty())
            return failed("when the node answers a status of later: " + objection);
        const auto objection = gives(std::nullopt);
        return objection.empty() ? passed() : failed("afterwards: " + objection);
    });
}

// A sink that takes nothing, and none at all.
Verdict bears_full_sink(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [&](Running& running) {
        for (const Given& given :
             {given_to(kind_of(subject), "full", 1, words()), Given{SANAD_M_HEALTH, {}}}) {
            const auto full = running.call_with_sink(given.method, given.request, SinkOf::nothing);
            if (full) return failed("it answers SANAD_OK though its reply was not taken");
            (void)running.call_with_sink(given.method, given.request, SinkOf::nobody);
        }
        return passed();
    });
}

// The node ends a plugin that asks a third time for what it may not have; that is no crash.
bool has_crashed(const Error& error) {
    return error.fault == Fault::closed && error.detail.find("denied call") == std::string::npos;
}

Verdict lives_without_grants(const Subject& subject, Mode mode) {
    const auto prepared = prepare(subject);
    if (!prepared) return not_started(subject, prepared.error());
    const auto made = create(subject, mode, *prepared, Grants::none);
    if (!made) return failed(made.error().detail);
    Running& running = **made;
    running.node().forgive_content();
    auto done = running.configure();
    if (done) done = running.start();
    if (done) {
        const auto given = given_to(kind_of(subject), "none", 1, words());
        const auto reply = running.call(given.method, given.request);
        if (!reply) done = std::unexpected(reply.error());
    }
    if (!done && has_crashed(done.error())) return failed(done.error().detail);
    return judged(running, passed(done ? "it runs" : done.error().detail));
}

Verdict honours_deadlines(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [&](Running& running) {
        for (std::uint64_t number = 1; number <= 20; ++number) {
            const Given given = given_to(kind_of(subject), "late", number, words());
            const auto begin = Steady::now();
            const auto reply = running.call_late(given.method, given.request);
            if (!reply && reply.error().fault == Fault::closed) return failed(reply.error().detail);
            if (Steady::now() - begin > patience)
                return failed("a call whose deadline is over took more than a second");
        }
        return passed();
    });
}

Verdict drains_twice(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [&](Running& running) {
        for (std::uint64_t number = 1; number <= 5; ++number)
            (void)objection_to_call(running, given_to(kind_of(subject), "last", number, words()));
        for (int round = 1; round <= 2; ++round)
            if (const auto drained = running.drain(); !drained)
                return failed(drained.error().detail);
        const auto objection =
            objection_to_call(running, given_to(kind_of(subject), "last", 6, words()));
        return objection.empty() ? passed() : failed("a call while it drains: " + objection);
    });
}

}  // namespace

std::vector<Check> behaviour_checks() {
    constexpr auto behaviour = Suite::behaviour;
    const std::vector both{Mode::in_process, Mode::isolated};
    return {
        {"behaviour.health", behaviour, "it says how it is", "answer SANAD_M_HEALTH",
         says_how_it_is, both},
        {"behaviour.unknown_method", behaviour, "a method it does not know is SANAD_E_UNSUPPORTED",
         "answer every other method so: a later node may ask it", refuses_unknown_methods, both},
        {"behaviour.statuses", behaviour, "whatever the node answers, it goes on",
         "look at the status of each call of the node, also at ones that do not exist yet",
         bears_every_status, both},
        {"behaviour.full_sink",
         behaviour,
         "a reply that nobody takes is no success",
         "return SANAD_E_FULL when reserve gives NULL, and expect call->reply to be NULL",
         bears_full_sink,
         {Mode::in_process}},
        {"behaviour.no_grants", behaviour, "without any grant it runs, or says why not",
         "expect SANAD_E_DENIED, and NULL for every extension", lives_without_grants, both},
        {"behaviour.deadline",
         behaviour,
         "a call whose time is over comes back at once",
         "look at deadline_ns before what may take long",
         honours_deadlines,
         {Mode::in_process}},
        {"behaviour.drain", behaviour, "it drains, and drains again, and still answers",
         "have drain return SANAD_OK once nothing is under way, however often it is called",
         drains_twice, both},
    };
}

}  // namespace sanad::plugin_check
