#pragma once

#include <span>
#include <string_view>

namespace sanad::trust {

/// Words and runs of keys that people make passwords of, in lower case and without spaces: what is
/// tried first by whoever guesses.
std::span<const std::string_view> common_password_words();

}  // namespace sanad::trust
