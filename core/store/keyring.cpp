#include "core/store/keyring.h"

#include "core/trust/hash.h"

#include <algorithm>
#include <utility>

namespace sanad::store {
namespace {

constexpr std::array<std::uint8_t, 1> there_mark{1};

}  // namespace

KeyHash Keyring::hash_of(const KeyId& id) { return trust::sha256(id); }

Result<void> Keyring::remember_erased(Store& store) {
    const auto table = store.open_table("erased");
    if (!table) return std::unexpected(table.error());
    erased_ = *table;
    return {};
}

bool Keyring::is_erased(Snapshot& from, const KeyId& id) {
    if (!erased_) return false;
    const auto there = from.get(*erased_, hash_of(id));
    return there && *there;
}

Result<void> Keyring::create(Writer& writer, const KeyId& id, Entropy& entropy) {
    const auto there = writer.get(table_, id);
    if (!there) return std::unexpected(there.error());
    if (*there) return fail(Fault::conflict, "key exists");
    if (is_erased(writer, id)) return fail(Fault::expired, "erased");
    {
        // One from a transaction that was undone may still be known: it was never on disk.
        const std::lock_guard lock(mutex_);
        unwrapped_.erase(id);
        if (!erased_) never_kept_.erase(id);
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
    // A reader of an old snapshot still finds what is destroyed: it may use it, and nobody else.
    if (never_kept_.contains(id)) return shared;
    if (unwrapped_.size() >= unwrapped_keys_max) unwrapped_.clear();
    return unwrapped_.emplace(id, std::move(shared)).first->second;
}

// In the transaction itself, so that a command that fails afterwards destroys nothing. Zeros of
// the same size first: a page keeps what is merely removed.
Result<void> Keyring::destroy(Draft& draft, const KeyId& id) {
    draft.then([this, id](Transaction& transaction) -> Result<void> {
        const auto there = transaction.get(table_, id);
        if (!there) return std::unexpected(there.error());
        if (*there) {
            const Bytes zeros((*there)->size());
            if (const auto wiped = transaction.put(table_, id, zeros); !wiped) return wiped;
            if (const auto removed = transaction.del(table_, id); !removed) return removed;
        }
        const auto hash = hash_of(id);
        if (erased_)
            if (const auto noted = transaction.put(*erased_, hash, there_mark); !noted)
                return noted;
        fresh_.push_back(hash);
        const std::lock_guard lock(mutex_);
        unwrapped_.erase(id);
        never_kept_.insert(id);
        return {};
    });
    return {};
}

Result<std::size_t> Keyring::destroy_listed(Draft& draft, const std::vector<KeyHash>& hashes) {
    const std::set<KeyHash> listed(hashes.begin(), hashes.end());
    std::vector<KeyId> ids;
    const auto scanned =
        draft.scan(table_, {}, {}, Order::ascending, keys_max, [&](const Row& row) {
            const auto id = id_from<KeyId>(row.key);
            if (id && listed.contains(hash_of(*id))) ids.push_back(*id);
            return true;
        });
    if (!scanned) return std::unexpected(scanned.error());
    for (const auto& id : ids)
        if (const auto gone = destroy(draft, id); !gone) return std::unexpected(gone.error());
    if (erased_)
        for (const auto& hash : listed)
            if (const auto noted = draft.put(*erased_, hash, there_mark); !noted)
                return std::unexpected(noted.error());
    return ids.size();
}

Result<std::vector<KeyHash>> Keyring::erased(Snapshot& from) {
    std::vector<KeyHash> hashes;
    if (!erased_) return hashes;
    const auto scanned =
        from.scan(*erased_, {}, {}, Order::ascending, keys_max, [&](const Row& row) {
            KeyHash hash{};
            if (row.key.size() == hash.size()) {
                std::copy(row.key.begin(), row.key.end(), hash.begin());
                hashes.push_back(hash);
            }
            return true;
        });
    if (!scanned) return std::unexpected(scanned.error());
    return hashes;
}

void Keyring::committed() {
    if (fresh_.empty()) return;
    const auto fresh = std::exchange(fresh_, {});
    if (destroyed_told_) destroyed_told_(fresh);
}

}  // namespace sanad::store
