#pragma once

#include "plugins/channels/phone/flow/flow_machine.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What one call came to, for its contact record and the statistics. Every call has exactly one,
// also that of somebody who hung up at once.
namespace sanad::phone {

enum class Outcome : std::uint8_t {
    abandoned,  // hung up before anything came of it
    voicemail,
    callback,
    talked,
    covered,  // went on with another helpline
    closed,   // was told that nobody is there
    refused,  // was told that all lines are taken
    failed,   // the node or a line broke, and nothing else came of it
};
/// As they are counted.
std::string_view word_of(Outcome outcome);

struct CallRecord {
    Outcome outcome = Outcome::abandoned;
    std::chrono::milliseconds waited{0};  // in the queue, in all
    std::chrono::milliseconds talked{0};  // with a counsellor, in all
    std::chrono::milliseconds lasted{0};
    std::string language;
    bool danger = false;        // u0 was reached
    bool silent = true;         // never pressed, said anything or was with a person
    std::int64_t began_ms = 0;  // its hour, in the helpline's zone, is the reader's to make

    // Of the call so far.
    Phase phase = Phase::offered;
    Question question = Question::none;
    std::int64_t since_ms = 0;
    bool operator==(const CallRecord&) const = default;
};

/// What is known after one more step: call it with each one, in order, and with the same event. Of
/// several things that came of a call the best counts: talked, covered, callback, voicemail; then
/// failed, refused, closed.
CallRecord record(CallRecord so_far, const Event& event, const Step& step, std::int64_t now);

}  // namespace sanad::phone
