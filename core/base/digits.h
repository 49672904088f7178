#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sanad {

/// The decimal digits of `text`, of any script (١٢٣, ۱۲۳, 123), as 0-9; spaces between them are
/// left out. None: something else is in it, it is not UTF-8, or it has more than `digits_max`.
std::optional<std::string> ascii_digits(std::string_view text, std::size_t digits_max);

}  // namespace sanad
