#pragma once

#include "plugins/channels/phone/flow/call_record.h"
#include "plugins/channels/phone/flow/flow_machine.h"
#include "tests/unit/phone/shipped_flow.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// A call that is played from a text, with time that passes only when the text says so.
namespace sanad::phone::test {

class PlayedCall {
public:
    explicit PlayedCall(Flow flow, std::int64_t at = wednesday_morning)
        : flow_(std::move(flow)), now_(at) {}

    static constexpr std::int64_t wednesday_morning = 1'799'834'400'000;  // 2027-01-13T10:00:00Z

    /// What comes of it, one line for each action; the time-out that guards each Play is left out.
    ///
    /// what  started [anonymous] [returning] [full] [overloaded] [LANGUAGE] · heard: what is said
    ///       was heard to its end · press DIGITS · wait 8s · node yes/no/closed/full/failed, of
    ///       what the call asked · transfer yes · news [POSITION [SECONDS]] · ringing · bridged ·
    ///       missed · finished · lost · silence · speech · recording full · hung up
    std::vector<std::string> happens(const std::string& what);

    /// Plays lines that begin with "> " and compares what comes of each with the lines after it.
    void check(const std::vector<std::string>& script);

    /// Plays events and looks at nothing.
    void play(const std::vector<std::string>& events);

    const CallState& state() const { return state_; }
    const CallRecord& record() const { return record_; }

private:
    std::vector<std::string> pass(std::int64_t ms);
    void take(const Event& event, std::vector<std::string>& lines);

    Flow flow_;
    CallState state_;
    CallRecord record_;
    std::int64_t now_;
    std::map<std::uint32_t, std::int64_t> timers_;  // id and when it fires
    std::uint32_t words_ = 0;                       // the Play that is being heard
};

/// As `happens` shows it.
std::string text_of(const Action& action);

}  // namespace sanad::phone::test
