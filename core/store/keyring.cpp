#include "core/store/keyring.h"

namespace sanad::store {

Result<void> Keyring::create(Writer& writer, const KeyId& id, Entropy& entropy) {
    const auto there = writer.get(table_, id);
    if (!there) return std::unexpected(there.error());
    if (*there) return fail(Fault::conflict, "key exists");
    {
        // One from a transaction that was undone may still be known: it was never on disk.
        const std::lock_guard lock(mutex_);
        unwrapped_.erase(id);
    }
    return writer.put(table_, id, vault_.wrap(id, Key::generate(entropy), entropy));
}

Result<std::shared_ptr<const Keyring::Key>> Keyring::find(Snapshot& from, const KeyId& id) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = unwrapped_.find(id); known != unwrapped_.end()) return known->second;
    }
    const auto wrapped = from.get(table_, id);
    if (!wrapped) return std::unexpected(wrapped.error());
    if (!*wrapped) return fail(Fault::not_found, "key was never made, or is destroyed");
    auto key = vault_.unwrap(id, **wrapped);
    if (!key) return std::unexpected(key.error());
    auto shared = std::make_shared<const Key>(std::move(*key));
    const std::lock_guard lock(mutex_);
    if (unwrapped_.size() >= unwrapped_keys_max) unwrapped_.clear();
    return unwrapped_.emplace(id, std::move(shared)).first->second;
}

Result<void> Keyring::destroy(Writer& writer, const KeyId& id) {
    if (const auto removed = writer.del(table_, id); !removed) return removed;
    const std::lock_guard lock(mutex_);
    unwrapped_.erase(id);
    return {};
}

}  // namespace sanad::store
