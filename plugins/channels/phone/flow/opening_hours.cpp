#include "plugins/channels/phone/flow/opening_hours.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace sanad::phone {
namespace {

constexpr std::array<std::string_view, 7> day_words{"mon", "tue", "wed", "thu",
                                                    "fri", "sat", "sun"};

std::optional<int> number_of(std::string_view text) {
    int number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc() || end != text.data() + text.size() || text.front() == '-') return {};
    return number;
}

std::optional<std::uint8_t> day_of(std::string_view word) {
    const auto found = std::ranges::find(day_words, word);
    if (found == day_words.end()) return {};
    return static_cast<std::uint8_t>(found - day_words.begin() + 1);
}

// "08:00"; "24:00" is the end of the day.
std::optional<std::uint16_t> minute_of(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return {};
    const auto hour = number_of(text.substr(0, 2));
    const auto minute = number_of(text.substr(3));
    if (!hour || !minute || *minute > 59) return {};
    const int all = *hour * 60 + *minute;
    if (all > minutes_of_day) return {};
    return static_cast<std::uint16_t>(all);
}

std::uint8_t day_before(std::uint8_t day) {
    return day == 1 ? std::uint8_t{7} : static_cast<std::uint8_t>(day - 1);
}

std::int32_t number_of_date(std::chrono::year_month_day date) {
    return static_cast<int>(date.year()) * 10'000 +
           static_cast<std::int32_t>(static_cast<unsigned>(date.month())) * 100 +
           static_cast<std::int32_t>(static_cast<unsigned>(date.day()));
}

std::chrono::year_month_day date_of_number(std::int32_t number) {
    using namespace std::chrono;
    return year(number / 10'000) / month(static_cast<unsigned>(number / 100 % 100)) /
           day(static_cast<unsigned>(number % 100));
}

std::int32_t date_before(std::int32_t date) {
    const auto before = std::chrono::sys_days(date_of_number(date)) - std::chrono::days(1);
    return number_of_date(std::chrono::year_month_day(before));
}

bool is_on(const Stretch& stretch, std::uint8_t day) {
    return stretch.first_day <= stretch.last_day
               ? day >= stretch.first_day && day <= stretch.last_day
               : day >= stretch.first_day || day <= stretch.last_day;
}

bool passes_midnight(const Stretch& stretch) { return stretch.to <= stretch.from; }

// What begins on a day: its own hours, or those of its day of the week.
const std::vector<Stretch>& beginning_on(const OpeningHours& hours, std::int32_t date) {
    const auto own = hours.on.find(date);
    return own != hours.on.end() ? own->second : hours.open;
}

}  // namespace

std::expected<Stretch, std::string> read_stretch(std::string_view text) {
    Stretch stretch;
    if (const auto space = text.find(' '); space != text.npos) {
        const auto days = text.substr(0, space);
        const auto dash = days.find('-');
        const auto first = day_of(days.substr(0, dash));
        const auto last = dash == days.npos ? first : day_of(days.substr(dash + 1));
        if (!first || !last)
            return std::unexpected(
                "a day is one of mon tue wed thu fri sat sun, or two such as "
                "mon-fri");
        stretch.first_day = *first;
        stretch.last_day = *last;
        text.remove_prefix(space + 1);
    }
    const auto dash = text.find('-');
    const auto from = minute_of(text.substr(0, dash));
    const auto to = dash == text.npos ? std::nullopt : minute_of(text.substr(dash + 1));
    if (!from || !to || *from == minutes_of_day)
        return std::unexpected("times are from and to, such as 08:00-20:00, at most 24:00");
    if (*from == *to) return std::unexpected("it is over at once: the whole day is 00:00-24:00");
    stretch.from = *from;
    stretch.to = *to;
    return stretch;
}

std::optional<std::int32_t> read_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
    const auto year = number_of(text.substr(0, 4));
    const auto month = number_of(text.substr(5, 2));
    const auto day = number_of(text.substr(8));
    if (!year || *year < 1970 || !month || !day) return {};
    const std::int32_t date = *year * 10'000 + *month * 100 + *day;
    if (!date_of_number(date).ok()) return {};
    return date;
}

bool is_open(const OpeningHours& hours, const LocalTime& now) {
    const bool has_own = hours.on.contains(now.date);
    if (hours.open.empty() && !has_own) return true;
    for (const auto& stretch : beginning_on(hours, now.date))
        if ((has_own || is_on(stretch, now.day)) && now.minute >= stretch.from &&
            (passes_midnight(stretch) || now.minute < stretch.to))
            return true;
    const auto yesterday = date_before(now.date);
    const bool had_own = hours.on.contains(yesterday);
    for (const auto& stretch : beginning_on(hours, yesterday))
        if ((had_own || is_on(stretch, day_before(now.day))) && passes_midnight(stretch) &&
            now.minute < stretch.to)
            return true;
    return false;
}

}  // namespace sanad::phone
