#pragma once

#include "plugins/shared/http/form.h"

#include <cstddef>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// JSON from outside, read more strictly than RFC 8259 asks: no key twice, nothing but white space
// after the value, valid UTF-8.
//
// threads  any; keeps no state
namespace sanad::webhook {

inline constexpr std::size_t view_bytes_max = 64 * 1024;
inline constexpr std::size_t view_depth_max = 8;
inline constexpr std::size_t view_rows_max = 200;

enum class JsonFault {
    malformed,  // not JSON, or not of the shape that is asked for
    field_twice,
    too_large  // a limit is passed
};

/// An object whose values are all strings of at most `value_bytes_max` bytes.
std::expected<std::map<std::string, std::string>, JsonFault> parse_strings(
    std::string_view json, std::size_t value_bytes_max);

/// One line of a disclosed view, ready to be shown.
struct ViewRow {
    std::vector<std::string> path;    // the keys that lead to it, outermost first
    std::vector<std::string> values;  // one, or the elements of a list; true and false as such
};

/// A disclosed view as rows, in its order: an object of anything, at most view_bytes_max bytes,
/// view_depth_max deep, view_rows_max rows. What is null or empty has no row.
std::expected<std::vector<ViewRow>, JsonFault> parse_view(std::string_view json);

using http::is_utf8;

}  // namespace sanad::webhook
