#include "core/casework/exposure.h"

#include "core/base/time_text.h"

#include <algorithm>

namespace sanad::casework {
namespace {

constexpr std::int64_t day_ms = 24LL * 60 * 60 * 1000;

// What runs goes on from `now`, unless they are on a break or in nothing severe.
Exposure run_from(Exposure exposure, Time now) {
    const bool runs = !exposure.contacts.empty() && exposure.break_since == Time{};
    exposure.since = runs ? now : Time{};
    if (runs)
        exposure.rests_since = {};
    else if (exposure.rests_since == Time{})
        exposure.rests_since = now;
    return exposure;
}

}  // namespace

Exposure at(Exposure exposure, const ExposureRules& rules, Time now) {
    const Time midnight{static_cast<std::int64_t>(day_of(now)) * day_ms};
    if (day_of(now) > exposure.day) {
        exposure.day = day_of(now);
        exposure.today = exposure.lent = Duration{0};
    }
    if (exposure.since != Time{}) {
        const Duration ran = std::clamp(now - exposure.since, Duration{0}, rules.quiet);
        const Time stopped = exposure.since + ran;
        exposure.stretch += ran;
        exposure.today += std::clamp(stopped - midnight, Duration{0}, ran);
        exposure.since = now;
    }
    const bool rested =
        exposure.rests_since != Time{} && now - exposure.rests_since >= rules.stretch;
    const bool paused = exposure.break_since != Time{} && now - exposure.break_since >= rules.pause;
    if (rested || paused) exposure.stretch = Duration{0};
    return exposure;
}

Exposure entered(Exposure exposure, const ContactId& contact, const ExposureRules& rules,
                 Time now) {
    exposure = at(std::move(exposure), rules, now);
    exposure.contacts.insert(contact);
    exposure.break_since = {};
    return run_from(std::move(exposure), now);
}

Exposure left(Exposure exposure, const ContactId& contact, const ExposureRules& rules, Time now) {
    exposure = at(std::move(exposure), rules, now);
    exposure.contacts.erase(contact);
    return run_from(std::move(exposure), now);
}

Exposure begin_break(Exposure exposure, const ExposureRules& rules, Time now) {
    exposure = at(std::move(exposure), rules, now);
    if (exposure.break_since == Time{}) exposure.break_since = now;
    return run_from(std::move(exposure), now);
}

Exposure end_break(Exposure exposure, const ExposureRules& rules, Time now) {
    exposure = at(std::move(exposure), rules, now);
    exposure.break_since = {};
    return run_from(std::move(exposure), now);
}

bool is_over(const Exposure& exposure, const ExposureRules& rules) {
    return exposure.today >= rules.day + exposure.lent;
}

bool needs_break(const Exposure& exposure, const ExposureRules& rules) {
    return exposure.stretch >= rules.stretch && exposure.break_since == Time{};
}

bool is_nothing(const Exposure& exposure) {
    return exposure.today == Duration{0} && exposure.stretch == Duration{0} &&
           exposure.lent == Duration{0} && exposure.break_since == Time{} &&
           exposure.talk_asked_at == Time{} && exposure.contacts.empty();
}

}  // namespace sanad::casework
