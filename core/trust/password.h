#pragma once

#include "core/base/entropy.h"
#include "core/base/result.h"
#include "core/trust/secret.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Passwords of people who have no passkey; never without a second factor.
namespace sanad::trust {

inline constexpr std::size_t password_characters_min = 15;
inline constexpr std::size_t password_characters_max = 128;
// Once the common words are taken out, so much of a person's own must be left.
inline constexpr std::size_t password_own_characters_min = 8;
inline constexpr std::size_t password_distinct_characters_min = 6;

/// Whether a person may choose `password`. There is no rule on which characters: a sentence is
/// best.
///
/// context  words that are known of this person and place: their name, the node's; refused as the
///          common ones are
/// errors   bad_size · malformed: not UTF-8, or a control character · denied: password_common
/// threads  any
Result<void> check_password(std::string_view password, const std::vector<std::string>& context);

/// Argon2id (RFC 9106) of a password, and with what it was made: a later build may ask for more.
struct PasswordHash {
    std::array<std::uint8_t, 16> salt{};
    std::array<std::uint8_t, 32> hash{};
    std::uint32_t passes = 0;
    std::uint32_t memory_kib = 0;
    bool operator==(const PasswordHash&) const = default;
};

inline constexpr std::uint32_t password_passes = 3;
inline constexpr std::uint32_t password_memory_kib = 128 * 1024;

/// About 0.4 s and 128 MiB: the caller bounds how many run at once.
/// errors  exhausted: no memory · malformed: not UTF-8. threads  any
Result<PasswordHash> hash_password(std::string_view password, Entropy& entropy);

/// As long as hash_password(). errors  as it. threads  any
Result<bool> is_password(const PasswordHash& hash, std::string_view password);

/// A hash that no password has, to be compared with where there is nobody: it takes as long.
PasswordHash nobodys_password();

}  // namespace sanad::trust
