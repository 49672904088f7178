#pragma once

#include "core/base/entropy.h"
#include "core/base/ids.h"
#include "core/store/engine.h"
#include "core/store/store.h"
#include "core/trust/vault.h"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

namespace sanad::store {

using trust::StoreId;

/// The key under which the node seals what belongs to no case: queues, timers, the ends of logs.
inline constexpr KeyId node_key_id{{'n', 'o', 'd', 'e'}};

/// SHA-256 of the id of a key: what stays of a destroyed one.
using KeyHash = std::array<std::uint8_t, 32>;

/// The key of each case, contact and referral: wrapped by the vault in the store, unwrapped in
/// memory while in use. Destroying one destroys everything sealed under it, for good: its hash is
/// kept, and no key of that id is made or brought back again.
class Keyring final : public Engine::Participant {
public:
    using Key = trust::SymmetricKey;
    static constexpr std::size_t unwrapped_keys_max = 16'384;
    static constexpr std::uint32_t keys_max = 10'000'000;  // looked through at a start

    /// `vault` outlives the keyring.
    Keyring(trust::Vault& vault, Table table) : vault_(vault), table_(table) {}

    /// A new random key for `id`. errors  conflict: it has one · expired: it was destroyed
    Result<void> create(Writer& writer, const KeyId& id, Entropy& entropy);

    /// The key of `id`; shared because a destroyed key stays valid for the reader that holds it.
    /// errors  not_found: never made, or destroyed · bad_signature: damaged, or of another vault
    /// threads  any
    Result<std::shared_ptr<const Key>> find(Snapshot& from, const KeyId& id);

    /// Remembers destroyed keys in the table `erased`, so that is_erased() knows them. Without it a
    /// destroyed key is only gone. Before the first command.
    Result<void> remember_erased(Store& store);
    /// Called on the engine's thread, after the commit, with what was destroyed: to be kept where
    /// no backup of the store reaches.
    using Destroyed = std::function<void(const std::vector<KeyHash>&)>;
    void on_destroyed(Destroyed destroyed) { destroyed_told_ = std::move(destroyed); }

    /// Overwrites the wrapped key and removes it; compaction of the store is the caller's. Also of
    /// a key that is not there: then none of that id will be. threads  engine
    Result<void> destroy(Draft& draft, const KeyId& id);
    bool is_erased(Snapshot& from, const KeyId& id);

    /// Destroys again each key whose hash is among `hashes`, as after a backup was put back.
    /// returns  how many were there. threads  engine
    Result<std::size_t> destroy_listed(Draft& draft, const std::vector<KeyHash>& hashes);
    /// All hashes the store remembers. errors  those of the store
    Result<std::vector<KeyHash>> erased(Snapshot& from);

    static KeyHash hash_of(const KeyId& id);

    Result<void> before_commit(Transaction&) override { return {}; }
    void committed() override;
    void rolled_back() override { fresh_.clear(); }

private:
    trust::Vault& vault_;
    Table table_;
    std::optional<Table> erased_;  // hash -> one byte: the key says it all
    std::vector<KeyHash> fresh_;   // destroyed since the last commit; the engine's own
    Destroyed destroyed_told_;
    std::mutex mutex_;  // guards what follows
    std::map<KeyId, std::shared_ptr<const Key>> unwrapped_;
    std::set<KeyId> never_kept_;  // destroyed in this life of the process: not to be cached again
};

}  // namespace sanad::store
