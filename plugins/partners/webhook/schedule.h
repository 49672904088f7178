#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

// When a delivery that failed is tried again.
namespace sanad::webhook {

/// The wait before each try, the first being immediate. After the last one every try waits as long:
/// giving up is a person's decision, whom the escalation's own clock has alarmed long before.
///
/// source  Standard Webhooks 1.0.0, "Deliverability and reliability"
inline constexpr std::array<std::chrono::seconds, 10> waits_before_try{
    std::chrono::seconds(0),  std::chrono::seconds(5), std::chrono::minutes(5),
    std::chrono::minutes(30), std::chrono::hours(2),   std::chrono::hours(5),
    std::chrono::hours(10),   std::chrono::hours(14),  std::chrono::hours(20),
    std::chrono::hours(24)};

inline constexpr double jitter_max = 0.2;  // of the wait, added: never earlier than published
inline constexpr std::chrono::seconds retry_after_min{1};
inline constexpr std::chrono::seconds retry_after_max = std::chrono::hours(24);

/// How long to wait after try number `attempt` (1 is the first) has failed.
///
/// chance  0..1, a random number
std::chrono::milliseconds wait_after(std::uint32_t attempt, double chance);

/// The same when the receiver said how long: `asked`, at least retry_after_min, at most
/// retry_after_max, with the same jitter.
std::chrono::milliseconds wait_as_asked(std::chrono::seconds asked, double chance);

/// Reads a Retry-After header: seconds, or an IMF-fixdate. A date that has passed is 0.
///
/// now_s    UTC seconds since 1970
/// returns  nothing when it is neither
/// source   RFC 9110, sections 10.2.3 and 5.6.7
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, std::int64_t now_s);

}  // namespace sanad::webhook
