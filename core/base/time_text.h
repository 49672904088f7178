#pragma once

#include "core/base/clock.h"
#include "core/base/result.h"

#include <string>
#include <string_view>

namespace sanad {

/// RFC 3339 in UTC: `2026-11-24T02:00:00Z`, with milliseconds when they are not zero.
std::string format_time(Time time);
/// The same form only. errors  malformed
Result<Time> parse_time(std::string_view text);

/// Whole days since 1970, UTC; 0 before.
std::uint32_t day_of(Time time);

}  // namespace sanad
