#pragma once

#include "core/base/bytes.h"
#include "core/base/entropy.h"
#include "core/base/result.h"
#include "core/trust/secret.h"

#include <array>
#include <compare>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <vector>

// The four independent key pairs of a node: identity and signing (SigningKey), sealing (SealingKey)
// and transport (TransportKey). None is ever derived from another.
//
// main() calls sodium_init() once, by start_trust(), before anything in this folder is used.
namespace sanad::trust {

using PublicKey = std::array<std::uint8_t, 32>;  // Ed25519
using Seed = std::array<std::uint8_t, 32>;       // what an Ed25519 key pair is made from: a secret
using Signature = std::array<std::uint8_t, 64>;  // Ed25519

/// X25519, for sealed boxes.
struct SealingPublicKey {
    std::array<std::uint8_t, 32> bytes{};
    auto operator<=>(const SealingPublicKey&) const = default;
};

/// X25519, for ZeroMQ's CURVE. Proves nothing to third parties.
struct TransportPublicKey {
    std::array<std::uint8_t, 32> bytes{};
    auto operator<=>(const TransportPublicKey&) const = default;
};

/// Prepares libsodium; every program's main() calls it first. errors  io
Result<void> start_trust();

/// The operating system's randomness, drawn in pieces of 4 KiB: a call of the kernel for each nonce
/// would be a tenth of what sealing costs. What was given out is wiped. Not to be used on both
/// sides of a fork. threads  any
class SystemEntropy final : public Entropy {
public:
    SystemEntropy() = default;
    ~SystemEntropy() override;
    SystemEntropy(const SystemEntropy&) = delete;
    SystemEntropy& operator=(const SystemEntropy&) = delete;
    void fill(std::span<std::uint8_t> out) override;

private:
    std::mutex mutex_;  // guards what follows
    std::array<std::uint8_t, 4096> pool_{};
    std::size_t left_ = 0;  // at the end of the pool
};

/// An Ed25519 key pair (RFC 8032); wiped when it goes, not copyable. A running node's keys are
/// replaced while others hold references to them: become() makes the next one of it. threads  any
class SigningKey {
public:
    /// The caller wipes the seed, or keeps it in a Secret<32>.
    explicit SigningKey(const Seed& seed);
    SigningKey(SigningKey&& other) noexcept;
    SigningKey& operator=(SigningKey&& other) noexcept;
    static SigningKey generate(Entropy& entropy);

    /// From here on this is `next`: what is signed later is signed with it.
    void become(SigningKey next);

    PublicKey public_key() const;
    /// 32 bytes to store wrapped; SigningKey(seed().bytes()) is this key again.
    Secret<32> seed() const;
    /// Deterministic: one message, one signature. Signing hides nothing. threads  any
    Signature sign(ByteView message) const;

private:
    mutable std::shared_mutex mutex_;  // guards what follows
    PublicKey public_key_{};
    Secret<64> secret_;
};

/// Whether `signature` is `key`'s over `message`; false for a key of small order, and for any
/// signature that is not in its one canonical form. source  RFC 8032, section 5.1.7. threads  any
bool verify(const PublicKey& key, ByteView message, const Signature& signature);

/// Whether the key can have an owner: on the curve, canonical, in the main subgroup, not of small
/// order (so never all zero). Checked where a key enters, such as in the directory. threads  any
bool is_usable(const PublicKey& key);
bool is_usable(const SealingPublicKey& key);
bool is_usable(const TransportPublicKey& key);

/// How much longer a sealed box is than what is in it.
inline constexpr std::size_t sealed_box_overhead = 48;

/// Seals `plain` so that only the owner of `to` can open it; says nothing about who sealed it.
///
/// plain    any size
/// entropy  gives the 32 bytes of the ephemeral secret key
/// returns  the bytes that crypto_box_seal_open() of libsodium opens:
///          ephemeral key[32] || tag[16] || ciphertext
/// errors   invalid: a key of small order
/// threads  any
Result<Bytes> seal_to(const SealingPublicKey& to, ByteView plain, Entropy& entropy);

/// An X25519 key pair that opens sealed boxes; wiped when it goes, not copyable. As SigningKey it
/// may become another one; it still opens what was sealed to the former ones that it is given.
/// threads  any
class SealingKey {
public:
    explicit SealingKey(Secret<32> secret);
    SealingKey(SealingKey&& other) noexcept;
    SealingKey& operator=(SealingKey&& other) noexcept;
    static SealingKey generate(Entropy& entropy);

    /// From here on this is `next`, which also opens what was sealed to `former`, and nothing else.
    void become(SealingKey next, std::vector<SealingKey> former = {});

    SealingPublicKey public_key() const;
    /// 32 bytes to store wrapped; without the former ones.
    Secret<32> secret() const;
    /// errors  bad_size: shorter than sealed_box_overhead · bad_signature: not for this key, or
    ///         changed on the way
    /// threads  any
    Result<Bytes> open(ByteView sealed) const;

private:
    mutable std::shared_mutex mutex_;  // guards what follows
    SealingPublicKey public_key_{};
    Secret<32> secret_;
    std::vector<SealingKey> former_;
};

/// The CURVE key pair of a node's sockets; wiped when it goes, not copyable. As SigningKey it may
/// become another one: sockets that are made later have it. threads  any
class TransportKey {
public:
    explicit TransportKey(Secret<32> secret);
    TransportKey(TransportKey&& other) noexcept;
    TransportKey& operator=(TransportKey&& other) noexcept;
    static TransportKey generate(Entropy& entropy);

    void become(TransportKey next);

    TransportPublicKey public_key() const;
    /// 32 raw bytes, for ZMQ_CURVE_SECRETKEY and to store wrapped.
    Secret<32> secret() const;

private:
    mutable std::shared_mutex mutex_;  // guards what follows
    TransportPublicKey public_key_{};
    Secret<32> secret_;
};

}  // namespace sanad::trust
