#include "core/node/self_audit.h"

namespace sanad::node {

SelfAudit::SelfAudit(Parts parts)
    : parts_(parts), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void SelfAudit::request() {
    {
        const std::lock_guard lock(mutex_);
        requested_ = true;
    }
    asked_.notify_one();
}

void SelfAudit::run(const std::stop_token& stop) {
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            if (!asked_.wait(lock, stop, [this] { return requested_; })) return;
            requested_ = false;
        }
        const auto found = walk(parts_, stop);
        if (!found) {
            parts_.log.warn("audit.not_checked", {{"fault", name(found.error().fault)}});
            continue;
        }
        const auto kept = parts_.engine.submit(
            [this, found = *found](store::Draft& draft) {
                return parts_.witness.checked(draft, found);
            },
            {});
        if (!kept) parts_.log.warn("audit.not_checked", {{"fault", name(kept.error().fault)}});
    }
}

// A snapshot for each piece: an old one would keep the store from reusing its pages.
Result<federation::AuditChecked> SelfAudit::walk(const Parts& parts, const std::stop_token& stop) {
    std::vector<store::AuditCheck::Head> heads;
    {
        const auto snapshot = parts.store.snapshot();
        if (!snapshot) return std::unexpected(snapshot.error());
        auto found = parts.witness.heads_to_agree(**snapshot);
        if (!found) return std::unexpected(found.error());
        heads = std::move(*found);
    }
    store::AuditCheck check(parts.audit, std::move(heads));
    for (bool over = false; !over;) {
        if (stop.stop_requested()) return fail(Fault::closed, "audit check");
        const auto snapshot = parts.store.snapshot();
        if (!snapshot) return std::unexpected(snapshot.error());
        const auto walked = check.step(**snapshot);
        if (!walked) return std::unexpected(walked.error());
        over = *walked;
    }
    federation::AuditChecked found{parts.clock.now(), check.size(), 0, ""};
    if (check.bad()) {
        found.bad_index = check.bad()->index;
        found.bad = check.bad()->what;
    }
    return found;
}

}  // namespace sanad::node
