#pragma once

#include "core/casework/lexicon.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace sanad::casework {

inline constexpr std::size_t triage_words_max = 4'000;  // of a text; what follows is not looked at
inline constexpr std::size_t hints_per_text_max = 16;
/// Words of phrases tried in one text, so that a text made to be slow is not: then it has only the
/// hints found by then.
inline constexpr std::size_t triage_steps_max = 200'000;

/// Something in a text that may mean danger. It points; people judge.
struct Hint {
    std::string kind;
    Urgency level = Urgency::none;
    std::uint32_t first = 0;   // bytes of the text that were noticed: from here
    std::uint32_t length = 0;  // on borders of UTF-8
    bool operator==(const Hint&) const = default;
};

/// What the lexicon's phrases notice in `text`: at most one hint of each kind, its earliest; the
/// most urgent first, then as they stand in the text. A hint that a harmless phrase touches is
/// none. Same text and lexicon, same hints. Any bytes are taken.
///
/// source   DOMAIN sections 5.3 and 8.7
/// threads  any
std::vector<Hint> hints(std::string_view text, const Lexicon& lexicon);

/// The more urgent of two levels; none is less urgent than every level.
Urgency more_urgent(Urgency one, Urgency other);

}  // namespace sanad::casework
