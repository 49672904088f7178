#include "plugins/channels/phone/flow/opening_hours.h"

#include <unicode/timezone.h>

#include <algorithm>
#include <chrono>
#include <memory>

namespace sanad::phone {
namespace {

constexpr std::size_t zone_bytes_max = 64;

std::unique_ptr<icu::TimeZone> find_zone(std::string_view name) {
    const bool sound =
        !name.empty() && name.size() <= zone_bytes_max && std::ranges::all_of(name, [](char c) {
            return c > ' ' && static_cast<unsigned char>(c) < 127;
        });
    if (!sound) return {};
    std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(
        icu::StringPiece(name.data(), static_cast<int>(name.size())))));
    if (zone == nullptr || *zone == icu::TimeZone::getUnknown()) return {};
    return zone;
}

}  // namespace

std::optional<LocalTime> local_time(std::string_view name, std::int64_t utc_ms) {
    using namespace std::chrono;
    const auto zone = find_zone(name);
    if (!zone) return {};
    std::int32_t raw = 0, summer = 0;
    UErrorCode fault = U_ZERO_ERROR;
    zone->getOffset(static_cast<UDate>(utc_ms), false, raw, summer, fault);
    if (U_FAILURE(fault)) return {};
    const sys_time<milliseconds> local{milliseconds(utc_ms + raw + summer)};
    const auto midnight = floor<days>(local);
    const year_month_day date(midnight);
    return LocalTime{static_cast<int>(date.year()) * 10'000 +
                         static_cast<std::int32_t>(static_cast<unsigned>(date.month()) * 100 +
                                                   static_cast<unsigned>(date.day())),
                     static_cast<std::uint8_t>(weekday(midnight).iso_encoding()),
                     static_cast<std::uint16_t>(floor<minutes>(local - midnight).count())};
}

bool is_open_at(const OpeningHours& hours, std::int64_t utc_ms) {
    if (hours.open.empty() && hours.on.empty()) return true;
    const auto local = local_time(hours.zone, utc_ms);
    return !local || is_open(hours, *local);
}

}  // namespace sanad::phone
