#pragma once

#include "core/base/clock.h"

#include <chrono>
#include <cstddef>

namespace sanad::sim {

/// How long a story is, how many take part, and how often what happens. Ends are included.
struct Plan {
    std::size_t sites_least = 2;
    std::size_t sites_most = 4;  // half of the runs, or more, have the least

    Duration story_least = std::chrono::seconds(10);
    Duration story_most = std::chrono::seconds(40);
    Duration rest_within = std::chrono::minutes(10);  // after the network has healed
    Duration rest_checked_every = std::chrono::seconds(5);

    Duration look_least{100};  // between two looks of a counsellor at their referrals
    Duration look_most{700};
    unsigned requests_most_first = 5;  // of the first site, which asks at least twice
    unsigned requests_most = 2;        // of each other

    Duration trouble_least{200};  // from one trouble to the next
    Duration trouble_most{3'000};
    Duration cut_least{100};  // how long a way is cut, a disk full
    Duration cut_most = std::chrono::seconds(8);
    Duration down_least{50};  // from the end of a process to the next start
    Duration down_most{4'000};
    Duration jump_back_most = std::chrono::hours(2);  // of a wall clock that somebody sets
    Duration jump_forward_most = std::chrono::hours(30);

    unsigned restores_most = 0;  // of one machine of the run, each from a backup of its own
    Duration backup_age_most{};

    /// A node that waits for an answer is asked at this pace at first, then less and less often up
    /// to the longest; one whose every word is receipted, only each longest: its keepalives of
    /// quiet hours are that much rarer. A timer that is due is never late by it.
    Duration tick_first{100};
    Duration tick_longest{100};
};

/// Two to four helplines for less than a minute in which all goes wrong at once.
inline Plan short_plan() { return {}; }

/// Five helplines for 72 hours: partitions of a day, machines down for hours, people who look once
/// in a while, deadlines that pass.
inline Plan long_plan() {
    using std::chrono::hours;
    using std::chrono::minutes;
    using std::chrono::seconds;
    return {.sites_least = 5,
            .sites_most = 5,
            .story_least = hours(72),
            .story_most = hours(72),
            .rest_within = hours(12),
            .rest_checked_every = minutes(1),
            .look_least = minutes(5),
            .look_most = hours(4),
            .requests_most_first = 4,
            .requests_most = 2,
            .trouble_least = seconds(10),
            .trouble_most = hours(3),
            .cut_least = seconds(1),
            .cut_most = hours(24),
            .down_least = Duration{50},
            .down_most = hours(3),
            .jump_back_most = hours(72),
            .jump_forward_most = hours(72),
            .restores_most = 2,
            .backup_age_most = hours(24),
            .tick_first = seconds(1),
            .tick_longest = hours(4)};
}

}  // namespace sanad::sim
