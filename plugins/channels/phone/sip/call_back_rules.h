#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Which numbers may be called back, and how often. Pure: it takes the time as an argument.
namespace sanad::phone {

inline constexpr std::size_t number_digits_min = 3, number_digits_max = 15;  // ITU-T E.164

struct CallBackRules {
    std::vector<std::string> prefixes;  // one of these begins the number; none: nobody is called
    std::vector<std::string> refused;   // and none of these
    std::uint32_t per_hour = 0, per_day = 0;
    bool operator==(const CallBackRules&) const = default;
};

enum class CallBackFault : std::uint8_t {
    bad_number,   // not digits, perhaps after a plus
    not_allowed,  // no prefix, or one that is refused
    too_many,     // in this hour or day
};

/// Whether a number obeys the prefixes. "00" and "+" at its beginning mean the same.
std::optional<CallBackFault> refused_number(const CallBackRules& rules, std::string_view number);

/// Counts the calls that went out.
class CallBackCaps {
public:
    explicit CallBackCaps(CallBackRules rules) : rules_(std::move(rules)) {}

    /// Counts this call, unless it is refused.
    ///
    /// now  of a clock that only goes forward
    std::optional<CallBackFault> take(std::string_view number, std::chrono::milliseconds now);

private:
    CallBackRules rules_;
    std::deque<std::chrono::milliseconds> calls_;  // of the last day
};

}  // namespace sanad::phone
