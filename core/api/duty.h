#pragma once

#include "core/api/cases.h"
#include "core/api/outward.h"
#include "core/federation/on_call.h"

#include <functional>
#include <string>
#include <vector>

namespace sanad::api {

/// Somebody of the call list. The number is for the plugin that rings, and for nobody else.
struct Call {
    std::string name, number;
    std::string instance;  // the plugin instance that brings an alarm to them; empty: none does
};

/// Who is told when a clock runs out: at half the counsellor of the case, at the whole the
/// supervisors on duty, at twice the call list, which plugins ring. threads  engine
class Duty final : public federation::OnCall {
public:
    /// The references outlive the duty.
    struct Parts {
        std::vector<std::string> supervisors;
        std::vector<Call> calls;
        Cases& cases;
        Outward& outward;
        Entropy& entropy;
        /// Asked where `supervisors` names nobody: whoever is one at this moment.
        std::function<Result<std::vector<std::string>>(store::Snapshot&)> every_supervisor{};
    };
    explicit Duty(Parts parts) : parts_(std::move(parts)) {}

    Result<std::string> tell(store::Draft& draft, const federation::Alarm& alarm,
                             Time now) override;

private:
    Result<std::string> supervisors(store::Draft& draft);
    Result<std::string> counsellor_of(store::Draft& draft, const CaseId& id);
    Result<void> ring(store::Draft& draft, const Call& call, const federation::Alarm& alarm,
                      Time now);

    Parts parts_;
};

}  // namespace sanad::api
