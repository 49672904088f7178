#pragma once

#include "core/base/bytes.h"
#include "core/base/entropy.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/trust/secret.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>

// The vault key and what it wraps. Every record is sealed under a key of its own thing (a case, a
// referral, the node); those keys are stored wrapped under the vault key, and the vault key never
// is in the store. Destroying a wrapped key destroys everything sealed under it, backups included.
namespace sanad::trust {

/// Names a node's store: 16 random bytes made with it.
using StoreId = Id<struct StoreTag>;

/// A wrapped key has exactly this many bytes: version, nonce, key, tag.
inline constexpr std::size_t wrapped_key_bytes = 1 + 24 + 32 + 16;

inline constexpr std::size_t passphrase_bytes_min = 15;
inline constexpr std::size_t passphrase_bytes_max = 1024;

/// The vault key in a file of its own: 32 raw bytes, or 64 hexadecimal digits and at most one
/// newline. It must be a regular file and no link, owned by this user, with mode 0600 or 0400.
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

/// Wraps and unwraps keys; stores nothing. threads  any
class Vault {
public:
    Vault(SymmetricKey key, StoreId store) : key_(std::move(key)), store_(store) {}

    const StoreId& store() const { return store_; }

    /// `key` for the store, bound to this store and to `id`. returns  wrapped_key_bytes
    Bytes wrap(KeyId id, const SymmetricKey& key, Entropy& entropy) const;
    /// errors  bad_size · unsupported: a later version · bad_signature: another vault key, store or
    ///         id, or changed
    Result<SymmetricKey> unwrap(KeyId id, ByteView wrapped) const;

    /// A key for one use of the node itself, such as index tokens: the same as long as the vault
    /// key is. `use` is a number that only one use has.
    SymmetricKey derive(std::uint64_t use) const;

private:
    Bytes binding(KeyId id) const;

    SymmetricKey key_;
    StoreId store_;
};

}  // namespace sanad::trust
