#pragma once

#include <bit>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sanad::http {

/// How often a server refused, by code. One line of log for the 1st, 2nd, 4th, 8th ... of a kind: a
/// flood writes no flood of lines.
///
/// threads  one
class Refusals {
public:
    /// How many there are by now, when that is worth a line.
    std::optional<std::uint64_t> add(std::string_view code) {
        const std::uint64_t count = ++counts_[std::string(code)];
        return std::has_single_bit(count) ? std::optional(count) : std::nullopt;
    }

private:
    std::map<std::string, std::uint64_t, std::less<>> counts_;
};

}  // namespace sanad::http
