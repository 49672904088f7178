#include "core/trust/keys.h"
#include "core/base/encoding.h"
#include "tests/support/counter_entropy.h"

#include <sodium.h>
#include <catch2/catch.hpp>

#include <set>

using namespace sanad;
using namespace sanad::trust;
using sanad::test::CounterEntropy;

namespace {

template <std::size_t N>
std::array<std::uint8_t, N> from(std::string_view hex) {
    const Bytes bytes = from_hex(hex).value();
    std::array<std::uint8_t, N> array{};
    REQUIRE(bytes.size() == N);
    std::copy(bytes.begin(), bytes.end(), array.begin());
    return array;
}

}  // namespace

TEST_CASE("a signature is the one that RFC 8032 gives for its key and message") {
    // RFC 8032, section 7.1, TEST 3.
    const SigningKey key(
        from<32>("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"));
    CHECK(to_hex(key.public_key()) ==
          "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
    const Bytes message{0xaf, 0x82};
    const Signature signature = key.sign(message);
    CHECK(to_hex(signature) ==
          "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
          "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
    CHECK(verify(key.public_key(), message, signature));
}

TEST_CASE("a signature with any bit changed, or over any other message, is refused") {
    CounterEntropy entropy;
    const auto key = SigningKey::generate(entropy);
    const auto other = SigningKey::generate(entropy);
    const ByteView message = bytes_of("please take over");
    const Signature signature = key.sign(message);
    REQUIRE(verify(key.public_key(), message, signature));
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
        Signature damaged = signature;
        damaged[bit / 8] ^= std::uint8_t(1u << (bit % 8));
        CHECK_FALSE(verify(key.public_key(), message, damaged));
    }
    CHECK_FALSE(verify(key.public_key(), bytes_of("please take oveR"), signature));
    CHECK_FALSE(verify(other.public_key(), message, signature));
    CHECK_FALSE(verify(PublicKey{}, message, signature));
}

TEST_CASE("a signing key made again from its seed is the same key") {
    CounterEntropy entropy;
    const auto key = SigningKey::generate(entropy);
    const SigningKey again(key.seed().bytes());
    CHECK(again.public_key() == key.public_key());
    CHECK(again.sign(bytes_of("x")) == key.sign(bytes_of("x")));
}

TEST_CASE("a public key that nobody can own is not usable") {
    CounterEntropy entropy;
    CHECK(is_usable(SigningKey::generate(entropy).public_key()));
    CHECK_FALSE(is_usable(PublicKey{}));
    CHECK_FALSE(is_usable(PublicKey{1}));  // the neutral element
    PublicKey not_canonical;
    not_canonical.fill(0xff);
    CHECK_FALSE(is_usable(not_canonical));
    CHECK(is_usable(SealingKey::generate(entropy).public_key()));
    CHECK_FALSE(is_usable(SealingPublicKey{}));
    CHECK_FALSE(is_usable(SealingPublicKey{{1}}));
    CHECK(is_usable(TransportKey::generate(entropy).public_key()));
    CHECK_FALSE(is_usable(TransportPublicKey{}));
    // A point of order 8, from the list in RFC 7748's security considerations.
    CHECK_FALSE(is_usable(TransportPublicKey{
        from<32>("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")}));
}

TEST_CASE("a sealed box opens for its owner only, and any changed bit is refused") {
    CounterEntropy entropy;
    const auto owner = SealingKey::generate(entropy);
    const auto other = SealingKey::generate(entropy);
    const Bytes plain{'l', 'i', 'n', 'k'};
    const Bytes sealed = seal_to(owner.public_key(), plain, entropy).value();
    CHECK(sealed.size() == plain.size() + sealed_box_overhead);
    CHECK(owner.open(sealed).value() == plain);
    CHECK(other.open(sealed).error().fault == Fault::bad_signature);
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        Bytes damaged = sealed;
        damaged[bit / 8] ^= std::uint8_t(1u << (bit % 8));
        CHECK_FALSE(owner.open(damaged).has_value());
    }
    for (std::size_t size = 0; size < sealed.size(); ++size)
        CHECK_FALSE(owner.open(ByteView(sealed).first(size)).has_value());
    CHECK(owner.open(Bytes(sealed_box_overhead - 1)).error().fault == Fault::bad_size);
}

TEST_CASE("a sealed box may be empty, and is refused to a key of small order") {
    CounterEntropy entropy;
    const auto owner = SealingKey::generate(entropy);
    CHECK(owner.open(seal_to(owner.public_key(), {}, entropy).value()).value().empty());
    CHECK(seal_to(SealingPublicKey{}, {}, entropy).error().fault == Fault::invalid);
}

TEST_CASE("our sealed boxes are those of libsodium, in both directions") {
    CounterEntropy entropy;
    const auto owner = SealingKey::generate(entropy);
    const Bytes plain{1, 2, 3};
    const auto& public_key = owner.public_key().bytes;
    Bytes opened(plain.size());
    const Bytes ours = seal_to(owner.public_key(), plain, entropy).value();
    REQUIRE(crypto_box_seal_open(opened.data(), ours.data(), ours.size(), public_key.data(),
                                 owner.secret().bytes().data()) == 0);
    CHECK(opened == plain);
    Bytes theirs(plain.size() + sealed_box_overhead);
    crypto_box_seal(theirs.data(), plain.data(), plain.size(), public_key.data());
    CHECK(owner.open(theirs).value() == plain);
}

TEST_CASE("the same randomness gives the same keys and the same boxes") {
    const auto story = [] {
        CounterEntropy entropy(7);
        const auto signing = SigningKey::generate(entropy);
        const auto sealing = SealingKey::generate(entropy);
        const auto transport = TransportKey::generate(entropy);
        const auto signer = signing.public_key();
        Bytes all(signer.begin(), signer.end());
        append(all, transport.public_key().bytes);
        append(all, seal_to(sealing.public_key(), bytes_of("x"), entropy).value());
        return all;
    };
    CHECK(story() == story());
}

TEST_CASE("a transport key's public half is what CURVE derives from its secret half") {
    CounterEntropy entropy;
    const auto key = TransportKey::generate(entropy);
    std::array<std::uint8_t, 32> derived{};
    crypto_scalarmult_base(derived.data(), key.secret().bytes().data());
    CHECK(key.public_key().bytes == derived);
    CHECK(TransportKey(key.secret().copy()).public_key() == key.public_key());
}

TEST_CASE("a secret is gone from where it was moved from") {
    CounterEntropy entropy;
    auto secret = SymmetricKey::generate(entropy);
    const auto copy = secret.copy();
    CHECK(copy == secret);
    const SymmetricKey moved = std::move(secret);
    CHECK(moved == copy);
    CHECK(secret == SymmetricKey());  // NOLINT(bugprone-use-after-move): that is the point
    static_assert(!std::is_copy_constructible_v<SymmetricKey>);
    static_assert(!std::is_copy_constructible_v<SigningKey>);
    static_assert(!std::is_copy_constructible_v<SealingKey>);
}

TEST_CASE("a secret is wiped when it goes") {
    alignas(SymmetricKey) std::array<std::uint8_t, sizeof(SymmetricKey)> place{};
    CounterEntropy entropy;
    auto* secret = new (place.data()) SymmetricKey(SymmetricKey::generate(entropy));
    REQUIRE(std::ranges::any_of(place, [](auto byte) { return byte != 0; }));
    secret->~SymmetricKey();
    CHECK(std::ranges::all_of(place, [](auto byte) { return byte == 0; }));
}

TEST_CASE("the system's randomness does not repeat") {
    SystemEntropy entropy;
    std::set<std::array<std::uint8_t, 32>> seen;
    for (int i = 0; i < 100; ++i) seen.insert(SymmetricKey::generate(entropy).bytes());
    CHECK(seen.size() == 100);
}
