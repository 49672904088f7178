#include "plugins/channels/phone/sip/call_back_rules.h"

#include <algorithm>

namespace sanad::phone {
namespace {

using namespace std::chrono_literals;

// "+" and "00" are two ways to write the same beginning.
std::string plain(std::string_view number) {
    if (number.starts_with('+')) return "00" + std::string{number.substr(1)};
    return std::string{number};
}

bool digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<CallBackFault> refused_number(const CallBackRules& rules, std::string_view number) {
    const auto only = number.starts_with('+') ? number.substr(1) : number;
    if (!digits(only) || only.size() < number_digits_min || only.size() > number_digits_max + 2)
        return CallBackFault::bad_number;
    const auto asked = plain(number);
    const auto begins = [&](const std::string& prefix) {
        return !prefix.empty() && asked.starts_with(plain(prefix));
    };
    if (std::ranges::none_of(rules.prefixes, begins)) return CallBackFault::not_allowed;
    if (std::ranges::any_of(rules.refused, begins)) return CallBackFault::not_allowed;
    return {};
}

std::optional<CallBackFault> CallBackCaps::take(std::string_view number,
                                                std::chrono::milliseconds now) {
    if (const auto fault = refused_number(rules_, number)) return fault;
    while (!calls_.empty() && now - calls_.front() >= 24h) calls_.pop_front();
    const auto hour = std::ranges::count_if(calls_, [&](auto at) { return now - at < 1h; });
    if (calls_.size() >= rules_.per_day || static_cast<std::uint64_t>(hour) >= rules_.per_hour)
        return CallBackFault::too_many;
    calls_.push_back(now);
    return {};
}

}  // namespace sanad::phone
