#include "core/base/time_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

namespace sanad {
namespace {

using namespace std::chrono;

std::optional<int> digits(std::string_view text) {
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size() || text.front() == '-') return {};
    return value;
}

}  // namespace

std::string format_time(Time time) {
    const sys_time<milliseconds> point{milliseconds(time.ms)};
    const auto day = floor<days>(point);
    const year_month_day date{day};
    const hh_mm_ss clock{point - day};
    std::array<char, 48> text{};
    const int size =
        std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", int(date.year()),
                      unsigned(date.month()), unsigned(date.day()), int(clock.hours().count()),
                      int(clock.minutes().count()), int(clock.seconds().count()));
    std::string result(text.data(), std::size_t(size));
    if (const auto ms = int(clock.subseconds().count()); ms != 0) {
        const int more = std::snprintf(text.data(), text.size(), ".%03d", ms);
        result.append(text.data(), std::size_t(more));
    }
    return result + "Z";
}

Result<Time> parse_time(std::string_view text) {
    const auto bad = [] { return fail(Fault::malformed, "time: want 2026-11-24T02:00:00Z"); };
    if ((text.size() != 20 && text.size() != 24) || text.back() != 'Z') return bad();
    if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
        return bad();
    const auto y = digits(text.substr(0, 4)), mo = digits(text.substr(5, 2)),
               d = digits(text.substr(8, 2)), h = digits(text.substr(11, 2)),
               mi = digits(text.substr(14, 2)), s = digits(text.substr(17, 2));
    std::optional<int> ms = 0;
    if (text.size() == 24) {
        if (text[19] != '.') return bad();
        ms = digits(text.substr(20, 3));
    }
    if (!y || !mo || !d || !h || !mi || !s || !ms) return bad();
    const year_month_day date{year(*y), month(unsigned(*mo)), day(unsigned(*d))};
    if (!date.ok() || *h > 23 || *mi > 59 || *s > 59) return bad();
    const auto point = sys_days(date) + hours(*h) + minutes(*mi) + seconds(*s) + milliseconds(*ms);
    return Time{duration_cast<milliseconds>(point.time_since_epoch()).count()};
}

std::uint32_t day_of(Time time) {
    constexpr std::int64_t day_ms = std::chrono::milliseconds(std::chrono::days(1)).count();
    return static_cast<std::uint32_t>(std::max<std::int64_t>(time.ms, 0) / day_ms);
}

}  // namespace sanad
