// The part of Service that is about the audit log: entries, the walk through all of it, witnesses.
#include "core/api/service.h"
#include "core/base/encoding.h"
#include "core/base/message.h"
#include "core/base/time_text.h"
#include "core/federation/audit_witness.h"

#include <algorithm>

namespace sanad::api {
namespace {

constexpr std::uint32_t own_heads_shown = 24;
constexpr std::uint32_t seen_heads_shown = 200;
constexpr std::uint32_t alarms_shown = 200;

const std::array<std::uint8_t, 16> no_subject{};

std::string subject_text(const std::array<std::uint8_t, 16>& subject) {
    return subject == no_subject ? std::string() : format_uuid(subject);
}

}  // namespace

// In pieces, each from a snapshot of its own, while the node goes on.
Result<void> Service::audit_verify(Context& context, In, Out reply) {
    auto heads = parts_.witness.heads_to_agree(context.from);
    if (!heads) return std::unexpected(heads.error());
    store::AuditCheck check(parts_.audit, std::move(*heads));
    for (bool over = false; !over;) {
        const auto snapshot = parts_.store.snapshot();
        if (!snapshot) return std::unexpected(snapshot.error());
        const auto walked = check.step(**snapshot);
        if (!walked) return std::unexpected(walked.error());
        over = *walked;
    }
    auto out = reply.initAuditVerified();
    out.setSize(check.size());
    out.setRoot(to_text(to_hex(check.root())));
    if (const auto* agreed = check.newest_agreed()) {
        out.setAgreedSize(agreed->size);
        out.setAgreedHolder(to_text(agreed->holder));
    }
    if (check.bad()) {
        out.setBad(true);
        out.setBadIndex(check.bad()->index);
        out.setBadWhat(to_text(check.bad()->what));
    }
    return {};
}

Result<void> Service::audit_export(Context& context, In request, Out reply) {
    const auto wanted = request.getAuditExport();
    std::vector<std::pair<std::uint64_t, store::AuditEntry>> entries;
    const auto read = parts_.audit.read(context.from, wanted.getFirst(),
                                        std::clamp<std::uint32_t>(wanted.getLimit(), 1, 1'000),
                                        [&](std::uint64_t number, const store::AuditEntry& entry) {
                                            entries.emplace_back(number, entry);
                                            return true;
                                        });
    if (!read) return read;
    auto out = reply.initAudit(static_cast<unsigned>(entries.size()));
    for (unsigned i = 0; i < out.size(); ++i) {
        const auto& [number, entry] = entries[i];
        out[i].setNumber(number);
        out[i].setAt(to_text(format_time(entry.at)));
        out[i].setActor(to_text(entry.actor));
        out[i].setRole(to_text(entry.role));
        out[i].setAction(to_text(entry.action));
        out[i].setSubject(to_text(subject_text(entry.subject)));
        out[i].setReason(to_text(entry.reason));
        out[i].setResult(to_text(entry.result));
    }
    return {};
}

Result<void> Service::audit_witness(Context& context, In, Out reply) {
    const auto& book = parts_.witness.book();
    const auto own = book.own_heads(context.from, own_heads_shown);
    const auto seen = book.seen_heads(context.from, {}, seen_heads_shown);
    const auto checked = book.checked(context.from);
    if (!own) return std::unexpected(own.error());
    if (!seen) return std::unexpected(seen.error());
    if (!checked) return std::unexpected(checked.error());
    auto out = reply.initAuditWitness();
    const auto witnesses = parts_.witness.witnesses();
    auto names = out.initWitnesses(static_cast<unsigned>(witnesses.size()));
    for (unsigned i = 0; i < names.size(); ++i) {
        const auto size = book.cosigned_by(context.from, witnesses[i]);
        if (!size) return std::unexpected(size.error());
        names[i].setNode(to_text(witnesses[i].text));
        names[i].setCosigned(*size);
    }
    auto ours = out.initOwn(static_cast<unsigned>(own->size()));
    for (unsigned i = 0; i < ours.size(); ++i) {
        ours[i].setSize((*own)[i].size);
        ours[i].setAt(to_text(format_time((*own)[i].at)));
        ours[i].setHead(to_text((*own)[i].note));
    }
    auto others = out.initSeen(static_cast<unsigned>(seen->size()));
    for (unsigned i = 0; i < others.size(); ++i) {
        const auto& head = (*seen)[i];
        others[i].setNode(to_text(head.owner.text));
        others[i].setSize(head.checkpoint.size);
        others[i].setAt(to_text(format_time(head.at)));
        others[i].setToldBy(to_text(head.told_by.text));
        others[i].setCosigned(head.cosigned);
        others[i].setProven(head.proven);
        others[i].setHead(to_text(head.growth.head));
    }
    if (*checked) {
        out.setCheckedAt(to_text(format_time((*checked)->at)));
        out.setCheckedSize((*checked)->size);
        out.setCheckedBadIndex((*checked)->bad_index);
        out.setCheckedBad(to_text((*checked)->bad));
    }
    return {};
}

Result<void> Service::tell_audit(Context& context, schema::api::NodeStatus::Builder status) {
    const auto& book = parts_.witness.book();
    const auto checked = book.checked(context.from);
    const auto alarms = book.alarms(context.from, alarms_shown);
    if (!checked) return std::unexpected(checked.error());
    if (!alarms) return std::unexpected(alarms.error());
    status.setAuditAlarms(static_cast<std::uint32_t>(std::ranges::count_if(
        *alarms, [](const auto& alarm) { return alarm.acknowledged_by.empty(); })));
    if (!*checked) return {};
    status.setAuditChecked(to_text(format_time((*checked)->at)));
    if (!(*checked)->bad.empty())
        status.setAuditBad(
            to_text("entry " + std::to_string((*checked)->bad_index) + " " + (*checked)->bad));
    return {};
}

Result<void> Service::audit_alarms(Context& context, In, Out reply) {
    const auto alarms = parts_.witness.book().alarms(context.from, alarms_shown);
    if (!alarms) return std::unexpected(alarms.error());
    auto out = reply.initAuditAlarms(static_cast<unsigned>(alarms->size()));
    for (unsigned i = 0; i < out.size(); ++i) {
        const auto& alarm = (*alarms)[i];
        out[i].setId(to_text(format_uuid(alarm.id)));
        out[i].setAt(to_text(format_time(alarm.at)));
        out[i].setAbout(to_text(alarm.about.text));
        out[i].setKind(to_text(alarm.kind));
        out[i].setToldBy(to_text(alarm.told_by.text));
        out[i].setFirst(to_text(alarm.first));
        out[i].setSecond(to_text(alarm.second));
        out[i].setRepeats(alarm.repeats);
        out[i].setAcknowledgedBy(to_text(alarm.acknowledged_by));
    }
    return {};
}

Result<void> Service::audit_acknowledge(Context& context, In request, Out reply) {
    const auto id = parse_uuid(from_text(request.getAuditAcknowledge()));
    if (!id) return std::unexpected(id.error());
    context.subject = *id;
    const auto done = parts_.witness.acknowledge(*context.draft, *id, context.actor.name);
    if (!done) return done;
    auto out = reply.initDone();
    out.setId(to_text(format_uuid(*id)));
    out.setState("acknowledged");
    return {};
}

}  // namespace sanad::api
