#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// The return code of a conversation: whoever has it finds the conversation again, by whatever
// channel. The conversation's key is made from it, so the code is stored nowhere, not even as a
// hash.
namespace sanad::return_code {

inline constexpr std::size_t digits = 16;  // 53 bits, as GlobaLeaks' receipts
inline constexpr std::size_t key_bytes = 32;

/// The key of the conversation of `code`: Argon2id. Slow on purpose, one at a time in this process.
///
/// code     16 digits
/// throws   std::bad_alloc
/// source   RFC 9106; 3 passes over 16 MiB
/// threads  any; it takes a good part of a second of a small machine
std::string key_of(std::string_view code);

/// The node's name for that conversation: SHA-256 of its key.
std::string conversation_of(std::string_view code);

}  // namespace sanad::return_code
