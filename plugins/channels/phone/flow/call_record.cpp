#include "plugins/channels/phone/flow/call_record.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

namespace sanad::phone {
namespace {

// What counts most, first.
constexpr std::array ranks{Outcome::talked,    Outcome::covered,  Outcome::callback,
                           Outcome::voicemail, Outcome::failed,   Outcome::refused,
                           Outcome::closed,    Outcome::abandoned};

void raise(Outcome& outcome, Outcome to) {
    if (std::ranges::find(ranks, to) < std::ranges::find(ranks, outcome)) outcome = to;
}

// What the node has just kept of the call, or put through; `asked` is what the call waited for.
Outcome outcome_of(const NodeAnswered& answered, Question asked) {
    if (answered.question != asked || answered.answer != Answer::yes) return Outcome::abandoned;
    if (asked == Question::callback) return Outcome::callback;
    if (asked == Question::recording) return Outcome::voicemail;
    return asked == Question::transfer ? Outcome::covered : Outcome::abandoned;
}

// A message whose end nobody waits for: the caller hung up, or went into danger. What was heard of
// it is kept all the same.
bool left_a_message(const CallRecord& so_far, const Step& step) {
    return so_far.phase == Phase::recording && step.state.spoke &&
           step.state.phase != Phase::recording && step.state.question != Question::recording;
}

}  // namespace

std::string_view word_of(Outcome outcome) {
    constexpr std::array<std::string_view, 8> words{"abandoned", "voicemail", "callback", "talked",
                                                    "covered",   "closed",    "refused",  "failed"};
    return words[static_cast<std::size_t>(outcome)];
}

CallRecord record(CallRecord so_far, const Event& event, const Step& step, std::int64_t now) {
    const CallState& call = step.state;
    if (so_far.phase == Phase::ended) return so_far;
    if (std::holds_alternative<Started>(event)) so_far.began_ms = so_far.since_ms = now;
    const std::chrono::milliseconds passed(std::max<std::int64_t>(now - so_far.since_ms, 0));
    so_far.lasted += passed;
    if (so_far.phase == Phase::queued || so_far.phase == Phase::ringing) so_far.waited += passed;
    if (so_far.phase == Phase::talking) so_far.talked += passed;

    if (call.phase == Phase::talking) raise(so_far.outcome, Outcome::talked);
    if (const auto* answered = std::get_if<NodeAnswered>(&event))
        raise(so_far.outcome, outcome_of(*answered, so_far.question));
    if (left_a_message(so_far, step)) raise(so_far.outcome, Outcome::voicemail);
    if (call.found_closed) raise(so_far.outcome, Outcome::closed);
    if (call.found_failed) raise(so_far.outcome, Outcome::failed);
    if (call.found_full) raise(so_far.outcome, Outcome::refused);

    so_far.language = call.language;
    so_far.danger = call.urgency == Urgency::u0;
    so_far.silent = !call.heard;
    so_far.phase = call.phase;
    so_far.question = call.question;
    so_far.since_ms = now;
    return so_far;
}

}  // namespace sanad::phone
