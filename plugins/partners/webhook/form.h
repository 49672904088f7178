#pragma once

#include "plugins/shared/http/form.h"

#include <cstdint>
#include <string>
#include <string_view>

// The form of the pickup page, as it comes back.
namespace sanad::webhook {

inline constexpr std::int64_t form_lifetime_s = 12 * 60 * 60;
inline constexpr std::int64_t form_clock_slack_s = 60;

using http::form_fields_max;
using http::parse_form;

/// A token that only this plugin can make: it shows that the form came from our page of this very
/// matter. It also names the sending: the same form sent twice is one report.
///
/// key        32 secret bytes
/// reference  16 bytes
std::string make_form_token(std::string_view key, std::string_view reference, std::int64_t now_s);
bool check_form_token(std::string_view key, std::string_view reference, std::string_view token,
                      std::int64_t now_s);

}  // namespace sanad::webhook
