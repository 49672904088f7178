#pragma once

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

/// `text` with every character that is no UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

/// Where to cut valid UTF-8 so that at most `bytes_max` bytes stay and no character as people see
/// it (with its vowel signs, its joiners) is broken.
std::size_t cut_place(std::string_view text, std::size_t bytes_max);

}  // namespace sanad::email
