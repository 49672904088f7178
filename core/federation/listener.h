#pragma once

#include "core/casework/referral_event.h"
#include "core/casework/referral_record.h"
#include "core/store/draft.h"

namespace sanad::federation {

/// What else is to be done when the other side has said something. threads  engine
class Listener {
public:
    virtual ~Listener() = default;
    /// `message` has had its effect: `record` is after it. In the transaction that took it in, so
    /// only errors of the store may come back.
    virtual Result<void> heard(store::Draft& draft, const casework::ReferralRecord& record,
                               const casework::ReferralMessage& message, Time now) = 0;
};

}  // namespace sanad::federation
