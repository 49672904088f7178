#pragma once

#include <optional>
#include <string_view>

// A hundred short words in each of three languages, for two digits each: things that a child can
// draw, without accents, and none like another.
namespace sanad::webchat {

/// number  0..99 · language  ar, fr or en
std::string_view word_of_number(std::string_view language, int number);

/// As it may be written by hand: small or capital letters, with or without accents, hamza, vowel
/// signs. Nothing: no word of that language.
std::optional<int> number_of_word(std::string_view language, std::u32string_view word);

}  // namespace sanad::webchat
