// The part of Service that is about the federation's directory.
#include "core/api/directory_reply.h"
#include "core/api/error_reply.h"
#include "core/api/reply_text.h"
#include "core/api/service.h"

namespace sanad::api {
namespace {

using Outcome = federation::DirectoryBook::Outcome;

constexpr std::string_view revocation_start = "sanad-revocation/";

}  // namespace

// What contradicts the directory in force is kept although it is refused: so the command succeeds,
// and its answer is the alarm.
Result<void> Service::directory_install(Context& context, In request, Out reply) {
    const auto note = from_text(request.getDirectoryInstall());
    const auto& who = context.actor.name;
    const bool is_notice = note.starts_with(revocation_start);
    const auto outcome =
        is_notice ? parts_.directories.revoke(*context.draft, note, who, context.now)
                  : parts_.node.install_directory(*context.draft, note, who, context.now);
    if (!outcome) return std::unexpected(outcome.error());
    if (*outcome == Outcome::fork) {
        context.reason = "fork";
        fill(reply.initError(), Error{Fault::denied, "directory_fork"});
        return {};
    }
    const auto parsed = trust::parse_note(note);
    if (!parsed) return std::unexpected(parsed.error());
    if (is_notice) {
        context.reason = "revocation";
    } else {
        const auto directory = federation::parse_directory(parsed->text);
        if (!directory) return std::unexpected(directory.error());
        context.reason = "version " + std::to_string(directory->version);
    }
    const std::string same = *outcome == Outcome::same ? ", in force already" : "";
    reply.initDone().setState(text(context.reason + same));
    return {};
}

Result<void> Service::directory_show(Context& context, In, Out reply) {
    const auto alarms = parts_.directories.alarms(context.from);
    if (!alarms) return std::unexpected(alarms.error());
    fill_directory(reply.initDirectory(), *parts_.directories.current(), *alarms,
                   parts_.directories.grace(), context.now);
    return {};
}

Result<void> Service::directory_alarm(Context& context, In request, Out reply) {
    const auto number = request.getDirectoryAlarm();
    const auto alarms = parts_.directories.alarms(context.from);
    if (!alarms) return std::unexpected(alarms.error());
    if (number == 0 || number > alarms->size()) return fail(Fault::not_found, "alarm");
    const auto& alarm = (*alarms)[number - 1];
    auto out = reply.initDirectoryAlarm();
    out.setAt(text(format_time(alarm.at)));
    out.setVersion(alarm.version);
    out.setFrom(text(alarm.from));
    out.setHeld(text(alarm.held));
    out.setOther(text(alarm.other));
    return {};
}

Result<void> Service::directory_override(Context& context, In request, Out reply) {
    const auto in = request.getDirectoryOverride();
    const auto action = from_text(in.getAction());
    auto& book = parts_.directories;
    auto& draft = *context.draft;
    context.reason = action;
    if (action == "ask") {
        const auto reason = from_text(in.getReason());
        const auto asked =
            book.ask_override(draft, context.actor.name, reason, in.getHours(), context.now);
        if (!asked) return asked;
        context.reason = "ask, " + std::to_string(in.getHours()) + " h: " + reason;
        context.reason.resize(std::min(context.reason.size(), store::Audit::text_bytes_max));
        reply.initDone().setState("a second person must agree");
        return {};
    }
    if (action == "agree") {
        const auto until = book.agree_override(draft, context.actor.name, context.now);
        if (!until) return std::unexpected(until.error());
        reply.initDone().setState(text("until " + format_time(*until)));
        return {};
    }
    if (action != "end") return fail(Fault::unsupported, "action");
    if (const auto ended = book.end_override(draft, context.now); !ended) return ended;
    reply.initDone().setState("ended");
    return {};
}

}  // namespace sanad::api
