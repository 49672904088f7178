#pragma once

#include <chrono>
#include <cstdint>

namespace sanad {

using Duration = std::chrono::milliseconds;

/// Milliseconds since 1970, UTC, as the machine believes. Never used to measure a span.
struct Time {
    std::int64_t ms = 0;
    auto operator<=>(const Time&) const = default;
};
inline Time operator+(Time time, Duration span) { return {time.ms + span.count()}; }
inline Time operator-(Time time, Duration span) { return {time.ms - span.count()}; }
inline Duration operator-(Time later, Time earlier) { return Duration(later.ms - earlier.ms); }

/// The only way time enters the core.
class Clock {
public:
    virtual ~Clock() = default;
    /// Wall time. threads  any
    virtual Time now() const = 0;
    /// A clock that only goes forward, from an arbitrary zero: for waits and retries. threads  any
    virtual Duration elapsed() const = 0;
};

class SystemClock final : public Clock {
public:
    Time now() const override;
    Duration elapsed() const override;
};

}  // namespace sanad
