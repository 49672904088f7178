#pragma once

#include "core/base/clock.h"

namespace sanad::federation {

/// A socket that brought many frames to be dropped is not read for a moment: its other senders wait
/// no longer than that, while the connection of the one who sends so much fills and stops.
class Patience {
public:
    static constexpr int dropped_max = 8;  // within one rest_length
    static constexpr Duration rest_length{1};

    bool ended(Duration now) const { return now < rests_until_; }
    void note_dropped(Duration now) {
        if (now - since_ >= rest_length) {
            since_ = now;
            dropped_ = 0;
        }
        if (++dropped_ == dropped_max) rests_until_ = now + rest_length;
    }

private:
    int dropped_ = 0;
    Duration since_{0};
    Duration rests_until_{0};
};

}  // namespace sanad::federation
