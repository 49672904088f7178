#include "core/api/roster_text.h"

#include "core/api/reply_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

namespace sanad::api {

using casework::DutyHours;
using casework::minutes_of_day;

namespace {

constexpr std::array<std::string_view, 7> day_names{"mon", "tue", "wed", "thu",
                                                    "fri", "sat", "sun"};

std::optional<unsigned> day_from(std::string_view text) {
    const auto found = std::ranges::find(day_names, text);
    if (found == day_names.end()) return std::nullopt;
    return static_cast<unsigned>(found - day_names.begin());
}

/// Days of a week, 0 Monday; `sat-mon` goes over the end of the week.
std::optional<std::array<bool, 7>> days_from(std::string_view text) {
    std::array<bool, 7> days{};
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        const auto part = text.substr(0, comma);
        const auto dash = std::min(part.find('-'), part.size());
        const auto first = day_from(part.substr(0, dash));
        const auto last = dash == part.size() ? first : day_from(part.substr(dash + 1));
        if (!first || !last) return std::nullopt;
        for (unsigned day = *first;; day = (day + 1) % 7) {
            days[day] = true;
            if (day == *last) break;
        }
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return days;
}

/// `8:00`, `08:30`, `24:00` as a minute of the day.
std::optional<std::uint16_t> minute_from(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == text.npos || colon == 0 || colon > 2 || text.size() != colon + 3)
        return std::nullopt;
    const auto number = [](std::string_view digits) -> std::optional<unsigned> {
        unsigned value = 0;
        const auto [end, fault] =
            std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (fault != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
        return value;
    };
    const auto hour = number(text.substr(0, colon));
    const auto minute = number(text.substr(colon + 1));
    if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > minutes_of_day)
        return std::nullopt;
    return static_cast<std::uint16_t>(*hour * 60 + *minute);
}

std::string clock_text(std::uint16_t minute) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%02u:%02u", minute / 60U % 25U, minute % 60U);
    return text.data();
}

}  // namespace

Result<std::vector<DutyHours>> parse_hours(std::string_view text) {
    const auto space = text.find(' ');
    if (space == text.npos || space == 0) return fail(Fault::malformed, "hours");
    const auto days = days_from(text.substr(0, space));
    const auto times = text.substr(space + 1);
    const auto dash = times.find('-');
    if (!days || dash == times.npos) return fail(Fault::malformed, "hours");
    const auto from = minute_from(times.substr(0, dash));
    const auto until = minute_from(times.substr(dash + 1));
    if (!from || !until || *from == *until || *from == minutes_of_day)
        return fail(Fault::malformed, "hours");
    std::vector<DutyHours> hours;
    for (unsigned day = 0; day < days->size(); ++day) {
        if (!(*days)[day]) continue;
        const auto today = static_cast<std::uint8_t>(day + 1);
        const auto tomorrow = static_cast<std::uint8_t>((day + 1) % 7 + 1);
        hours.push_back({today, *from, *from < *until ? *until : minutes_of_day});
        if (*until < *from && *until > 0) hours.push_back({tomorrow, 0, *until});
    }
    std::ranges::sort(hours);
    return hours;
}

std::string format_hours(const DutyHours& hours) {
    const std::size_t day = hours.day >= 1 && hours.day <= 7 ? hours.day - 1U : 0;
    return std::string(day_names[day]) + " " + clock_text(hours.from) + "-" +
           clock_text(hours.until);
}

Result<casework::Roster> roster_from(schema::api::RosterView::Reader in) {
    casework::Roster roster;
    auto languages = texts_from(in.getLanguages());
    auto ages = texts_from(in.getAgeBands());
    auto kinds = texts_from(in.getKinds());
    const auto hours = texts_from(in.getHours(), casework::roster_hours_max);
    if (!languages || !ages || !kinds || !hours) return fail(Fault::bad_size, "roster");
    for (const auto& line : *hours) {
        const auto stretch = parse_hours(line);
        if (!stretch) return std::unexpected(stretch.error());
        roster.hours.insert(roster.hours.end(), stretch->begin(), stretch->end());
    }
    const auto until = parse_time(from_text(in.getValidUntil()));
    if (!until) return std::unexpected(until.error());
    roster.languages = std::move(*languages);
    roster.age_bands = std::move(*ages);
    roster.kinds = std::move(*kinds);
    if (roster.kinds.empty()) roster.kinds = {"overflow"};
    roster.zone = from_text(in.getZone());
    roster.capacity = in.getCapacity();
    roster.valid_until = *until;
    return roster;
}

void fill_roster(schema::api::RosterView::Builder out, const NodeId& node,
                 const casework::Roster& roster, Time now) {
    out.setNode(text(node.text));
    out.setNumber(roster.number);
    fill_texts(out.initLanguages(static_cast<unsigned>(roster.languages.size())), roster.languages);
    fill_texts(out.initAgeBands(static_cast<unsigned>(roster.age_bands.size())), roster.age_bands);
    fill_texts(out.initKinds(static_cast<unsigned>(roster.kinds.size())), roster.kinds);
    out.setZone(text(roster.zone));
    auto hours = out.initHours(static_cast<unsigned>(roster.hours.size()));
    for (unsigned i = 0; i < hours.size(); ++i) hours.set(i, text(format_hours(roster.hours[i])));
    out.setCapacity(roster.capacity);
    out.setIssuedAt(text(format_time(roster.issued_at)));
    out.setValidUntil(text(format_time(roster.valid_until)));
    out.setOpen(casework::hours_at(roster, now).has_value());
}

}  // namespace sanad::api
