#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/casework/urgency.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sanad::casework {

/// A contact that nobody has opened yet.
struct Waiting {
    ContactId contact;
    Urgency urgency = Urgency::none;
    Time waiting_since;
    bool set_aside = false;  // perhaps nobody in need
};

/// How the order is made. `pick_up` is how long each level may wait (DOMAIN section 5.3); after
/// `starvation_cap` of waiting a contact stands before all but U0.
struct QueueRules {
    std::array<Duration, 5> pick_up{std::chrono::seconds(30), std::chrono::minutes(2),
                                    std::chrono::minutes(5), std::chrono::minutes(15),
                                    std::chrono::minutes(60)};
    Duration starvation_cap = std::chrono::minutes(45);
};

/// Why a contact stands where it does: a code that a desk puts into words.
enum class QueueReason : std::uint8_t {
    imminent_danger,  // U0: before everybody
    waited_too_long,  // over the cap
    over_target,      // waited longer than its level may
    level,            // its level and how long it has waited
    set_aside,        // behind all others, however long it waits
};
std::string_view name(QueueReason reason);

/// How long a contact of that level may wait; one that is not set counts as U3.
Duration pick_up_time(const QueueRules& rules, Urgency urgency);

struct QueuePlace {
    ContactId contact;
    QueueReason reason{};
    Duration waited{};
    std::int64_t score = 0;  // per mille of the time its level may wait
    bool operator==(const QueuePlace&) const = default;
};

/// The waiting contacts, whoever is next first. U0, then those over the cap by how long they have
/// waited, then by the share of their level's time that is used up; then the id, which grows with
/// time; what was set aside stands behind all of them. A level that is not set counts as U3. A clock that went backwards counts as no wait.
///
/// threads  any
std::vector<QueuePlace> order(std::span<const Waiting> waiting, const QueueRules& rules, Time now);

}  // namespace sanad::casework
