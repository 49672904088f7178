#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string_view>

namespace sanad::casework {

/// How soon somebody must act, in the words of config/taxonomy/urgency.tsv. Smaller is more
/// urgent.
enum class Urgency : std::uint8_t { none, u0, u1, u2, u3, u4 };

/// The id in `urgency.tsv`: "U0".."U4"; empty for none.
std::string_view name(Urgency urgency);
/// errors  unsupported
Result<Urgency> urgency_from(std::string_view id);

/// U0 and U1 travel in the urgent lane and may not be closed without a safety plan.
bool is_emergency(Urgency urgency);

enum class Actor : std::uint8_t { person, machine };

/// Whether `actor` may change a level. Anybody may raise it; only a person lowers it, with a
/// reason.
///
/// reason   what the person gave as the reason; empty when none was given
/// errors   invalid (to is none), denied with detail "machine_lowers" or "reason_missing"
/// source   DOMAIN section 5.3
/// threads  any
Result<void> check_urgency_change(Urgency from, Urgency to, Actor actor, std::string_view reason);

}  // namespace sanad::casework
