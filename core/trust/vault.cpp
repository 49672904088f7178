#include "core/trust/vault.h"

#include "core/trust/seal.h"

#include <sodium.h>

namespace sanad::trust {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::string_view binding_context = "sanad/wrapped-key/v1";

}  // namespace

Bytes Vault::binding(KeyId id) const {
    Bytes bytes(binding_context.begin(), binding_context.end());
    append(bytes, store_);
    append(bytes, id);
    return bytes;
}

Bytes Vault::wrap(KeyId id, const SymmetricKey& key, Entropy& entropy) const {
    Bytes wrapped{version};
    seal_onto(wrapped, key_, binding(id), key.bytes(), entropy);
    return wrapped;
}

Result<SymmetricKey> Vault::unwrap(KeyId id, ByteView wrapped) const {
    if (wrapped.size() != wrapped_key_bytes) return fail(Fault::bad_size, "wrapped key");
    if (wrapped.front() != version) return fail(Fault::unsupported, "version of a wrapped key");
    auto bytes = open(key_, binding(id), wrapped.subspan(1));
    if (!bytes) return std::unexpected(bytes.error());
    SymmetricKey key{ByteView(*bytes)};
    wipe(*bytes);
    return key;
}

SymmetricKey Vault::derive(std::uint64_t use) const {
    SymmetricKey key;
    crypto_kdf_derive_from_key(key.writable().data(), SymmetricKey::size, use, "sanadvlt",
                               key_.bytes().data());
    return key;
}

}  // namespace sanad::trust
