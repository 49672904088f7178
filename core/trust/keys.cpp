#include "core/trust/keys.h"

#include <sodium.h>

#include <algorithm>

namespace sanad::trust {
namespace {

static_assert(sizeof(PublicKey) == crypto_sign_PUBLICKEYBYTES);
static_assert(sizeof(Seed) == crypto_sign_SEEDBYTES);
static_assert(sizeof(Signature) == crypto_sign_BYTES);
static_assert(sizeof(SealingPublicKey) == crypto_box_PUBLICKEYBYTES);
static_assert(sealed_box_overhead == crypto_box_SEALBYTES);

using Curve25519Point = std::array<std::uint8_t, 32>;
using BoxNonce = std::array<std::uint8_t, crypto_box_NONCEBYTES>;

Curve25519Point public_of(const Secret<32>& secret) {
    Curve25519Point point{};
    crypto_scalarmult_base(point.data(), secret.bytes().data());
    return point;
}

// The library refuses a product that is zero, which is what every point of small order gives.
bool has_large_order(const Curve25519Point& point) {
    constexpr std::array<std::uint8_t, 32> any_scalar{9};
    Curve25519Point product{};
    return crypto_scalarmult(product.data(), any_scalar.data(), point.data()) == 0;
}

// The nonce of crypto_box_seal(), which is not random: BLAKE2b of both public keys.
BoxNonce sealed_box_nonce(const std::uint8_t* ephemeral, const SealingPublicKey& to) {
    BoxNonce nonce{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, nonce.size());
    crypto_generichash_update(&state, ephemeral, crypto_box_PUBLICKEYBYTES);
    crypto_generichash_update(&state, to.bytes.data(), to.bytes.size());
    crypto_generichash_final(&state, nonce.data(), nonce.size());
    return nonce;
}

}  // namespace

Result<void> start_trust() {
    if (sodium_init() < 0) return fail(Fault::io, "libsodium does not start");
    return {};
}

SystemEntropy::~SystemEntropy() { wipe(pool_); }

void SystemEntropy::fill(std::span<std::uint8_t> out) {
    if (out.size() > pool_.size() / 4) {
        randombytes_buf(out.data(), out.size());
        return;
    }
    const std::lock_guard lock(mutex_);
    if (left_ < out.size()) {
        randombytes_buf(pool_.data(), pool_.size());
        left_ = pool_.size();
    }
    const auto given = std::span(pool_).last(left_).first(out.size());
    std::ranges::copy(given, out.begin());
    wipe(given);
    left_ -= out.size();
}

SigningKey::SigningKey(const Seed& seed) {
    crypto_sign_seed_keypair(public_key_.data(), secret_.writable().data(), seed.data());
}

SigningKey::SigningKey(SigningKey&& other) noexcept { *this = std::move(other); }

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
    if (this == &other) return *this;
    const std::scoped_lock lock(mutex_, other.mutex_);
    public_key_ = other.public_key_;
    secret_ = std::move(other.secret_);
    return *this;
}

void SigningKey::become(SigningKey next) { *this = std::move(next); }

PublicKey SigningKey::public_key() const {
    const std::shared_lock lock(mutex_);
    return public_key_;
}

SigningKey SigningKey::generate(Entropy& entropy) {
    return SigningKey(Secret<32>::generate(entropy).bytes());
}

Secret<32> SigningKey::seed() const {
    Secret<32> seed;
    const std::shared_lock lock(mutex_);
    crypto_sign_ed25519_sk_to_seed(seed.writable().data(), secret_.bytes().data());
    return seed;
}

Signature SigningKey::sign(ByteView message) const {
    Signature signature{};
    const std::shared_lock lock(mutex_);
    crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(),
                         secret_.bytes().data());
    return signature;
}

bool verify(const PublicKey& key, ByteView message, const Signature& signature) {
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                       key.data()) == 0;
}

bool is_usable(const PublicKey& key) { return crypto_core_ed25519_is_valid_point(key.data()) == 1; }
bool is_usable(const SealingPublicKey& key) { return has_large_order(key.bytes); }
bool is_usable(const TransportPublicKey& key) { return has_large_order(key.bytes); }

Result<Bytes> seal_to(const SealingPublicKey& to, ByteView plain, Entropy& entropy) {
    // As crypto_box_seal(), which cannot be used: it takes its ephemeral key from the system, and
    // then nothing that seals could be replayed in a simulation.
    const auto ephemeral = Secret<32>::generate(entropy);
    const Curve25519Point ephemeral_public = public_of(ephemeral);
    const BoxNonce nonce = sealed_box_nonce(ephemeral_public.data(), to);

    Bytes sealed(ephemeral_public.begin(), ephemeral_public.end());
    sealed.resize(sealed_box_overhead + plain.size());
    if (crypto_box_easy(sealed.data() + ephemeral_public.size(), plain.data(), plain.size(),
                        nonce.data(), to.bytes.data(), ephemeral.bytes().data()) != 0)
        return fail(Fault::invalid, "sealing key of small order");
    return sealed;
}

SealingKey::SealingKey(Secret<32> secret)
    : public_key_{public_of(secret)}, secret_(std::move(secret)) {}

SealingKey::SealingKey(SealingKey&& other) noexcept { *this = std::move(other); }

SealingKey& SealingKey::operator=(SealingKey&& other) noexcept {
    if (this == &other) return *this;
    const std::scoped_lock lock(mutex_, other.mutex_);
    public_key_ = other.public_key_;
    secret_ = std::move(other.secret_);
    former_ = std::move(other.former_);
    return *this;
}

void SealingKey::become(SealingKey next, std::vector<SealingKey> former) {
    next.former_ = std::move(former);
    *this = std::move(next);
}

SealingPublicKey SealingKey::public_key() const {
    const std::shared_lock lock(mutex_);
    return public_key_;
}

Secret<32> SealingKey::secret() const {
    const std::shared_lock lock(mutex_);
    return secret_.copy();
}

SealingKey SealingKey::generate(Entropy& entropy) {
    return SealingKey(Secret<32>::generate(entropy));
}

Result<Bytes> SealingKey::open(ByteView sealed) const {
    if (sealed.size() < sealed_box_overhead) return fail(Fault::bad_size, "sealed box");
    Bytes plain(sealed.size() - sealed_box_overhead);
    const std::shared_lock lock(mutex_);
    if (crypto_box_seal_open(plain.data(), sealed.data(), sealed.size(), public_key_.bytes.data(),
                             secret_.bytes().data()) == 0)
        return plain;
    for (const auto& key : former_)
        if (auto opened = key.open(sealed)) return opened;
    return fail(Fault::bad_signature, "sealed box");
}

TransportKey::TransportKey(Secret<32> secret)
    : public_key_{public_of(secret)}, secret_(std::move(secret)) {}

TransportKey::TransportKey(TransportKey&& other) noexcept { *this = std::move(other); }

TransportKey& TransportKey::operator=(TransportKey&& other) noexcept {
    if (this == &other) return *this;
    const std::scoped_lock lock(mutex_, other.mutex_);
    public_key_ = other.public_key_;
    secret_ = std::move(other.secret_);
    return *this;
}

void TransportKey::become(TransportKey next) { *this = std::move(next); }

TransportPublicKey TransportKey::public_key() const {
    const std::shared_lock lock(mutex_);
    return public_key_;
}

Secret<32> TransportKey::secret() const {
    const std::shared_lock lock(mutex_);
    return secret_.copy();
}

TransportKey TransportKey::generate(Entropy& entropy) {
    return TransportKey(Secret<32>::generate(entropy));
}

}  // namespace sanad::trust
