// The part of AuditWitness that raises alarms, and lets people put an end to them.
#include "core/federation/audit_witness.h"

namespace sanad::federation {
namespace {

constexpr std::uint32_t heads_at_once = 256;

}  // namespace

// An owner that does not answer keeps its secret no better than one that answers badly.
Result<void> AuditWitness::give_up_waiting(store::Draft& draft, Time now) {
    const auto asked = book_.listed(draft, AuditBook::List::asked, heads_at_once);
    if (!asked) return std::unexpected(asked.error());
    for (const auto& head : *asked) {
        if (!head.proven && now < head.asked_at + parts_.round * audit_answer_rounds) continue;
        const auto done =
            book_.forget(draft, AuditBook::List::asked, head.owner, head.checkpoint.size);
        if (!done) return done;
        if (head.proven) continue;
        const auto base = book_.seen(draft, head.owner, head.asked);
        if (!base) return std::unexpected(base.error());
        const auto raised = raise(draft, {.at = now,
                                          .about = head.owner,
                                          .kind = "unanswered",
                                          .told_by = head.told_by,
                                          .first = *base ? (*base)->growth.head : "",
                                          .second = head.growth.head});
        if (!raised) return raised;
    }
    return {};
}

// One open alarm a log: the first contradiction is the evidence, what follows is counted.
Result<void> AuditWitness::raise(store::Draft& draft, AuditAlarm alarm) {
    parts_.counters.add("audit.alarms");
    parts_.log.error(
        "audit.alarm",
        {{"about", alarm.about.text}, {"kind", alarm.kind}, {"told_by", alarm.told_by.text}});
    auto open = book_.open_alarm(draft, alarm.about);
    if (!open) return std::unexpected(open.error());
    if (*open) {
        ++(*open)->repeats;
        return book_.keep(draft, **open);
    }
    alarm.id = make_uuid7(alarm.at, parts_.entropy);
    if (const auto kept = book_.keep(draft, alarm); !kept) return kept;
    parts_.audit.append(draft, {.at = alarm.at,
                                .actor = "node",
                                .role = "node",
                                .action = "audit.alarm",
                                .subject = alarm.id,
                                .reason = alarm.about.text + " " + alarm.kind});
    parts_.feed.emit(
        draft,
        {.at = alarm.at, .name = "audit.alarm", .subject = alarm.id, .peer = alarm.about.text});
    return {};
}

Result<void> AuditWitness::acknowledge(store::Draft& draft, const std::array<std::uint8_t, 16>& id,
                                       const std::string& actor) {
    auto alarm = book_.alarm(draft, id);
    if (!alarm) return std::unexpected(alarm.error());
    if (!*alarm) return fail(Fault::not_found, "audit alarm");
    if (!(*alarm)->acknowledged_by.empty()) return fail(Fault::denied, "audit alarm: acknowledged");
    (*alarm)->acknowledged_by = actor;
    if (const auto kept = book_.keep(draft, **alarm); !kept) return kept;
    return book_.set_position(draft, (*alarm)->about, {});
}

}  // namespace sanad::federation
