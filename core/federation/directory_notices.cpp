// The part of DirectoryBook that is about exceptions: revocation notices, overrides, expiry.
#include "core/federation/directory_book.h"

#include "core/base/text.h"

#include <algorithm>

namespace sanad::federation {
namespace {

const char* event_of(Validity validity) {
    switch (validity) {
        case Validity::not_yet:
        case Validity::valid:
            return "directory.valid";
        case Validity::expired_soft:
            return "directory.expired_soft";
        case Validity::expired_hard:
            return "directory.expired_hard";
    }
    return "directory.valid";
}

}  // namespace

Bytes DirectoryBook::notice_key(const Revocation& notice) {
    Bytes key(notice.node.text.begin(), notice.node.text.end());
    key.push_back(0);
    append(key, notice.by.key);
    return key;
}

Result<DirectoryBook::Outcome> DirectoryBook::revoke(store::Draft& draft, std::string_view note,
                                                     const std::string& from, Time now) {
    const auto& state = latest();
    if (!state.in_force) return fail(Fault::not_found, "no directory yet");
    auto notice = verify_revocation(state.in_force->directory, note, effective_now(state, now));
    if (!notice) return std::unexpected(notice.error());
    const auto known = std::ranges::find_if(state.notices, [&](const Revocation& one) {
        return one.node == notice->node && one.by.key == notice->by.key;
    });
    if (known != state.notices.end() && known->issued >= notice->issued) return Outcome::same;
    if (known == state.notices.end() && state.notices.size() >= revocations_max)
        return fail(Fault::exhausted, "revocations");
    const auto put = parts_.records.put(draft, notices_, notice_key(*notice), store::node_key_id,
                                        bytes_of(notice->note));
    if (!put) return std::unexpected(put.error());
    parts_.audit.append(
        draft, {.at = now,
                .actor = from,
                .action = "directory.revoke",
                .reason = notice->node.text + " by " + notice->by.name + ": " + notice->reason});
    tell(draft, now, "directory.revoked", notice->node.text);
    if (const auto kept = keep(draft, federation::revoke(state, std::move(*notice)), now); !kept)
        return std::unexpected(kept.error());
    return Outcome::followed;
}

Result<void> DirectoryBook::ask_override(store::Draft& draft, const std::string& who,
                                         std::string_view reason, std::uint32_t hours, Time now) {
    auto state = latest();
    if (!state.in_force || validity(state, now, parts_.grace) != Validity::expired_hard)
        return fail(Fault::denied, "not_expired");
    if (hours == 0 || hours > override_hours_max) return fail(Fault::invalid, "hours");
    if (!check_prose(reason, override_reason_bytes_max)) return fail(Fault::invalid, "reason");
    state.exception =
        DirectoryOverride{who, "", std::string(reason), hours, effective_now(state, now), {}};
    tell(draft, now, "directory.override_asked", "", hours);
    return keep(draft, std::move(state), now);
}

Result<Time> DirectoryBook::agree_override(store::Draft& draft, const std::string& who, Time now) {
    auto state = forget_past(latest(), now);
    if (!state.exception || !state.exception->agreed_by.empty())
        return fail(Fault::not_found, "override");
    if (state.exception->asked_by == who) return fail(Fault::denied, "same_person");
    state.exception->agreed_by = who;
    state.exception->until = effective_now(state, now) + std::chrono::hours(state.exception->hours);
    const Time until = state.exception->until;
    tell(draft, now, "directory.override_begun", "", state.exception->hours);
    if (const auto kept = keep(draft, std::move(state), now); !kept)
        return std::unexpected(kept.error());
    return until;
}

Result<void> DirectoryBook::end_override(store::Draft& draft, Time now) {
    auto state = latest();
    if (!state.exception) return fail(Fault::not_found, "override");
    state.exception.reset();
    tell(draft, now, "directory.override_ended", "");
    return keep(draft, std::move(state), now);
}

Result<void> DirectoryBook::on_timer(store::Draft& draft, Time now) {
    const auto& before = latest();
    auto state = forget_past(before, now);
    for (const auto& notice : before.notices) {
        if (std::ranges::find(state.notices, notice) != state.notices.end()) continue;
        if (const auto gone = draft.del(notices_.table, notice_key(notice)); !gone) return gone;
        parts_.audit.append(draft, {.at = now,
                                    .actor = "node",
                                    .action = "directory.revocation_lapsed",
                                    .reason = notice.node.text});
        tell(draft, now, "directory.revocation_lapsed", notice.node.text);
    }
    if (before.exception && !state.exception) {
        parts_.audit.append(draft,
                            {.at = now, .actor = "node", .action = "directory.override_ended"});
        tell(draft, now, "directory.override_ended", "");
    }
    return keep(draft, std::move(state), now);
}

DirectoryBook::Condition DirectoryBook::condition(Time now) const {
    const auto state = current();
    if (!state->in_force) return {};
    return {validity(*state, now, parts_.grace), is_clock_wrong(*state, now)};
}

bool DirectoryBook::has_news(Time now) const { return condition(now) != told_; }

void DirectoryBook::tell_condition(store::Draft& draft, Time now) {
    const auto fresh = condition(now);
    const auto said = [&](const char* name) {
        parts_.audit.append(draft, {.at = now, .actor = "node", .action = name});
        tell(draft, now, name, "", current()->version());
    };
    if (fresh.validity != told_.validity) said(event_of(fresh.validity));
    if (fresh.clock_wrong != told_.clock_wrong)
        said(fresh.clock_wrong ? "clock.wrong" : "clock.right");
    draft.then([this, fresh](store::Transaction&) -> Result<void> {
        told_ = fresh;
        return {};
    });
}

}  // namespace sanad::federation
