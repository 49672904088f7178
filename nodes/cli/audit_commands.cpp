// sanad audit: who did what, whether the log of it is whole, and who watches over it.
#include "core/node/toml_document.h"
#include "nodes/cli/door_call.h"
#include "nodes/cli/output.h"

#include <CLI/App.hpp>

#include <chrono>

namespace sanad::cli {
namespace {

constexpr std::uint32_t audit_page = 500;
constexpr Duration verify_wait = std::chrono::hours(1);  // it reads the whole log

std::string show_audit(door::Reply::Reader reply) {
    Table table({"NUMBER", "AT", "WHO", "ROLE", "ACTION", "RESULT", "SUBJECT", "REASON"});
    for (const auto entry : reply.getAudit())
        table.add({std::to_string(entry.getNumber()), text_of(entry.getAt()),
                   text_of(entry.getActor()), text_of(entry.getRole()), text_of(entry.getAction()),
                   text_of(entry.getResult()), text_of(entry.getSubject()),
                   text_of(entry.getReason())});
    return table.text("no entries there");
}

std::string verified_text(door::AuditVerified::Reader verified) {
    const std::string holder = text_of(verified.getAgreedHolder());
    const std::string agreed = holder.empty() ? "no signed head to compare with yet\n"
                                              : "it agrees with the head over " +
                                                    std::to_string(verified.getAgreedSize()) +
                                                    " entries that " + shown(holder) + " holds\n";
    if (!verified.getBad())
        return "the audit log is whole: " + std::to_string(verified.getSize()) + " entries, root " +
               shown(text_of(verified.getRoot())) + "\n" + agreed;
    return "NOT WHOLE: entry " + std::to_string(verified.getBadIndex()) + " " +
           shown(text_of(verified.getBadWhat())) + "\n" + agreed +
           "keep the data folder as it is, and ask the witnesses for their heads: sanad audit "
           "witness\n";
}

// A log that is not whole ends the program as a refusal does, in JSON as well.
int run_verify(const Common& common) {
    return ask_then(
        common, [](door::Request::Builder request) { request.setAuditVerify(); },
        [&](door::Reply::Reader reply) {
            const auto verified = reply.getAuditVerified();
            const bool bad = verified.getBad();
            const int printed = print(common.json ? json_of(reply) : verified_text(verified));
            return printed == exit_done && bad ? exit_refused : printed;
        },
        verify_wait);
}

std::string show_witness(door::Reply::Reader reply) {
    const auto view = reply.getAuditWitness();
    Table witnesses({"WITNESS", "COSIGNED UP TO"});
    for (const auto witness : view.getWitnesses())
        witnesses.add({text_of(witness.getNode()), std::to_string(witness.getCosigned())});
    Table own({"SIZE", "AT"});
    std::string newest;
    for (const auto head : view.getOwn()) {
        own.add({std::to_string(head.getSize()), text_of(head.getAt())});
        if (newest.empty()) newest = text_of(head.getHead());
    }
    Table seen({"NODE", "SIZE", "AT", "TOLD BY", "COSIGNED", "PROVEN"});
    for (const auto head : view.getSeen())
        seen.add({text_of(head.getNode()), std::to_string(head.getSize()), text_of(head.getAt()),
                  text_of(head.getToldBy()), head.getCosigned() ? "by us" : "no",
                  head.getProven() ? "yes" : "not yet"});
    const std::string checked = text_of(view.getCheckedAt());
    const std::string bad = text_of(view.getCheckedBad());
    const std::string nightly =
        checked.empty() ? "the whole log has not been read again yet\n"
        : bad.empty()   ? "read again " + shown(checked) + ": " +
                            std::to_string(view.getCheckedSize()) + " entries, all whole\n"
                      : "read again " + shown(checked) + ": NOT WHOLE: entry " +
                            std::to_string(view.getCheckedBadIndex()) + " " + shown(bad) + "\n";
    return nightly + "\nour audit log is cosigned by\n" +
           witnesses.text("nobody: there are no other active nodes in the directory") +
           "\nour heads, the newest first\n" + own.text("none yet") +
           (newest.empty() ? "" : "\nthe newest one\n" + shown_prose(newest, "  ")) +
           "\nheads of others\n" + seen.text("none yet");
}

// Both heads in full: they are the evidence, and whoever has the directory can check them.
std::string show_alarms(door::Reply::Reader reply) {
    std::string text;
    for (const auto alarm : reply.getAuditAlarms()) {
        const std::string by = text_of(alarm.getAcknowledgedBy());
        text += "ALARM " + shown(text_of(alarm.getId())) + "  " + shown(text_of(alarm.getAt())) +
                "\nthe audit log of " + shown(text_of(alarm.getAbout())) + ": " +
                shown(text_of(alarm.getKind())) + ", told by " + shown(text_of(alarm.getToldBy())) +
                (alarm.getRepeats() == 0 ? ""
                                         : ", and " + std::to_string(alarm.getRepeats()) +
                                               " more contradictions since") +
                "\n" + (by.empty() ? "OPEN\n" : "acknowledged by " + shown(by) + "\n") +
                "first head\n" + shown_prose(text_of(alarm.getFirst()), "  ") + "second head\n" +
                shown_prose(text_of(alarm.getSecond()), "  ") + "\n";
    }
    return text.empty() ? "no alarms: no two heads of an audit log contradict each other\n" : text;
}

void add_export(CLI::App& group, Chosen& chosen) {
    struct Range {
        std::uint64_t first = 0;
        std::uint32_t limit = audit_page;
    };
    auto range = std::make_shared<Range>();
    auto* list = add_command(group, "export", "Entries of the audit log",
                             "sanad audit export --first 0 --limit 100 --json");
    list->add_option("--first", range->first, "the first entry's number [0]");
    list->add_option("--limit", range->limit, "at most so many [500]")->check(CLI::Range(1U, 500U));
    choose(*list, chosen, [range](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) {
                auto body = request.initAuditExport();
                body.setFirst(range->first);
                body.setLimit(range->limit);
            },
            show_audit);
    });
}

}  // namespace

void add_audit_commands(CLI::App& app, Chosen& chosen) {
    auto* group = add_group(app, "audit", "Who did what, and whether the log of it is whole");
    auto* verify =
        add_command(*group, "verify", "Check the whole audit log, and name the first bad entry",
                    "sanad audit verify --as youssef");
    choose(*verify, chosen, run_verify);
    add_export(*group, chosen);
    auto* witness = add_command(*group, "witness", "Signed heads of audit logs, and who cosigned",
                                "sanad audit witness --as youssef");
    choose(*witness, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setAuditWitness(); },
            show_witness);
    });
    auto* alarms = add_command(*group, "alarms", "Two signed heads that contradict each other",
                               "sanad audit alarms --as youssef");
    choose(*alarms, chosen, [](const Common& common) {
        return ask(
            common, [](door::Request::Builder request) { request.setAuditAlarms(); }, show_alarms);
    });
    auto id = std::make_shared<std::string>();
    auto* acknowledge =
        add_command(*group, "acknowledge",
                    "Say that an alarm was looked into; the log may begin anew, the evidence stays",
                    "sanad audit acknowledge 01890a5d-ac96-774b-bcce-b302099a8057 --as youssef");
    add_word(*acknowledge, "alarm", *id, "the alarm's id");
    choose(*acknowledge, chosen, [id](const Common& common) {
        return ask(
            common,
            [&](door::Request::Builder request) { request.setAuditAcknowledge(text_for(*id)); },
            show_done);
    });
}

}  // namespace sanad::cli
