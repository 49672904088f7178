#pragma once

#include "core/base/ids.h"
#include "core/casework/roster.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::casework {

/// Another node, as far as it matters for whom it could help now.
struct Helper {
    NodeId node;
    std::vector<std::string> languages;  // of the directory; a roster's own count before them
    std::vector<std::string> services;   // of the directory
    std::optional<Roster> roster;
    std::uint32_t open_offers = 0;   // ours that it has not ended yet
    std::optional<Time> asked_last;  // by us
    bool is_preferred = false;       // a fallback node of the configuration
};

/// Who needs somebody. What is empty is not asked for.
struct Need {
    std::vector<std::string> languages;  // one of them is enough
    std::vector<std::string> services;   // one of them is enough
    std::string age_band;
    std::string kind;  // message-kinds; "overflow" needs a roster that is open
    Time now;
};

/// One fact about a helper: a code that a desk puts into words. Those from `closed` on speak
/// against it.
enum class CoverReason : std::uint8_t {
    open,
    language,
    service,
    age,
    room,
    preferred,
    closed,
    no_roster,
    other_language,
    other_service,
    other_age,
    other_kind,
    full,
};
/// Such as "other_language".
std::string_view name(CoverReason reason);
/// Such as "does not speak the child's language".
std::string_view words(CoverReason reason);

struct Choice {
    NodeId node;
    bool fits = false;  // nothing speaks against it
    std::vector<CoverReason> reasons;
    std::uint32_t room = 0;          // offers it could still take; 0 without a roster
    std::optional<DutyHours> hours;  // open now: the hours that are running
    bool operator==(const Choice&) const = default;
};

/// The helpers, best first: those that fit; of them the preferred ones; then by the share of their
/// room that is still free, so that nobody is asked until they are full while another waits; then
/// who was asked longest ago; then by name. Those that do not fit follow, fewest objections first.
///
/// A referral can be read in the morning: without a roster, or closed, a helper still fits unless
/// the kind is overflow. Language tags match by their first part: "ar" helps "ar-MA".
///
/// threads  any
std::vector<Choice> rank(std::span<const Helper> helpers, const Need& need);

/// One sentence: why, or why not. `choice` is one of rank().
std::string explain(const Choice& choice);

}  // namespace sanad::casework
