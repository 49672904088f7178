#include "plugins/partners/webhook/schedule.h"

#include <algorithm>
#include <charconv>
#include <string>

#include <ctime>

namespace sanad::webhook {
namespace {

std::chrono::milliseconds with_jitter(std::chrono::milliseconds wait, double chance) {
    const double more = static_cast<double>(wait.count()) * jitter_max * std::clamp(chance, 0., 1.);
    return wait + std::chrono::milliseconds(static_cast<std::int64_t>(more));
}

/// "Tue, 24 Nov 2026 02:00:00 GMT"; not by strptime's %a and %b, which follow the locale.
std::optional<std::int64_t> parse_date(std::string_view text) {
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    constexpr std::string_view shape = "aaa, 00 aaa 0000 00:00:00 GMT";
    if (text.size() != shape.size()) return {};
    for (std::size_t at = 0; at < shape.size(); ++at) {
        const bool digit = text[at] >= '0' && text[at] <= '9';
        if (shape[at] == '0' ? !digit : shape[at] != 'a' && text[at] != shape[at]) return {};
    }
    const auto number = [&](std::size_t at, std::size_t digits) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + digits, value);
        return value;
    };
    const auto month = months.find(text.substr(8, 3));
    if (month == std::string_view::npos || month % 3 != 0) return {};
    std::tm parts{};
    parts.tm_mday = number(5, 2);
    parts.tm_mon = static_cast<int>(month / 3);
    parts.tm_year = number(12, 4) - 1900;
    parts.tm_hour = number(17, 2);
    parts.tm_min = number(20, 2);
    parts.tm_sec = number(23, 2);
    return ::timegm(&parts);
}

}  // namespace

std::chrono::milliseconds wait_after(std::uint32_t attempt, double chance) {
    const std::size_t next = std::min<std::size_t>(attempt, waits_before_try.size() - 1);
    return with_jitter(waits_before_try[next], chance);
}

std::chrono::milliseconds wait_as_asked(std::chrono::seconds asked, double chance) {
    return with_jitter(std::clamp(asked, retry_after_min, retry_after_max), chance);
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, std::int64_t now_s) {
    constexpr std::size_t digits_max = 9;
    const bool digits = !text.empty() && text.size() <= digits_max &&
                        std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (digits) {
        std::int64_t seconds = 0;
        std::from_chars(text.data(), text.data() + text.size(), seconds);
        return std::chrono::seconds(seconds);
    }
    const auto date = parse_date(text);
    if (!date) return {};
    return std::chrono::seconds(std::max<std::int64_t>(0, *date - now_s));
}

}  // namespace sanad::webhook
