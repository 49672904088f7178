#pragma once

#include "core/casework/case.h"
#include "core/casework/contact.h"
#include "core/casework/form.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What a helpline counts of its contacts, and which counts it tells. Everything is counted by one
// word at a time and by the day; only what the two yearly and quarterly tables ask for is counted
// by several words together, and by the month.
namespace sanad::casework {

inline constexpr std::uint32_t statistics_smallest_default = 5;
inline constexpr std::uint32_t statistics_smallest_least = 3;
inline constexpr std::uint32_t statistics_smallest_most = 20;

/// The key of what nobody has written down, and of a word that is in no list.
inline constexpr std::string_view not_written_down = "none";
inline constexpr std::string_view in_no_list = "other";

/// By what can be counted: `day` (2026-01-31) and `hour` (00..23) where the helpline is, `wait`
/// (a key of wait_key), and the words of lists. In a day a contact counts once under each, and
/// under `group`, `reason`, `harm` and `action` once under each word that it has.
std::span<const std::string_view> statistics_dimensions();
bool is_statistics_dimension(std::string_view name);

/// Whether a contact counts at all: an exercise (channel `drill`) never does.
bool counts(const Contact& contact);

/// How long somebody waited until a counsellor was there: under_1, under_2, under_5, under_15,
/// under_60 (minutes) or longer.
std::string_view wait_key(Duration waited);
inline constexpr std::string_view wait_never = "never";  // nobody came before the contact ended

/// How long the person of a contact waited until they were picked up, by its first events.
std::string_view waited(const Contact& contact, std::span<const ContactEvent> events);

/// The moment a contact counts at: when it arrived, by a clock where the helpline is.
struct CountedAt {
    std::uint32_t day = 0;  // since 1970
    std::uint8_t hour = 0;
};
CountedAt counted_at(Time arrived, Duration ahead_of_utc);

/// The days since 1970 of `2026-01-31`, and back. errors  malformed
Result<std::uint32_t> day_from(std::string_view text);
std::string day_text(std::uint32_t day);

/// What one contact counts as: `by|key` a day, and `chi|reason|gender|age`,
/// `bik|harm|channel|key` (or age, gender, requester, service) a month. Each at most once.
struct CountedAs {
    std::vector<std::string> of_day, of_month;
    bool operator==(const CountedAs&) const = default;
};

/// All that is known of a contact when it is counted.
struct ToCount {
    const Contact& contact;
    const CaseFile* file = nullptr;  // its case, if it has one
    std::span<const FormAnswer> answers;
    std::span<const std::string> actions;  // contact-action
    CountedAt at;
    std::string_view wait;
};

/// What the case says goes before what the person ticked. A harm counts under the reason that its
/// `chi:` flag names as well.
CountedAs counted_as(const ToCount& what, const Taxonomies& taxonomies);

// ------------------------------------------------------------------ small counts

enum class Told : std::uint8_t {
    count,
    small,     // not the count, but that it is under the smallest
    together,  // neither: this one is hidden with others, and at least one of them is too small
};

struct CountCell {
    std::string key;
    std::uint64_t count = 0;  // not 0: what is 0 is no cell
    Told told = Told::count;
    bool operator==(const CountCell&) const = default;
};

/// Decides which cells of a block are told, so that no count under `smallest` can be worked out
/// from the others and their sum, even by somebody who knows this rule. A sum under `smallest` is
/// told nowhere. Those under it are hidden. Where that is not enough (there is one, or all of them
/// are 1, or all are the highest that is hidden), the next smallest is hidden as well, with all
/// that are as large; then none of them says whether it is small. What cannot be made safe is taken
/// out of the block whole.
///
/// errors   none
/// threads  any
void hide_small(std::vector<CountCell>& block, std::uint64_t smallest);

}  // namespace sanad::casework
