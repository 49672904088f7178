#include "core/base/time_zone.h"

#include <unicode/strenum.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <memory>
#include <string>

namespace sanad {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t minute_ms = 60'000;
constexpr int thursday = 3;  // 1 January 1970, counted from Monday

Result<std::unique_ptr<icu::TimeZone>> find_zone(std::string_view name) {
    const bool sound = !name.empty() && name.size() <= time_zone_bytes_max &&
                       std::ranges::all_of(name, [](char c) {
                           return c > ' ' && static_cast<unsigned char>(c) < 127;
                       });
    if (!sound) return fail(Fault::unsupported, "time zone");
    std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(
        icu::StringPiece(name.data(), static_cast<int>(name.size())))));
    if (zone == nullptr || *zone == icu::TimeZone::getUnknown())
        return fail(Fault::unsupported, "time zone");
    return zone;
}

}  // namespace

Result<Duration> zone_offset(std::string_view name, Time at) {
    const auto zone = find_zone(name);
    if (!zone) return std::unexpected(zone.error());
    std::int32_t raw = 0;
    std::int32_t summer = 0;
    UErrorCode fault = U_ZERO_ERROR;
    (*zone)->getOffset(static_cast<UDate>(at.ms), false, raw, summer, fault);
    if (U_FAILURE(fault)) return fail(Fault::unsupported, "time zone");
    return Duration(raw + summer);
}

std::string zone_of_country(std::string_view country) {
    const std::string region(country);
    UErrorCode fault = U_ZERO_ERROR;
    const std::unique_ptr<icu::StringEnumeration> zones(icu::TimeZone::createTimeZoneIDEnumeration(
        UCAL_ZONE_TYPE_CANONICAL_LOCATION, region.c_str(), nullptr, fault));
    if (U_FAILURE(fault) || zones == nullptr || zones->count(fault) != 1) return "UTC";
    const char* name = zones->next(nullptr, fault);
    return U_FAILURE(fault) || name == nullptr ? std::string("UTC") : std::string(name);
}

Result<LocalTime> local_time(std::string_view name, Time at) {
    const auto offset = zone_offset(name, at);
    if (!offset) return std::unexpected(offset.error());
    const std::int64_t local = at.ms + offset->count();
    const std::int64_t day = local >= 0 ? local / day_ms : (local - day_ms + 1) / day_ms;
    const auto weekday = static_cast<int>((day % 7 + 7 + thursday) % 7);
    return LocalTime{static_cast<std::uint8_t>(weekday + 1),
                     static_cast<std::uint16_t>((local - day * day_ms) / minute_ms)};
}

Result<void> check_time_zone(std::string_view name) {
    const auto zone = find_zone(name);
    if (!zone) return std::unexpected(zone.error());
    return {};
}

}  // namespace sanad
