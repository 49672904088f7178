#pragma once

#include "core/base/ids.h"
#include "core/casework/clocks.h"
#include "core/store/draft.h"

#include <array>
#include <string>

namespace sanad::federation {

/// A clock has run so far: about what, and how far.
struct Alarm {
    std::array<std::uint8_t, 16> subject{};  // the referral or escalation
    CaseId case_id;                          // empty: a case of the other node
    std::string peer;                        // the other node, or the partner
    casework::Urgency urgency = casework::Urgency::none;
    casework::StepAction action{};
    std::string name;   // of the event, such as "referral.clock_full"
    std::string limit;  // what ran out, such as "accepted"
};

/// Who is told when a clock runs out. core/api knows staff and call list. threads  engine
class OnCall {
public:
    virtual ~OnCall() = default;
    /// Names whom the alarm is for, and calls where somebody is to be called: the node brings that
    /// out through a plugin, after the commit.
    /// returns  names, with commas; empty: whoever is there
    /// errors   only those of the store
    virtual Result<std::string> tell(store::Draft& draft, const Alarm& alarm, Time now) = 0;
};

}  // namespace sanad::federation
