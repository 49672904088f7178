#pragma once

#include "core/base/bytes.h"
#include "core/base/entropy.h"
#include "core/base/result.h"
#include "core/trust/secret.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

// Where the vault key comes from when a node starts: a file, systemd, or a passphrase.
namespace sanad::trust {

inline constexpr std::size_t passphrase_bytes_min = 15;
inline constexpr std::size_t passphrase_bytes_max = 1024;

/// The vault key in a file of its own: 32 raw bytes, or 64 hexadecimal digits and at most one
/// newline. It must be a regular file and no link, owned by this user, with mode 0600 or 0400.
/// All zero is no key.
/// errors  not_found · denied: kind, owner or mode; the detail is the command to run · malformed ·
/// io
Result<SymmetricKey> load_key_file(const std::filesystem::path& path);

/// Makes a key file of 32 random raw bytes with mode 0600, synced to disk, and returns its key.
/// errors  conflict: there is one already · io
Result<SymmetricKey> create_key_file(const std::filesystem::path& path, Entropy& entropy);

/// The vault key from systemd: the file `name` in the folder that $CREDENTIALS_DIRECTORY names.
/// Same content as a key file; nobody but this user and root may be able to read it.
///
/// folder   the value of $CREDENTIALS_DIRECTORY: the composition root reads the environment
/// errors   not_found, denied, malformed, io · invalid: `name` is not a plain file name
Result<SymmetricKey> load_credential(const std::filesystem::path& folder, std::string_view name);

/// What must be kept beside the store to make the same key from a passphrase again. No secret.
struct PassphraseHeader {
    std::array<std::uint8_t, 16> salt{};
    std::uint32_t passes = 3;
    std::uint32_t memory_mib = 128;
    bool operator==(const PassphraseHeader&) const = default;
};

inline constexpr std::uint32_t passphrase_passes_max = 16;
inline constexpr std::uint32_t passphrase_memory_mib_min = 16;
inline constexpr std::uint32_t passphrase_memory_mib_max = 1024;

PassphraseHeader make_passphrase_header(Entropy& entropy);
/// `sanad-passphrase/v1 argon2id passes=3 memory-mib=128 salt=<32 hex digits>` and a newline.
std::string format(const PassphraseHeader& header);
/// Exactly what format() writes. errors  malformed, unsupported · invalid: outside the limits above
Result<PassphraseHeader> parse_passphrase_header(std::string_view text);

/// The vault key from a passphrase by Argon2id; takes about a second and the header's memory.
/// passphrase  passphrase_bytes_min..passphrase_bytes_max bytes of UTF-8, in NFC: to_nfc() it first
/// errors      bad_size, invalid (header) · exhausted: not enough memory
Result<SymmetricKey> key_from_passphrase(std::string_view passphrase,
                                         const PassphraseHeader& header);

}  // namespace sanad::trust
