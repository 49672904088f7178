#include "core/trust/password.h"

#include "core/base/text.h"
#include "core/trust/common_words.h"

#include <sodium.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <set>

namespace sanad::trust {
namespace {

constexpr std::size_t password_bytes_max = 4 * password_characters_max;

std::vector<UChar32> characters_of(std::string_view text) {
    std::vector<UChar32> characters;
    for (std::size_t at = 0; at < text.size();) characters.push_back(next_code_point(text, at));
    return characters;
}

// Letters and digits in lower case, without what people put between words.
std::vector<UChar32> plain_of(std::string_view text) {
    std::vector<UChar32> plain;
    for (const UChar32 c : characters_of(text))
        if (u_isalnum(c)) plain.push_back(u_foldCase(c, U_FOLD_CASE_DEFAULT));
    return plain;
}

// Zero stands where a word was, so that what is left and right of it never makes a new one.
void take_out(std::vector<UChar32>& text, const std::vector<UChar32>& word) {
    if (word.size() < 2) return;
    for (auto from = text.begin();;) {
        from = std::search(from, text.end(), word.begin(), word.end());
        if (from == text.end()) return;
        std::fill_n(from, word.size(), 0);
    }
}

Result<std::array<std::uint8_t, 32>> argon2id(std::string_view password, const PasswordHash& with) {
    // The same sentence typed on two keyboards must be the same bytes.
    auto normal = to_nfc(password);
    if (!normal) return std::unexpected(normal.error());
    std::array<std::uint8_t, 32> hash{};
    const int made = crypto_pwhash(
        hash.data(), hash.size(), normal->data(), normal->size(), with.salt.data(), with.passes,
        std::size_t{with.memory_kib} * 1024, crypto_pwhash_ALG_ARGON2ID13);
    wipe({reinterpret_cast<std::uint8_t*>(normal->data()), normal->size()});
    if (made != 0) return fail(Fault::exhausted, "memory for a password");
    return hash;
}

}  // namespace

static_assert(crypto_pwhash_SALTBYTES == std::tuple_size_v<decltype(PasswordHash::salt)>);

Result<void> check_password(std::string_view password, const std::vector<std::string>& context) {
    if (const auto sound = check_prose(password, password_bytes_max); !sound) return sound;
    const auto normal = to_nfc(password);
    if (!normal) return std::unexpected(normal.error());
    const auto characters = characters_of(*normal);
    if (characters.size() < password_characters_min || characters.size() > password_characters_max)
        return fail(Fault::bad_size, "password");
    if (std::set(characters.begin(), characters.end()).size() < password_distinct_characters_min)
        return fail(Fault::denied, "password_common");
    std::vector<std::vector<UChar32>> words;
    for (const auto& word : context) words.push_back(plain_of(word));
    for (const auto word : common_password_words()) words.push_back(plain_of(word));
    // Or "admin" would leave most of "administrator".
    std::ranges::sort(words, std::ranges::greater{}, &std::vector<UChar32>::size);
    auto own = plain_of(*normal);
    for (const auto& word : words) take_out(own, word);
    const auto left = own.size() - std::size_t(std::ranges::count(own, 0));
    if (left < password_own_characters_min) return fail(Fault::denied, "password_common");
    return {};
}

Result<PasswordHash> hash_password(std::string_view password, Entropy& entropy) {
    PasswordHash made{.passes = password_passes, .memory_kib = password_memory_kib};
    entropy.fill(made.salt);
    const auto hash = argon2id(password, made);
    if (!hash) return std::unexpected(hash.error());
    made.hash = *hash;
    return made;
}

Result<bool> is_password(const PasswordHash& hash, std::string_view password) {
    const auto made = argon2id(password, hash);
    if (!made) return std::unexpected(made.error());
    return equal_in_constant_time(*made, hash.hash);
}

PasswordHash nobodys_password() {
    return {.passes = password_passes, .memory_kib = password_memory_kib};
}

}  // namespace sanad::trust
