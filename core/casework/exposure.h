#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"

#include <cstdint>
#include <set>

// How long somebody works on severe content in a day, and when they need a break. Pure rules: what
// counts as severe, and who is in which contact, is for the caller to say. A day is a day in UTC.
namespace sanad::casework {

/// The defaults follow what the Internet Watch Foundation keeps to: five hours a day, and a break
/// every hour.
struct ExposureRules {
    Duration day = std::chrono::minutes(300);     // more than that is given to nobody
    Duration stretch = std::chrono::minutes(60);  // then a break is due
    Duration pause = std::chrono::minutes(5);     // a break as long as that counts
    Duration quiet = std::chrono::minutes(30);    // without a word of theirs: no more is counted
    Duration lent = std::chrono::minutes(120);    // the most that is added in a day
};

/// What is known of one person. It tells how much, never what: not one word and no kind of harm.
struct Exposure {
    std::uint32_t day = 0;         // since 1970
    Duration today{0};             // before `since`
    Duration stretch{0};           // since the last break, before `since`
    Time since{};                  // it runs since then; 0: it does not
    Time rests_since{};            // the last severe contact was left then; 0: never, or it runs
    Time break_since{};            // 0: no break
    Time talk_asked_at{};          // 0: they have not asked
    Duration lent{0};              // added today
    std::set<ContactId> contacts;  // the severe ones that they are in
    bool operator==(const Exposure&) const = default;
};

/// The same at `now`: what ran is added, a new day begins at nothing, and who had nothing severe
/// for as long as a stretch has had their break. A clock that was set back takes nothing away.
Exposure at(Exposure exposure, const ExposureRules& rules, Time now);

/// They are in a severe contact from now on, and so no longer on a break; or in it no more.
Exposure entered(Exposure exposure, const ContactId& contact, const ExposureRules& rules, Time now);
Exposure left(Exposure exposure, const ContactId& contact, const ExposureRules& rules, Time now);

/// Nothing is counted during a break, also where a contact stays open; one that was as long as
/// `pause` begins a new stretch. Twice changes nothing.
Exposure begin_break(Exposure exposure, const ExposureRules& rules, Time now);
Exposure end_break(Exposure exposure, const ExposureRules& rules, Time now);

/// `exposure` as at() gives it: nothing severe is given to them; a break is due.
bool is_over(const Exposure& exposure, const ExposureRules& rules);
bool needs_break(const Exposure& exposure, const ExposureRules& rules);

/// Nothing is known that anybody would miss.
bool is_nothing(const Exposure& exposure);

}  // namespace sanad::casework
