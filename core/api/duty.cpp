#include "core/api/duty.h"

#include "core/api/json_object.h"
#include "core/base/time_text.h"

namespace sanad::api {
namespace {

constexpr std::size_t reference_bytes = 16;

void add_name(std::string& names, const std::string& name) {
    names += (names.empty() ? "" : ", ") + name;
}

}  // namespace

Result<std::string> Duty::tell(store::Draft& draft, const federation::Alarm& alarm, Time now) {
    std::string names;
    switch (alarm.action) {
        case casework::StepAction::remind:
            return counsellor_of(draft, alarm.case_id);
        case casework::StepAction::alert_supervisor_and_fallback:
            return supervisors(draft);
        case casework::StepAction::call_list:
            break;
    }
    for (const Call& call : parts_.calls) {
        add_name(names, call.name);
        if (call.instance.empty()) continue;
        if (const auto rung = ring(draft, call, alarm, now); !rung)
            return std::unexpected(rung.error());
    }
    return names;
}

Result<std::string> Duty::supervisors(store::Draft& draft) {
    auto names = Result<std::vector<std::string>>(parts_.supervisors);
    if (names->empty() && parts_.every_supervisor) names = parts_.every_supervisor(draft);
    if (!names) return std::unexpected(names.error());
    std::string all;
    for (const auto& name : *names) add_name(all, name);
    return all;
}

// A case that is the other node's, or was erased, has no counsellor here.
Result<std::string> Duty::counsellor_of(store::Draft& draft, const CaseId& id) {
    if (id.empty()) return std::string();
    const auto file = parts_.cases.find(draft, id);
    if (file) return file->assigned_to;
    if (file.error().fault == Fault::not_found) return std::string();
    return std::unexpected(file.error());
}

// The plugin gets what a person at night needs to open the right thing, and nothing of the child.
Result<void> Duty::ring(store::Draft& draft, const Call& call, const federation::Alarm& alarm,
                        Time now) {
    casework::Escalation item;
    item.id = make_id<EscalationId>(now, parts_.entropy);
    item.partner = call.instance;
    item.urgency = alarm.urgency;
    item.created_at = now;
    Bytes reference(reference_bytes);
    parts_.entropy.fill(reference);
    const auto view = json_object({{"alarm", alarm.name},
                                   {"limit", alarm.limit},
                                   {"subject", format(ReferralId{alarm.subject})},
                                   {"peer", alarm.peer},
                                   {"urgency", std::string(casework::name(alarm.urgency))},
                                   {"at", format_time(now)},
                                   {"call", call.name},
                                   {"number", call.number}});
    return parts_.outward.dispatch(draft, call.instance, item, reference, view, now);
}

}  // namespace sanad::api
