#pragma once

#include "plugins/shared/return_code/return_code.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// The return code: 16 digits that a person may write down and come back with, from any device. The
// key of the conversation is made from them, so the code is stored nowhere, not even as a hash, and
// whoever has the disk would have to try the codes one by one.
namespace sanad::webchat {

inline constexpr std::size_t code_digits = return_code::digits;
inline constexpr std::size_t code_words = 8;  // each stands for two digits
inline constexpr std::size_t code_text_bytes_max = 400;

/// A new code. Every code is as likely as every other.
std::string make_code();

/// The code that belongs to `seed`, the same each time: for a secret that nobody else knows.
std::string make_code(std::string_view seed);

/// What a person wrote, as 16 digits: digits of any script, or eight words of one language; spaces,
/// line ends, points and dashes between them do not matter. Nothing: it is no code.
std::optional<std::string> fold_code(std::string_view text);

/// The code as eight words. language  ar, fr or en
std::string words_of_code(std::string_view code, std::string_view language);

/// The key of the conversation of `code`, as return_code.h makes it. code  16 digits
std::string token_of_code(std::string_view code);

}  // namespace sanad::webchat
