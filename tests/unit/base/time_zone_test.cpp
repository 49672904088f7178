#include "core/base/time_zone.h"
#include "core/base/time_text.h"

#include <catch2/catch.hpp>

namespace sanad {
namespace {

LocalTime at(const char* zone, const char* utc) {
    return local_time(zone, parse_time(utc).value()).value();
}

constexpr std::uint16_t minute(int hour, int minutes) {
    return static_cast<std::uint16_t>(hour * 60 + minutes);
}

}  // namespace

TEST_CASE("a zone without summer time has one offset all the year") {
    CHECK(at("Africa/Tunis", "2027-01-15T22:30:00Z") == LocalTime{5, minute(23, 30)});
    CHECK(at("Africa/Tunis", "2027-07-15T22:30:00Z") == LocalTime{4, minute(23, 30)});
    CHECK(at("GMT+01:00", "2027-07-15T23:30:00Z") == LocalTime{5, minute(0, 30)});
}

TEST_CASE("summer time begins and ends to the minute, also for the day of the week") {
    // Beirut goes from +2 to +3 at midnight, local, on the last Sunday of March.
    CHECK(at("Asia/Beirut", "2027-03-27T21:59:00Z") == LocalTime{6, minute(23, 59)});
    CHECK(at("Asia/Beirut", "2027-03-27T22:00:00Z") == LocalTime{7, minute(1, 0)});
    // Paris has 02:30 twice on the last Sunday of October.
    CHECK(at("Europe/Paris", "2027-10-31T00:30:00Z") == LocalTime{7, minute(2, 30)});
    CHECK(at("Europe/Paris", "2027-10-31T01:30:00Z") == LocalTime{7, minute(2, 30)});
    CHECK(at("Europe/Paris", "2027-10-31T02:30:00Z") == LocalTime{7, minute(3, 30)});
}

TEST_CASE("a country with one zone has it, and one with several has none") {
    CHECK(zone_of_country("MA") == "Africa/Casablanca");
    CHECK(zone_of_country("JO") == "Asia/Amman");
    for (const char* country : {"RU", "US", "", "Morocco"})
        CHECK(zone_of_country(country) == "UTC");
    CHECK(zone_offset("UTC", Time{0}).value() == Duration(0));
    CHECK(zone_offset("Asia/Beirut", parse_time("2027-07-01T00:00:00Z").value()).value() ==
          std::chrono::hours(3));
}

TEST_CASE("what is no zone is refused") {
    for (const char* zone : {"", "Africa/Nowhere", "Africa/Tunis\n", "../etc/passwd", "تونس"})
        CHECK(check_time_zone(zone).error().fault == Fault::unsupported);
    CHECK_FALSE(check_time_zone(std::string(time_zone_bytes_max + 1, 'A')));
    CHECK(check_time_zone("Africa/Algiers"));
    CHECK(check_time_zone("GMT-03:30"));
}

TEST_CASE("times before 1970 have a day of the week too") {
    CHECK(local_time("GMT", Time{-1}).value() == LocalTime{3, minute(23, 59)});
    CHECK(local_time("GMT", Time{0}).value() == LocalTime{4, 0});
}

}  // namespace sanad
