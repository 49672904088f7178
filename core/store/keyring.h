#pragma once

#include "core/base/entropy.h"
#include "core/base/ids.h"
#include "core/store/store.h"
#include "core/trust/vault.h"

#include <map>
#include <memory>
#include <mutex>

namespace sanad::store {

using trust::StoreId;

/// The key under which the node seals what belongs to no case: queues, timers, the ends of logs.
inline constexpr KeyId node_key_id{{'n', 'o', 'd', 'e'}};

/// The key of each case, contact and referral: wrapped by the vault in the store, unwrapped in
/// memory while in use. Destroying one destroys everything sealed under it.
class Keyring {
public:
    using Key = trust::SymmetricKey;
    static constexpr std::size_t unwrapped_keys_max = 16'384;

    /// `vault` outlives the keyring.
    Keyring(trust::Vault& vault, Table table) : vault_(vault), table_(table) {}

    /// A new random key for `id`. errors  conflict: it has one
    Result<void> create(Writer& writer, const KeyId& id, Entropy& entropy);

    /// The key of `id`; shared because a destroyed key stays valid for the reader that holds it.
    /// errors  not_found: never made, or destroyed · bad_signature: damaged, or of another vault
    /// threads  any
    Result<std::shared_ptr<const Key>> find(Snapshot& from, const KeyId& id);

    /// Removes the wrapped key; compaction of the store is the caller's. threads  engine
    Result<void> destroy(Writer& writer, const KeyId& id);

private:
    trust::Vault& vault_;
    Table table_;
    std::mutex mutex_;
    std::map<KeyId, std::shared_ptr<const Key>> unwrapped_;
};

}  // namespace sanad::store
