#include "plugins/channels/phone/flow/opening_hours.h"

#include <catch2/catch.hpp>

namespace sanad::phone {
namespace {

Stretch stretch(std::string_view text) {
    const auto read = read_stretch(text);
    INFO(text);
    REQUIRE(read);
    return *read;
}

constexpr std::uint16_t at(int hour, int minute = 0) {
    return static_cast<std::uint16_t>(hour * 60 + minute);
}

// 11 January 2027 is a Monday.
LocalTime january(int day, std::uint16_t minute) {
    return {20270100 + day, static_cast<std::uint8_t>((day - 11 + 70) % 7 + 1), minute};
}

OpeningHours hours_of(std::vector<std::string_view> texts) {
    OpeningHours hours{"GMT", {}, {}};
    for (const auto text : texts) hours.open.push_back(stretch(text));
    return hours;
}

constexpr std::int64_t noon_utc = 1'799'841'600'000;  // Wednesday, 2027-01-13T12:00:00Z

}  // namespace

TEST_CASE("hours are written as days and times") {
    CHECK(stretch("mon-fri 08:00-20:00") == Stretch{1, 5, at(8), at(20)});
    CHECK(stretch("sun 00:00-24:00") == Stretch{7, 7, 0, 1440});
    CHECK(stretch("sat-mon 20:00-08:00") == Stretch{6, 1, at(20), at(8)});
    CHECK(stretch("09:30-12:15") == Stretch{1, 7, at(9, 30), at(12, 15)});
}

TEST_CASE("hours that cannot be are refused in words") {
    for (const auto* text :
         {"", "mon", "monday 08:00-20:00", "mon-xxx 08:00-20:00", "mon 8:00-20:00", "mon 08:00",
          "mon 08:00-24:01", "mon 08:60-09:00", "mon 24:00-08:00", "mon 08:00-08:00",
          "mon  08:00-20:00", "mon 08:00-20:00 ", "mon -1:00-20:00", "-fri 08:00-20:00"}) {
        INFO(text);
        const auto read = read_stretch(text);
        REQUIRE_FALSE(read);
        CHECK(read.error().size() > 20);
    }
}

TEST_CASE("a date is a day that there is") {
    CHECK(read_date("2028-02-29") == 20280229);
    for (const auto* text : {"2027-02-29", "2027-13-01", "2027-00-10", "27-01-01", "2027-1-01",
                             "2027/01/01", "2027-01-32", "", "1969-12-31", "2027-01-+1"}) {
        INFO(text);
        CHECK_FALSE(read_date(text));
    }
}

TEST_CASE("a helpline is open from the first minute of a stretch to before the last") {
    const auto hours = hours_of({"mon-fri 08:00-20:00"});
    CHECK_FALSE(is_open(hours, january(11, at(7, 59))));
    CHECK(is_open(hours, january(11, at(8))));
    CHECK(is_open(hours, january(15, at(19, 59))));
    CHECK_FALSE(is_open(hours, january(15, at(20))));
    CHECK_FALSE(is_open(hours, january(16, at(12))));
}

TEST_CASE("a night goes on until its end, also over the end of a week") {
    const auto hours = hours_of({"sat-sun 20:00-08:00"});
    CHECK_FALSE(is_open(hours, january(16, at(7))));  // Saturday: Friday had no night
    CHECK(is_open(hours, january(16, at(20))));
    CHECK(is_open(hours, january(17, at(7, 59))));
    CHECK_FALSE(is_open(hours, january(17, at(8))));
    CHECK(is_open(hours, january(18, at(7, 59))));  // Monday, of Sunday's night
    CHECK_FALSE(is_open(hours, january(18, at(20))));
}

TEST_CASE("days that pass the end of the week are those in between") {
    const auto hours = hours_of({"sat-mon 10:00-12:00"});
    for (const int day : {11, 16, 17}) CHECK(is_open(hours, january(day, at(11))));
    for (const int day : {12, 13, 14, 15}) CHECK_FALSE(is_open(hours, january(day, at(11))));
}

TEST_CASE("one day may have hours of its own, or none") {
    auto hours = hours_of({"mon-sun 08:00-20:00", "mon-sun 22:00-02:00"});
    hours.on[20270113] = {};
    hours.on[20270114] = {stretch("10:00-11:00"), stretch("23:00-01:00")};
    CHECK(is_open(hours, january(13, at(1))));  // the night of the 12th ends as always
    CHECK_FALSE(is_open(hours, january(13, at(12))));
    CHECK_FALSE(is_open(hours, january(14, at(1))));  // the 13th had no night
    CHECK_FALSE(is_open(hours, january(14, at(9))));
    CHECK(is_open(hours, january(14, at(10))));
    CHECK(is_open(hours, january(15, at(0, 59))));
    CHECK_FALSE(is_open(hours, january(15, at(1, 30))));
}

TEST_CASE("a night of the last day of the year goes on into the next") {
    OpeningHours hours{"GMT", {stretch("mon-sun 08:00-09:00")}, {}};
    hours.on[20261231] = {stretch("20:00-04:00")};
    CHECK(is_open(hours, {20270101, 5, at(3)}));
    CHECK_FALSE(is_open(hours, {20270101, 5, at(4)}));
}

TEST_CASE("without hours a helpline is open, and the queue decides") {
    CHECK(is_open(OpeningHours{}, january(13, at(3))));
    CHECK(is_open_at(OpeningHours{}, noon_utc));
}

TEST_CASE("the clocks are those of the helpline's own country") {
    CHECK(local_time("Africa/Tunis", noon_utc) == LocalTime{20270113, 3, at(13)});
    CHECK(local_time("America/Lima", noon_utc - 8 * 3'600'000) == LocalTime{20270112, 2, at(23)});
    CHECK(local_time("GMT+01:00", noon_utc + 11 * 3'600'000) == LocalTime{20270114, 4, 0});
    CHECK_FALSE(local_time("Africa/Nowhere", noon_utc));
    CHECK_FALSE(local_time("", noon_utc));

    auto hours = hours_of({"wed 13:00-14:00"});
    CHECK_FALSE(is_open_at(hours, noon_utc));
    hours.zone = "Africa/Tunis";
    CHECK(is_open_at(hours, noon_utc));
    hours = hours_of({"mon 13:00-14:00"});
    hours.zone = "Africa/Nowhere";
    CHECK(is_open_at(hours, noon_utc));  // nobody is turned away for a mistake in a file
}

}  // namespace sanad::phone
