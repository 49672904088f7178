#pragma once

#include "core/store/draft.h"
#include "core/store/records.h"

#include <vector>

namespace sanad::store {

/// A clock that runs for something: at most one of each kind for one subject.
struct Timer {
    Time due;
    std::uint16_t kind = 0;  // whose it is: see core/api/timers.h
    std::array<std::uint8_t, 16> subject{};
    auto operator<=>(const Timer&) const = default;
};

/// Timers as records in the order of their due time, so that a restart loses none. threads  engine
class Timers {
public:
    static Result<Timers> open(Store& store);

    Result<void> set(Writer& writer, const Timer& timer);
    /// Exactly that timer; clearing one that is not set is no error.
    Result<void> clear(Writer& writer, const Timer& timer);
    /// Those due at `now`, earliest first, at most `limit`.
    Result<std::vector<Timer>> due(Snapshot& from, Time now, std::uint32_t limit) const;
    /// Those behind `after` in the order of due time, kind and subject, at most `limit`.
    Result<std::vector<Timer>> later(Snapshot& from, const Timer& after, std::uint32_t limit) const;
    /// When the earliest one is due.
    Result<std::optional<Time>> next(Snapshot& from) const;

private:
    explicit Timers(Table table) : table_(table) {}

    Table table_;  // due, kind, subject -> nothing: the key says it all, and none of it is secret
};

}  // namespace sanad::store
