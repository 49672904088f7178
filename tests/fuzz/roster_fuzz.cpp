#include "core/api/roster_text.h"
#include "core/base/time_text.h"
#include "core/base/time_zone.h"
#include "core/casework/roster.h"
#include "tests/fuzz/target.h"
#include "tests/support/federation_node.h"

#include <algorithm>

// What a peer publishes as its roster must end in an Error or in one that is sound, reads as itself
// when it is written again, and can be shown. Somebody is there only in hours that it names. The
// same bytes are tried as hours that a person typed.
namespace {

using namespace sanad;
using namespace sanad::casework;

const Taxonomies& taxonomies() {
    static const Taxonomies all = support::small_taxonomies();
    return all;
}

bool is_sound(const DutyHours& hours) {
    return hours.day >= 1 && hours.day <= 7 && hours.from < hours.until &&
           hours.until <= minutes_of_day;
}

void check_running(const Roster& roster, Time now) {
    const auto hours = hours_at(roster, now);
    if (!hours) return;
    const auto local = local_time(roster.zone, now);
    if (now >= roster.valid_until || !local || local->day != hours->day ||
        local->minute < hours->from || local->minute >= hours->until)
        __builtin_trap();
    if (std::ranges::find(roster.hours, *hours) == roster.hours.end()) __builtin_trap();
}

void check_roster_bytes(ByteView bytes) {
    const auto roster = read_roster(bytes, taxonomies());
    if (!roster) return;
    if (!check_roster(*roster, taxonomies())) __builtin_trap();
    if (read_roster(write_roster(*roster), taxonomies()) != *roster) __builtin_trap();
    for (const Time time : {roster->issued_at, roster->valid_until})
        if (parse_time(format_time(time)) != time) __builtin_trap();
    for (const auto& hours : roster->hours)
        if (api::parse_hours(api::format_hours(hours)) != std::vector{hours}) __builtin_trap();
    for (int step = 0; step < 8; ++step)
        check_running(*roster, roster->issued_at + step * std::chrono::hours(23));
    check_running(*roster, roster->valid_until - Duration(1));
    if (hours_at(*roster, roster->valid_until)) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes{data, size};
    check_roster_bytes(bytes);
    if (const auto typed = api::parse_hours(text_of(bytes)))
        if (typed->empty() || !std::ranges::all_of(*typed, is_sound) ||
            !std::ranges::is_sorted(*typed))
            __builtin_trap();
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    Roster roster;
    roster.number = 3;
    roster.languages = {"ar", "fr", "ary-Arab"};
    roster.age_bands = {"10-12", "13-15"};
    roster.kinds = {"overflow", "referral"};
    roster.zone = "Africa/Tunis";
    roster.hours = {{1, 1'200, 1'440}, {2, 0, 480}, {7, 0, 1'440}};
    roster.capacity = 4;
    roster.issued_at = Time{1'795'485'600'000};
    roster.valid_until = roster.issued_at + std::chrono::days(90);
    auto everyone = roster;
    everyone.age_bands.clear();
    everyone.zone = "GMT+01:00";
    return {write_roster(roster), write_roster(everyone), fuzz::seed("mon-fri 20:00-08:00"),
            fuzz::seed("sat,sun 00:00-24:00")};
}
