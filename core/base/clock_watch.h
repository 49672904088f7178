#pragma once

#include "core/base/clock.h"

#include <optional>

namespace sanad {

/// Notices when the wall clock is set back, by comparing it with the clock that only goes forward.
/// What was set forward needs no notice: whatever is due then is seen to be due.
class ClockWatch {
public:
    /// Less than that is the work of a time service, and harmless.
    static constexpr Duration least{1'000};

    explicit ClockWatch(const Clock& clock) : clock_(clock) {}

    /// Whether the clock was set back since the last call. True at the first call: while the
    /// program was not running, anything may have happened to it. threads  one
    bool was_set_back() {
        const Duration offset = clock_.now() - Time{clock_.elapsed().count()};
        const bool set_back = !offset_ || offset < *offset_ - least;
        // Slow drift must not add up unseen, nor forward steps hide a later step back.
        if (set_back || offset > *offset_) offset_ = offset;
        return set_back;
    }

private:
    const Clock& clock_;
    std::optional<Duration> offset_;  // the wall clock's lead over the other
};

}  // namespace sanad
