// The part of Service that is about backups of the node.
#include "core/api/reply_text.h"
#include "core/api/service.h"

namespace sanad::api {

Result<void> Service::backup_make(Context&, In, Out reply) {
    const auto begun = parts_.node.make_backup();
    if (!begun && begun.error().fault == Fault::not_found)
        return fail(Fault::denied, "backup_key_missing");
    if (!begun) return begun;
    auto done = reply.initDone();
    done.setState("under_way");
    done.setNote("it goes on while everybody works: sanad backup list");
    return {};
}

Result<void> Service::backup_list(Context& context, In, Out reply) {
    const auto backups = parts_.node.backups();
    auto out = reply.initBackups();
    out.setFolder(text(backups.folder));
    out.setKey(text(backups.key));
    out.setEveryHours(backups.every_hours);
    out.setKeep(backups.keep);
    out.setRunning(backups.running);
    out.setBytes(backups.bytes);
    out.setFault(text(backups.fault));
    const Duration twice = 2 * std::chrono::hours(backups.every_hours);
    out.setLate(twice != Duration{0} &&
                (backups.made.empty() || context.now - backups.made.front().at > twice));
    auto made = out.initMade(static_cast<unsigned>(backups.made.size()));
    for (unsigned i = 0; i < made.size(); ++i) {
        made[i].setFile(text(backups.made[i].file));
        made[i].setAt(text(format_time(backups.made[i].at)));
        made[i].setBytes(backups.made[i].bytes);
    }
    return {};
}

}  // namespace sanad::api
