#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sanad {

inline constexpr std::size_t time_zone_bytes_max = 64;

/// What a clock on the wall shows.
struct LocalTime {
    std::uint8_t day = 0;      // 1 Monday .. 7 Sunday
    std::uint16_t minute = 0;  // of the day, 0..1439
    bool operator==(const LocalTime&) const = default;
};

/// Local time in a zone of the IANA database ("Africa/Tunis"), or at an offset ("GMT+01:00"), with
/// its summer time and whatever else its rules were at that moment.
///
/// errors   unsupported: no such zone in this machine's ICU
/// source   ICU, icu::TimeZone
/// threads  any
Result<LocalTime> local_time(std::string_view zone, Time at);

/// How far the clocks of a zone are ahead of UTC at a moment. errors  unsupported
Result<Duration> zone_offset(std::string_view zone, Time at);

/// The zone of a country (ISO 3166-1 alpha-2) where it has only one; else "UTC".
std::string zone_of_country(std::string_view country);

/// errors  unsupported
Result<void> check_time_zone(std::string_view zone);

}  // namespace sanad
