#pragma once

#include "core/base/bytes.h"
#include "core/base/entropy.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/trust/secret.h"

#include <cstdint>
#include <utility>

// The vault key and what it wraps. Every record is sealed under a key of its own thing (a case, a
// referral, the node); those keys are stored wrapped under the vault key, and the vault key never
// is in the store. Destroying a wrapped key destroys everything sealed under it, backups included.
namespace sanad::trust {

/// Names a node's store: 16 random bytes made with it.
using StoreId = Id<struct StoreTag>;

/// A wrapped key has exactly this many bytes: version, nonce, key, tag.
inline constexpr std::size_t wrapped_key_bytes = 1 + 24 + 32 + 16;

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
