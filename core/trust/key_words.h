#pragma once

#include "core/base/bytes.h"

#include <array>
#include <string>
#include <string_view>

namespace sanad::trust {

/// How many words a fingerprint has, and so how many bytes of the hash it shows.
inline constexpr std::size_t key_words_count = 8;

/// 256 short English words of everyday things, chosen to be told apart: word `n` stands for the
/// byte n. The list never changes: it is part of what two people compare.
const std::array<std::string_view, 256>& key_word_list();

/// A public key as people read it to each other by telephone: eight words, `amber-river-...`, for
/// the first 64 bits of SHA-256("sanad/key-words/v1\n" || key). Who wants a second key with the
/// same words has to make about 2^64 keys; who compares only some of the words gets that much less.
/// threads  any
std::string key_words(ByteView key);

/// The same eight bytes as numbers from 000 to 255, for who would rather say numbers:
/// `004-181-...`. threads  any
std::string key_digits(ByteView key);

}  // namespace sanad::trust
