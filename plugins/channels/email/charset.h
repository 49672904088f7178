#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Bytes of any charset as UTF-8. ICU's own tables: nothing is loaded from disk, which the sandbox
// would refuse.
namespace sanad::email {

struct Decoded {
    std::string text;    // valid UTF-8 without NUL
    bool lossy = false;  // something in it could not be read
};

/// label  as the mail has it; empty, unknown or wrong: the charset is found out
Decoded to_utf8(std::string_view bytes, std::string_view label);

/// `text` with every byte that is no UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);
bool is_utf8(std::string_view text);

/// UTF-8 as the node takes it: lines end in LF, and no control character is left but LF and tab.
std::string clean_prose(std::string_view text);

/// Where to cut valid UTF-8 so that at most `bytes_max` bytes stay and no character as people see
/// it (with its vowel signs, its joiners) is broken. More than 64 signs on one letter are parted.
std::size_t cut_place(std::string_view text, std::size_t bytes_max);

/// The code point at `at`, which moves behind it; U+FFFD where there is no UTF-8. `at` is before
/// the end.
char32_t next_character(std::string_view text, std::size_t& at);

/// Appends a code point; what is none is U+FFFD.
void append_utf8(std::string& to, char32_t character);

}  // namespace sanad::email
