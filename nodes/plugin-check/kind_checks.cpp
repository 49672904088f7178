#include "nodes/plugin-check/check.h"

#include "nodes/plugin-check/messages.h"
#include "nodes/plugin-check/running.h"

#include <sanad/methods.h>

#include <thread>

// The checks of one kind of plugin. Where only the other side of a plugin's network could show
// something, that is said, and left to the plugin's own tests.
namespace sanad::plugin_check {

namespace {

constexpr int tries_max = 20;
constexpr std::uint64_t redelivered = 20;
constexpr int idle_minutes = 20;
constexpr const char* nobody_there =
    "it wants to try later each time, as nobody is at the other end here: its own tests must show "
    "it";

// The answer to a message that is given until it is final; empty: it never was.
Result<Bytes> give_until_final(Running& running, const Given& given) {
    for (int n = 0; n < tries_max; ++n) {
        auto reply = running.call(given.method, given.request);
        running.run_posted();
        if (!reply && reply.error().fault != Fault::busy) return reply;
        if (reply && is_final(given.method, *reply)) return reply;
        running.node().clock().advance(Duration(60'000));
        std::this_thread::sleep_for(Duration(2));
    }
    return Bytes();
}

Verdict accepts_the_same_again(plugins::Kind kind, Running& running) {
    for (std::uint64_t number = 1; number <= redelivered; ++number) {
        const Given given = given_to(kind, "again", number, std::string(canary));
        const auto first = give_until_final(running, given);
        if (!first) return failed("the first time: " + first.error().detail);
        if (first->empty()) return skipped(nobody_there);
        for (int again = 0; again < 2; ++again) {
            const auto second = give_until_final(running, given);
            if (!second) return failed("given again: " + second.error().detail);
            if (second->empty()) return failed("given again, it wants to try later for ever");
            if (const auto objection = objection_to_reply(given.method, *second);
                !objection.empty())
                return failed(objection);
        }
    }
    return passed();
}

void know_matter(Running& running, std::string_view about) {
    plugin::FakeNode::Matter matter;
    matter.view = "{\"summary\": \"" + std::string(canary) + "\"}";
    running.node().set_matter(handle_of(about), matter);
}

// ---------------------------------------------------------------- channel

Verdict channel_takes_again(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [](Running& running) {
        return accepts_the_same_again(plugins::Kind::channel, running);
    });
}

// What it submits while it is started and given messages; most channels hear from outside only.
bool makes_it_submit(Running& running, std::string_view about, std::uint64_t number) {
    const int before = running.node().calls(SANAD_M_SUBMIT);
    const auto given = given_to(plugins::Kind::channel, about, number, std::string(canary));
    (void)running.call(given.method, given.request);
    running.run_posted();
    return running.node().calls(SANAD_M_SUBMIT) > before;
}

// Whether one message makes it submit one thing in the end, whatever the first tries come to.
std::string submits_once(Running& running, std::string_view about) {
    const auto stored = [&] { return running.node().conversation(handle_of(about)).size(); };
    const auto given = given_to(plugins::Kind::channel, about, 1, std::string(canary));
    const auto reply = give_until_final(running, given);
    if (!reply) return reply.error().detail;
    for (int n = 0; n < tries_max && stored() == 0; ++n) {
        running.node().clock().advance(Duration(60'000));
        running.run_posted();
        std::this_thread::sleep_for(Duration(5));
    }
    if (stored() == 0) return "it never comes again";
    return stored() == 1 ? "" : "it is there twice";
}

Verdict channel_submits_again(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [](Running& running) -> Verdict {
        if (!makes_it_submit(running, "heard", 1))
            return skipped(
                "it submits only what comes in from outside: its own tests must show that a "
                "submission that fails is made again with the same key, and acknowledged after "
                "SANAD_OK only");
        running.node().fail_next(SANAD_M_SUBMIT, SANAD_E_BUSY, 2);
        if (const auto why = submits_once(running, "late"); !why.empty())
            return failed("a submission that the node is too busy for: " + why);
        running.node().lose_next(SANAD_M_SUBMIT, SANAD_E_IO);
        if (const auto why = submits_once(running, "lost"); !why.empty())
            return failed("a submission whose answer is lost: " + why);
        return passed();
    });
}

// ---------------------------------------------------------------- partner

Verdict partner_takes_again(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [](Running& running) {
        know_matter(running, "again");
        return accepts_the_same_again(plugins::Kind::partner, running);
    });
}

Verdict partner_withdraws(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [](Running& running) {
        know_matter(running, "withdrawn");
        const auto given = given_to(plugins::Kind::partner, "withdrawn", 1, std::string(canary));
        (void)running.call(given.method, given.request);
        for (const char* about : {"withdrawn", "never seen before"}) {
            const auto withdrawn = withdrawal(about, 2);
            const auto reply = running.call(withdrawn.method, withdrawn.request);
            if (!reply && reply.error().fault != Fault::busy)
                return failed("a withdrawal: " + reply.error().detail);
            const auto objection =
                reply ? objection_to_reply(withdrawn.method, *reply) : std::string();
            if (!objection.empty()) return failed(objection);
        }
        return passed();
    });
}

Verdict partner_asks_for_its_own(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [](Running& running) {
        running.node().know_only_given_matters();
        for (std::uint64_t number = 1; number <= 5; ++number) {
            const std::string about = "its own " + std::to_string(number);
            know_matter(running, about);
            const auto given = given_to(plugins::Kind::partner, about, number, std::string(canary));
            (void)running.call(given.method, given.request);
        }
        return passed();  // the node looks at each call
    });
}

// ---------------------------------------------------------------- desk, assist

Verdict does_nothing_by_itself(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [](Running& running) {
        for (int minute = 0; minute < idle_minutes; ++minute) {
            running.node().clock().advance(Duration(60'000));
            running.run_posted();
            if (const auto reply = running.call(SANAD_M_HEALTH, {}); !reply)
                return failed(reply.error().detail);
        }
        return running.node().calls_made() == 0 ? passed()
                                                : failed("it calls the node with nobody's role");
    });
}

Verdict has_no_network(const Subject& subject, Mode) {
    for (const std::string& grant : subject.plugin->manifest.grants)
        if (grant.starts_with("net.")) return failed("it asks for " + grant);
    return passed();
}

std::vector<Check> of_channel(const std::vector<Mode>& both) {
    return {{"channel.again", Suite::kind, "a message that is delivered again is taken again",
             "answer a delivery that was answered before as before", channel_takes_again, both},
            {"channel.submit",
             Suite::kind,
             "what the node could not store is submitted again",
             "keep what came in until submit has returned SANAD_OK, with one key for all tries",
             channel_submits_again,
             {Mode::in_process}}};
}

std::vector<Check> of_partner(const std::vector<Mode>& both) {
    return {
        {"partner.again", Suite::kind, "a matter that is dispatched again is taken again",
         "pass deliveryId on, so that the receiver knows what it has", partner_takes_again, both},
        {"partner.withdrawal", Suite::kind, "a withdrawal is answered, also of an unknown matter",
         "handle DispatchKind.withdrawal; the matter may have come before a restart",
         partner_withdraws, both},
        {"partner.view", Suite::kind, "it asks for no view and reports on no matter but its own",
         "use only references that came with a dispatch", partner_asks_for_its_own, both}};
}

}  // namespace

std::vector<Check> kind_checks(plugins::Kind kind) {
    const std::vector both{Mode::in_process, Mode::isolated};
    const Check idle{"",
                     Suite::kind,
                     "it does nothing without somebody's role",
                     "call the node only with the token of a session",
                     does_nothing_by_itself,
                     both};
    const auto named = [](Check check, const char* id) {
        check.id = id;
        return check;
    };
    switch (kind) {
        case plugins::Kind::channel:
            return of_channel(both);
        case plugins::Kind::partner:
            return of_partner(both);
        case plugins::Kind::storage:
            return storage_checks();
        case plugins::Kind::desk:
            return {named(idle, "desk.roles")};
        case plugins::Kind::assist:
            return {{"assist.no_network", Suite::kind, "what it reads cannot leave this machine",
                     "ask for no net grant", has_no_network},
                    named(idle, "assist.roles")};
    }
    return {};
}

}  // namespace sanad::plugin_check
