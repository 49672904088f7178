#include "nodes/plugin-check/check.h"

#include "nodes/plugin-check/messages.h"
#include "nodes/plugin-check/running.h"

#include <sanad/methods.h>

#include <array>
#include <random>

// The checks of what a plugin makes of messages: damaged ones, later ones, and every text.
namespace sanad::plugin_check {

namespace {

constexpr int mutations = 20'000;
constexpr int mutations_isolated = 4'000;  // for each the node may have to open a connection
constexpr std::size_t large_text_bytes = 1U << 20;

plugins::Kind kind_of(const Subject& subject) { return subject.plugin->manifest.kind; }

// Whether the plugin is still there; a refusal is an answer.
std::string objection_to(const Result<Bytes>& reply, std::uint32_t method) {
    if (reply) return objection_to_reply(method, *reply);
    const Fault fault = reply.error().fault;
    return fault == Fault::closed || fault == Fault::expired ? reply.error().detail : "";
}

void damage(Bytes& message, std::mt19937_64& random) {
    for (auto times = 1 + random() % 6; times > 0 && !message.empty(); --times) {
        const std::size_t at = random() % message.size();
        switch (random() % 4) {
            case 0:
                message[at] = static_cast<std::uint8_t>(random());
                break;
            case 1:
                message[at] ^= static_cast<std::uint8_t>(1U << random() % 8);
                break;
            case 2:  // a pointer that leads elsewhere
                for (std::size_t n = at / 8 * 8; n < at / 8 * 8 + 8 && n < message.size(); ++n)
                    message[n] = static_cast<std::uint8_t>(random());
                break;
            default:
                message.resize(random() % 3 == 0 ? message.size() + random() % 64 : at / 8 * 8);
        }
    }
}

Verdict bears_damaged_messages(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [&](Running& running) {
        running.node().forgive_content();
        std::mt19937_64 random(subject.seed);
        const int count = mode == Mode::isolated ? mutations_isolated : mutations;
        for (int n = 0; n < count; ++n) {
            Given given = given_to(kind_of(subject), "damaged" + std::to_string(random() % 50),
                                   static_cast<std::uint64_t>(n), std::string(canary));
            if (given.request.empty()) given.request.resize(16 + random() % 6 * 8);
            damage(given.request, random);
            const auto reply = running.call(given.method, given.request);
            if (n % 100 == 0) running.run_posted();
            if (const auto objection = objection_to(reply, given.method); !objection.empty())
                return failed("message " + std::to_string(n) + ": " + objection);
        }
        const auto health = running.call(SANAD_M_HEALTH, {});
        return health ? passed(std::to_string(count))
                      : failed("afterwards: " + health.error().detail);
    });
}

Verdict reads_newer_messages(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [&](Running& running) {
        const auto known = given_to(kind_of(subject), "today", 1, std::string(canary));
        const auto now = running.call(known.method, known.request);
        const auto newer = given_by_newer_node(kind_of(subject), "later", false);
        const auto then = running.call(newer.method, newer.request);
        if (const auto objection = objection_to(then, newer.method); !objection.empty())
            return failed(objection);
        if (now && !then)
            return failed("it refuses a message with fields that it does not know: " +
                          then.error().detail);
        running.node().forgive_content();
        const auto unknown = given_by_newer_node(kind_of(subject), "choice", true);
        const auto reply = running.call(unknown.method, unknown.request);
        const auto objection = objection_to(reply, unknown.method);
        return objection.empty() ? passed()
                                 : failed("a choice that it does not know: " + objection);
    });
}

struct Text {
    const char* name;
    std::string text;
};

std::vector<Text> texts() {
    const std::string who(canary);
    std::string large;
    while (large.size() < large_text_bytes) large += who + " ";
    return {
        {"an Arabic text", "أريد أن أتحدث مع شخص ما " + who},
        {"a text that turns its direction", "\u202eyrros\u202c \u2067" + who + "\u2069"},
        {"a text with zero bytes", who + std::string("\0\0and more\0", 11)},
        {"a text that is no UTF-8", who + "\xff\xfe\xc3(\xed\xa0\x80\xf5"},
        {"a text with control characters", who + "\x1b[2J\r\n\x07\x7f"},
        {"an empty text", ""},
        {"a text of 16,000 bytes", std::string(16'000, 'a')},
        {"a text of 100,000 bytes", std::string(100'000, 'a')},
        {"a text of 1 MiB", large},
    };
}

Verdict bears_every_text(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [&](Running& running) {
        running.node().forgive_content();
        std::uint64_t number = 0;
        for (const Text& one : texts()) {
            const auto given = given_to(kind_of(subject), "texts", ++number, one.text);
            const auto reply = running.call(given.method, given.request);
            running.run_posted();
            if (const auto objection = objection_to(reply, given.method); !objection.empty())
                return failed(std::string(one.name) + ": " + objection);
        }
        const auto health = running.call(SANAD_M_HEALTH, {});
        return health ? passed() : failed("afterwards: " + health.error().detail);
    });
}

// Every way a message can end, with a text that must not come out anywhere.
Verdict keeps_what_a_child_wrote(const Subject& subject, Mode mode) {
    return with_running(subject, mode, [&](Running& running) {
        running.node().forgive_content();
        constexpr std::array<std::optional<sanad_status>, 4> answers = {
            std::nullopt, SANAD_E_INVALID, SANAD_E_IO, SANAD_E_REJECTED};
        std::uint64_t number = 0;
        for (const auto& status : answers) {
            running.node().answer_all(status);
            for (const char* before : {"", "throw ", "\xff", "{\"a\": "}) {
                const auto given =
                    given_to(kind_of(subject), canary, ++number, before + std::string(canary));
                const auto reply = running.call(given.method, given.request);
                running.run_posted();
                if (const auto objection = objection_to(reply, given.method); !objection.empty())
                    return failed(objection);
            }
        }
        return passed();  // the log is looked at all the time
    });
}

}  // namespace

std::vector<Check> message_checks() {
    constexpr auto behaviour = Suite::behaviour;
    const std::vector both{Mode::in_process, Mode::isolated};
    return {
        {"behaviour.damaged_messages", behaviour, "thousands of damaged messages do not end it",
         "read messages with Received of sanad/message.hpp, and check each value that is used",
         bears_damaged_messages, both},
        {"behaviour.newer_messages", behaviour, "it reads messages of a later node",
         "ignore fields that are not known; refuse choices that are not known",
         reads_newer_messages, both},
        {"behaviour.texts", behaviour, "it bears every text, of any script and any length",
         "take a text as bytes until it has been checked", bears_every_text, both},
        {"behaviour.canary", behaviour, "what a child wrote is in no log line and in no code",
         "log an event name with numbers and codes; have exceptions carry codes",
         keeps_what_a_child_wrote, both},
    };
}

}  // namespace sanad::plugin_check
