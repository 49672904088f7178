#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// The single values of a directory's text: what each of them may look like.
namespace sanad::federation {

inline constexpr std::size_t node_id_bytes_min = 4;
inline constexpr std::size_t node_id_bytes_max = 31;
inline constexpr std::size_t language_bytes_max = 35;  // the longest that BCP 47 asks to expect
inline constexpr std::size_t service_bytes_max = 32;
inline constexpr std::size_t endpoint_bytes_max = 280;

/// Country, dot, label, such as `ma.cmrpi`: 4..31 bytes; the label is of [a-z0-9-] and neither
/// begins nor ends with a hyphen. errors  malformed
Result<NodeId> parse_node_id(std::string_view text);

/// `tcp://host:port`: a host name in lower case, an IPv4 address, or an IPv6 address in brackets;
/// port 1..65535. errors  malformed
Result<void> check_endpoint(std::string_view text);

/// BCP 47 in form, such as `ary-Arab`: subtags of 1..8 letters and digits, the first of 2..8
/// letters in lower case.
bool is_language(std::string_view tag);
/// 1..service_bytes_max of [a-z0-9_].
bool is_service(std::string_view code);
/// 1..bytes_max of [a-z0-9] and `separator`, which neither begins nor ends it.
bool is_code(std::string_view text, std::size_t bytes_max, char separator);

/// Decimal digits in their one form, without sign or leading zero; nothing from nothing.
std::optional<std::uint64_t> read_number(std::optional<std::string_view> text);
/// RFC 3339 in whole seconds, UTC; nothing from nothing.
std::optional<Time> read_second(std::optional<std::string_view> text);

}  // namespace sanad::federation
