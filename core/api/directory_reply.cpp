#include "core/api/directory_reply.h"

#include "core/api/reply_text.h"

namespace sanad::api {

const char* directory_state_name(const federation::DirectoryState& state, Duration grace,
                                 Time now) {
    if (!state.in_force) return "none";
    switch (federation::validity(state, now, grace)) {
        case federation::Validity::not_yet:
            return "not_yet_valid";
        case federation::Validity::valid:
            return "valid";
        case federation::Validity::expired_soft:
            return "expired_soft";
        case federation::Validity::expired_hard:
            return "expired_hard";
    }
    return "unknown";
}

void fill_directory_status(schema::api::NodeStatus::Builder out,
                           const federation::DirectoryState& state, Duration grace, Time now) {
    out.setDirectoryState(directory_state_name(state, grace, now));
    if (state.in_force)
        out.setDirectoryExpires(text(format_time(state.in_force->directory.expires)));
    if (federation::has_override(state, now))
        out.setDirectoryOverrideUntil(text(format_time(state.exception->until)));
    out.setDirectoryAlarms(state.alarms);
    out.setClockWrong(federation::is_clock_wrong(state, now));
    out.setTimeFloor(text(time_or_nothing(state.floor)));
    std::vector<std::string> revoked;
    for (const auto& notice : state.notices)
        if (federation::acts(state, notice, now)) revoked.push_back(notice.node.text);
    fill_texts(out.initRevoked(static_cast<unsigned>(revoked.size())), revoked);
}

void fill_directory(schema::api::DirectoryView::Builder out,
                    const federation::DirectoryState& state,
                    const std::vector<federation::DirectoryBook::Alarm>& alarms, Duration grace,
                    Time now) {
    out.setState(directory_state_name(state, grace, now));
    if (state.in_force) out.setNote(text(trust::write_note(state.in_force->note)));
    out.setTimeFloor(text(time_or_nothing(state.floor)));
    out.setClockWrong(federation::is_clock_wrong(state, now));
    auto notices = out.initNotices(static_cast<unsigned>(state.notices.size()));
    for (unsigned i = 0; i < notices.size(); ++i) {
        const auto& notice = state.notices[i];
        notices[i].setNode(text(notice.node.text));
        notices[i].setBy(text(notice.by.name));
        notices[i].setReason(text(notice.reason));
        notices[i].setIssuedAt(text(format_time(notice.issued)));
        notices[i].setLapsesAt(text(format_time(notice.lapses())));
        notices[i].setActs(federation::acts(state, notice, now));
    }
    auto list = out.initAlarms(static_cast<unsigned>(alarms.size()));
    for (unsigned i = 0; i < list.size(); ++i) {
        list[i].setAt(text(format_time(alarms[i].at)));
        list[i].setVersion(alarms[i].version);
        list[i].setFrom(text(alarms[i].from));
    }
    if (!state.exception) return;
    auto exception = out.initOverride();
    exception.setAskedBy(text(state.exception->asked_by));
    exception.setAgreedBy(text(state.exception->agreed_by));
    exception.setReason(text(state.exception->reason));
    exception.setHours(state.exception->hours);
    exception.setAskedAt(text(format_time(state.exception->asked_at)));
    exception.setUntil(text(time_or_nothing(state.exception->until)));
}

}  // namespace sanad::api
