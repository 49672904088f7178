#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// The form of the pickup page, as it comes back.
namespace sanad::webhook {

inline constexpr std::size_t form_fields_max = 16;
inline constexpr std::int64_t form_lifetime_s = 12 * 60 * 60;
inline constexpr std::int64_t form_clock_slack_s = 60;

/// Reads `a=1&b=2` as application/x-www-form-urlencoded.
///
/// returns  nothing when a field comes twice, more than form_fields_max come, or an escape is wrong
/// source   WHATWG URL, section 5.1
std::optional<std::map<std::string, std::string>> parse_form(std::string_view body);

/// A token that only this plugin can make: it shows that the form came from our page of this very
/// matter. It also names the sending: the same form sent twice is one report.
///
/// key        32 secret bytes
/// reference  16 bytes
std::string make_form_token(std::string_view key, std::string_view reference, std::int64_t now_s);
bool check_form_token(std::string_view key, std::string_view reference, std::string_view token,
                      std::int64_t now_s);

}  // namespace sanad::webhook
