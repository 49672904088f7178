#include "core/casework/roster.h"

#include "core/base/time_zone.h"
#include "core/casework/record_fields.h"
#include "core/casework/referral.h"
#include "core/casework/request.h"

#include <algorithm>

namespace sanad::casework {
namespace {

bool is_list(const std::vector<std::string>& words, std::size_t least) {
    return words.size() >= least && words.size() <= roster_list_max;
}

bool is_hours(const DutyHours& hours) {
    return hours.day >= 1 && hours.day <= 7 && hours.from < hours.until &&
           hours.until <= minutes_of_day;
}

Result<void> check_words(const Roster& roster, const Taxonomies& taxonomies) {
    if (!is_list(roster.languages, 1)) return fail(Fault::bad_size, "languages");
    if (!is_list(roster.age_bands, 0)) return fail(Fault::bad_size, "age_bands");
    if (!is_list(roster.kinds, 1)) return fail(Fault::bad_size, "kinds");
    for (const auto& tag : roster.languages)
        if (!is_language_tag(tag)) return fail(Fault::invalid, "languages");
    for (const auto& band : roster.age_bands)
        if (!taxonomies.contains("age-band", band)) return fail(Fault::unsupported, "age_bands");
    for (const auto& kind : roster.kinds)
        if (!taxonomies.contains("message-kinds", kind)) return fail(Fault::unsupported, "kinds");
    return {};
}

Result<Roster> read(schema::Roster::Reader from) {
    Roster to;
    to.number = from.getNumber();
    auto languages = read_texts(from.getLanguages(), roster_list_max);
    auto ages = read_texts(from.getAgeBands(), roster_list_max);
    auto kinds = read_texts(from.getKinds(), roster_list_max);
    if (!languages || !ages || !kinds) return fail(Fault::bad_size, "roster: list");
    const auto hours = from.getHours();
    if (hours.size() > roster_hours_max) return fail(Fault::bad_size, "hours");
    for (const auto each : hours)
        to.hours.push_back({each.getDay(), each.getFromMinute(), each.getUntilMinute()});
    to.languages = std::move(*languages);
    to.age_bands = std::move(*ages);
    to.kinds = std::move(*kinds);
    to.zone = from_text(from.getZone());
    to.capacity = from.getCapacity();
    to.issued_at = {from.getIssuedAtMs()};
    to.valid_until = {from.getValidUntilMs()};
    return to;
}

}  // namespace

Result<void> check_roster(const Roster& roster, const Taxonomies& taxonomies) {
    if (roster.number == 0) return fail(Fault::invalid, "number");
    if (const auto words = check_words(roster, taxonomies); !words) return words;
    if (!check_time_zone(roster.zone)) return fail(Fault::unsupported, "zone");
    if (roster.hours.empty() || roster.hours.size() > roster_hours_max)
        return fail(Fault::bad_size, "hours");
    if (!std::ranges::all_of(roster.hours, is_hours)) return fail(Fault::invalid, "hours");
    if (roster.capacity == 0 || roster.capacity > roster_capacity_max)
        return fail(Fault::invalid, "capacity");
    if (roster.issued_at.ms < 0 || roster.valid_until <= roster.issued_at ||
        roster.valid_until - roster.issued_at > roster_valid_longest ||
        roster.valid_until.ms > event_time_ms_max)
        return fail(Fault::invalid, "valid_until");
    return {};
}

std::optional<DutyHours> hours_at(const Roster& roster, Time now) {
    if (now >= roster.valid_until) return std::nullopt;
    const auto local = local_time(roster.zone, now);
    if (!local) return std::nullopt;
    const auto running = std::ranges::find_if(roster.hours, [&](const DutyHours& hours) {
        return hours.day == local->day && hours.from <= local->minute &&
               local->minute < hours.until;
    });
    if (running == roster.hours.end()) return std::nullopt;
    return *running;
}

Bytes write_roster(const Roster& roster) {
    capnp::MallocMessageBuilder builder;
    auto to = builder.initRoot<schema::Roster>();
    to.setNumber(roster.number);
    write_texts(to.initLanguages(list_size(roster.languages.size())), roster.languages);
    write_texts(to.initAgeBands(list_size(roster.age_bands.size())), roster.age_bands);
    write_texts(to.initKinds(list_size(roster.kinds.size())), roster.kinds);
    to.setZone(to_text(roster.zone));
    auto hours = to.initHours(list_size(roster.hours.size()));
    for (unsigned i = 0; i < hours.size(); ++i) {
        hours[i].setDay(roster.hours[i].day);
        hours[i].setFromMinute(roster.hours[i].from);
        hours[i].setUntilMinute(roster.hours[i].until);
    }
    to.setCapacity(roster.capacity);
    to.setIssuedAtMs(roster.issued_at.ms);
    to.setValidUntilMs(roster.valid_until.ms);
    return flatten(builder);
}

Result<Roster> read_roster(ByteView bytes, const Taxonomies& taxonomies) {
    auto roster = read_message<schema::Roster>(bytes, read, roster_bytes_max);
    if (!roster) return roster;
    if (const auto sound = check_roster(*roster, taxonomies); !sound)
        return std::unexpected(sound.error());
    return roster;
}

}  // namespace sanad::casework
