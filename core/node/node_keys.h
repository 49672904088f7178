#pragma once

#include "core/base/clock.h"
#include "core/base/entropy.h"
#include "core/base/result.h"
#include "core/node/configuration.h"
#include "core/trust/keys.h"
#include "core/trust/vault.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// The keys of a node: the vault key that opens everything, and the four key pairs that it keeps.
namespace sanad::node {

/// The file of wrapped keys has at most so many bytes.
inline constexpr std::size_t keys_file_bytes_max = 8192;
/// A sealing key that was replaced opens what was sealed to it for so long; then it is destroyed.
inline constexpr Duration former_sealing_life = std::chrono::days(30);
inline constexpr std::size_t former_sealing_max = 8;

/// Keys that were made, and that no directory has yet.
struct NextKeys {
    std::optional<trust::SigningKey> signing;
    std::optional<trust::SealingKey> sealing;
    std::optional<trust::TransportKey> transport;
};

struct FormerSealing {
    trust::SealingKey key;
    Time until;
};

/// None is ever derived from another.
struct NodeKeys {
    std::optional<trust::SigningKey> identity;  // signs the node's own key bundle; none: offline
    trust::SigningKey signing;                  // signs and cosigns heads
    trust::SealingKey sealing;                  // opens what others seal to us
    trust::TransportKey transport;              // CURVE
    NextKeys next{};
    std::vector<FormerSealing> former{};  // newest first
};

NodeKeys generate_keys(Entropy& entropy);

/// Writes the keys, each wrapped under the vault key and bound to the store, to a new file with
/// mode 0600. Its format is text: `sanad-keys/v1`, then one line `name hex` for each key. With keys
/// to come or former ones, or without an identity, it is `sanad-keys/v2`: a line more for each
/// `next-...`, `former-sealing <seconds since 1970> hex`. errors  conflict: there is one already;
/// and those of create_file() (core/node/files.h)
Result<void> store_keys(const std::filesystem::path& file, const NodeKeys& keys,
                        const trust::Vault& vault, Entropy& entropy);

/// errors  not_found, denied, io · malformed · unsupported: a later format · bad_signature: another
///         vault key or store, or changed. The detail says how to mend it.
Result<NodeKeys> load_keys(const std::filesystem::path& file, const trust::Vault& vault);

/// Reads the keys, lets `change` change them, and writes them over the old ones in one step; nobody
/// else can do the same meanwhile. errors  those of load_keys(), replace_file() and `change`
Result<void> update_keys(const std::filesystem::path& file, const trust::Vault& vault,
                         Entropy& entropy, const std::function<Result<void>(NodeKeys&)>& change);

/// What a start may ask for besides files: read once from the environment by the program's main.
struct VaultInputs {
    std::optional<std::filesystem::path> credentials_folder;  // $CREDENTIALS_DIRECTORY
    std::optional<std::filesystem::path> passphrase_file;     // $SANAD_PASSPHRASE_FILE
    std::function<Result<std::string>()> ask_passphrase;      // on a terminal; may be empty
};

/// The vault key from where the configuration says it is. The passphrase's file holds one line.
/// errors  those of core/trust/vault_key.h · not_found: nobody to ask for the passphrase. The
/// detail
///         says how to mend it.
Result<trust::SymmetricKey> load_vault_key(const VaultSettings& settings,
                                           const VaultInputs& inputs);

/// The passphrase itself, in the form that the key is made from.
/// errors  as load_vault_key(), bad_size, malformed
Result<std::string> read_passphrase(const VaultInputs& inputs);

/// The store's id as it lies in the data folder, apart from the store.
/// errors  not_found, denied, malformed, io
Result<trust::StoreId> load_store_id(const std::filesystem::path& file);

/// `sanad init` writes it once: 32 hexadecimal digits and a newline.
Result<void> store_store_id(const std::filesystem::path& file, const trust::StoreId& id);

}  // namespace sanad::node
