#include "core/trust/seal.h"

#include <sodium.h>

namespace sanad::trust {
namespace {

constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(seal_overhead == nonce_bytes + tag_bytes);
static_assert(SymmetricKey::size == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
static_assert(SymmetricKey::size == crypto_kdf_KEYBYTES);

}  // namespace

void seal_onto(Bytes& to, const SymmetricKey& key, ByteView associated, ByteView plain,
               Entropy& entropy) {
    const std::size_t before = to.size();
    to.resize(before + seal_overhead + plain.size());
    const std::span<std::uint8_t> nonce(to.data() + before, nonce_bytes);
    entropy.fill(nonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce.data() + nonce_bytes, nullptr, plain.data(),
                                               plain.size(), associated.data(), associated.size(),
                                               nullptr, nonce.data(), key.bytes().data());
}

Bytes seal(const SymmetricKey& key, ByteView associated, ByteView plain, Entropy& entropy) {
    Bytes sealed;
    seal_onto(sealed, key, associated, plain, entropy);
    return sealed;
}

Result<void> open_onto(Bytes& to, const SymmetricKey& key, ByteView associated, ByteView sealed) {
    if (sealed.size() < seal_overhead) return fail(Fault::bad_size, "sealed bytes");
    const std::size_t before = to.size();
    to.resize(before + sealed.size() - seal_overhead);
    const ByteView secret = sealed.subspan(nonce_bytes);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            to.data() + before, nullptr, nullptr, secret.data(), secret.size(), associated.data(),
            associated.size(), sealed.data(), key.bytes().data()) != 0) {
        to.resize(before);
        return fail(Fault::bad_signature, "sealed bytes do not open");
    }
    return {};
}

Result<Bytes> open(const SymmetricKey& key, ByteView associated, ByteView sealed) {
    Bytes plain;
    if (const auto opened = open_onto(plain, key, associated, sealed); !opened)
        return std::unexpected(opened.error());
    return plain;
}

SymmetricKey derive_entry_key(const SymmetricKey& link_key, std::uint64_t index) {
    SymmetricKey key;
    crypto_kdf_derive_from_key(key.writable().data(), SymmetricKey::size, index, "sanadlnk",
                               link_key.bytes().data());
    return key;
}

}  // namespace sanad::trust
