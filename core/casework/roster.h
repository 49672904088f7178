#pragma once

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/casework/taxonomy.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sanad::casework {

inline constexpr std::size_t roster_hours_max = 64;
inline constexpr std::size_t roster_list_max = 32;
inline constexpr std::uint32_t roster_capacity_max = 1'000;
inline constexpr Duration roster_valid_longest = std::chrono::days(400);
inline constexpr std::size_t roster_bytes_max = 16 << 10;
inline constexpr std::uint16_t minutes_of_day = 24 * 60;

/// A stretch of one weekday in which somebody is there. A night is two of them, or a week has more.
struct DutyHours {
    std::uint8_t day = 0;     // 1 Monday .. 7 Sunday, local
    std::uint16_t from = 0;   // minute of the local day, 0..1439
    std::uint16_t until = 0;  // the first minute after it, from+1..1440
    auto operator<=>(const DutyHours&) const = default;
};

/// When a helpline is there for children of others, for whom, and for how many at once. Published
/// to the other nodes in their link logs, so the head of the log signs it; the highest number
/// counts.
struct Roster {
    std::uint64_t number = 0;            // from 1; each publication has a higher one
    std::vector<std::string> languages;  // BCP 47, at least one
    std::vector<std::string> age_bands;  // list age-band; empty: every age
    std::vector<std::string> kinds;      // list message-kinds, at least one: overflow, referral...
    std::string zone;                    // IANA name, or GMT+hh:mm
    std::vector<DutyHours> hours;        // at least one
    std::uint32_t capacity = 0;          // offers open at once, at least 1
    Time issued_at, valid_until;
    bool operator==(const Roster&) const = default;
};

/// Whether everything in a roster from anyone is in order.
/// errors  invalid, bad_size, unsupported (a word of no list, a zone that is not known here); the
///         detail names the field
Result<void> check_roster(const Roster& roster, const Taxonomies& taxonomies);

/// The hours that are running at `now`, by the roster's own zone; none: nobody is there, the roster
/// is over, or its zone is not known here.
/// threads  any
std::optional<DutyHours> hours_at(const Roster& roster, Time now);

/// One flat schema::Roster message.
Bytes write_roster(const Roster& roster);
/// Reads and checks. errors  those of check_roster and read_message
Result<Roster> read_roster(ByteView bytes, const Taxonomies& taxonomies);

}  // namespace sanad::casework
