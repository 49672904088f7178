#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// When a helpline is open, by the clocks of its own country. Pure, but for `local_time`, which
// reads the rules of time zones that the machine has.
namespace sanad::phone {

inline constexpr std::size_t stretches_max = 64;  // as in a duty roster
inline constexpr std::uint16_t minutes_of_day = 1440;

/// What calendar and clock on the wall show.
struct LocalTime {
    std::int32_t date = 0;     // such as 20270131
    std::uint8_t day = 1;      // 1 Monday .. 7 Sunday
    std::uint16_t minute = 0;  // of the day, 0..1439
    bool operator==(const LocalTime&) const = default;
};

/// From a time of the day to another, on some days of the week. Where `to` is not after `from` it
/// ends on the next day.
struct Stretch {
    std::uint8_t first_day = 1, last_day = 7;  // may pass the end of the week, as in sat-mon
    std::uint16_t from = 0, to = minutes_of_day;
    bool operator==(const Stretch&) const = default;
};

struct OpeningHours {
    std::string zone;           // of the IANA database, or GMT+01:00
    std::vector<Stretch> open;  // none: open always, and the node says when it is not
    /// By date, such as 20270320: only these hours on that day; none: closed.
    std::map<std::int32_t, std::vector<Stretch>> on;
    bool operator==(const OpeningHours&) const = default;
};

/// Reads "mon-fri 08:00-20:00", "sat 20:00-08:00", or for one date "08:00-12:00". 24:00 is the end
/// of a day.
///
/// errors  what is wrong with it, in words
std::expected<Stretch, std::string> read_stretch(std::string_view text);

/// Reads "2027-03-20". Nothing: no such day.
std::optional<std::int32_t> read_date(std::string_view text);

/// Whether the helpline is open. A night that began yesterday goes on until its end, also into a
/// day with hours of its own; a day with hours of its own has no others that begin on it.
bool is_open(const OpeningHours& hours, const LocalTime& now);

/// Nothing: no such zone in this machine's ICU.
///
/// source   ICU, icu::TimeZone
std::optional<LocalTime> local_time(std::string_view zone, std::int64_t utc_ms);

/// The same as `is_open`, at a moment. A zone that is not known counts as open: a caller who hears
/// that nobody is there when somebody is has been turned away for nothing.
bool is_open_at(const OpeningHours& hours, std::int64_t utc_ms);

}  // namespace sanad::phone
