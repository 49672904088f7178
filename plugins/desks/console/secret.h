#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// What only this process and one browser know, as lower-case hexadecimal digits.
namespace sanad::console {

inline constexpr std::size_t secret_digits = 64;

/// 32 random bytes.
std::string random_secret();

std::string to_digits(std::string_view bytes);
/// The bytes of exactly `secret_digits` digits; empty: it is none.
std::string from_digits(std::string_view digits);

/// HMAC-SHA-256 of `text` under `key`, as digits.
std::string seal_of(std::string_view key, std::string_view text);

/// In a time that does not depend on where they differ.
bool equal(std::string_view a, std::string_view b);

}  // namespace sanad::console
