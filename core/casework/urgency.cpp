#include "core/casework/urgency.h"

#include <algorithm>
#include <array>

namespace sanad::casework {
namespace {

constexpr std::array<std::string_view, 6> names{"", "U0", "U1", "U2", "U3", "U4"};

}  // namespace

std::string_view name(Urgency urgency) {
    const auto place = static_cast<std::size_t>(urgency);
    return place < names.size() ? names[place] : std::string_view{};
}

Result<Urgency> urgency_from(std::string_view id) {
    const auto found = std::ranges::find(names, id);
    if (id.empty() || found == names.end()) return fail(Fault::unsupported, "urgency");
    return static_cast<Urgency>(found - names.begin());
}

bool is_emergency(Urgency urgency) { return urgency == Urgency::u0 || urgency == Urgency::u1; }

Result<void> check_urgency_change(Urgency from, Urgency to, Actor actor, std::string_view reason) {
    if (to == Urgency::none || name(to).empty()) return fail(Fault::invalid, "urgency");
    const bool lowers = from != Urgency::none && to > from;
    if (lowers && actor == Actor::machine) return fail(Fault::denied, "machine_lowers");
    if (lowers && reason.empty()) return fail(Fault::denied, "reason_missing");
    return {};
}

}  // namespace sanad::casework
