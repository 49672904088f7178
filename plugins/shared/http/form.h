#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

// What a form of a page sends: the body of its POST.
namespace sanad::http {

inline constexpr std::size_t form_fields_max = 16;

/// Reads `a=1&b=2` as application/x-www-form-urlencoded.
///
/// returns  nothing when a field comes twice, more than form_fields_max come, or an escape is wrong
/// source   WHATWG URL, section 5.1
std::optional<std::map<std::string, std::string>> parse_form(std::string_view body);

/// RFC 3629, without surrogates and overlong forms.
bool is_utf8(std::string_view text);

}  // namespace sanad::http
