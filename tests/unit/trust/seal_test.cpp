#include "core/trust/seal.h"
#include "core/base/encoding.h"
#include "tests/support/counter_entropy.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::trust;

namespace {

struct Sealed {
    sanad::test::CounterEntropy entropy;
    SymmetricKey key = SymmetricKey::generate(entropy);
    Bytes place{'c', 'a', 's', 'e'};
    Bytes plain{'h', 'e', 'l', 'l', 'o'};
    Bytes sealed = seal(key, place, plain, entropy);
};

// Gives out what it was told to.
class Fixed final : public Entropy {
public:
    explicit Fixed(Bytes bytes) : bytes_(std::move(bytes)) {}
    void fill(std::span<std::uint8_t> out) override {
        std::copy_n(bytes_.begin(), out.size(), out.begin());
    }

private:
    Bytes bytes_;
};

}  // namespace

TEST_CASE("a seal is XChaCha20-Poly1305 of the published test vector") {
    // draft-irtf-cfrg-xchacha-03, appendix A.3.1.
    const SymmetricKey key(ByteView(
        from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f").value()));
    Fixed nonce(from_hex("404142434445464748494a4b4c4d4e4f5051525354555657").value());
    const Bytes associated = from_hex("50515253c0c1c2c3c4c5c6c7").value();
    const auto plain = bytes_of(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        "future, sunscreen would be it.");
    CHECK(to_hex(seal(key, associated, plain, nonce)) ==
          "404142434445464748494a4b4c4d4e4f5051525354555657"
          "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
          "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
          "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
          "21f9664c97637da9768812f615c68b13b52e"
          "c0875924c1c7987947deafd8780acf49");
}

TEST_CASE_METHOD(Sealed, "what was sealed opens with its key in its place, and only so") {
    CHECK(open(key, place, sealed).value() == plain);
    CHECK(sealed.size() == plain.size() + seal_overhead);
    const auto other = SymmetricKey::generate(entropy);
    CHECK(open(other, place, sealed).error().fault == Fault::bad_signature);
    CHECK(open(key, bytes_of("cas2"), sealed).error().fault == Fault::bad_signature);
    CHECK(open(key, {}, sealed).error().fault == Fault::bad_signature);
}

TEST_CASE_METHOD(Sealed, "sealed bytes with any bit changed, or cut short, do not open") {
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        Bytes damaged = sealed;
        damaged[bit / 8] ^= std::uint8_t(1u << (bit % 8));
        CHECK(open(key, place, damaged).error().fault == Fault::bad_signature);
    }
    for (std::size_t size = 0; size < sealed.size(); ++size)
        CHECK_FALSE(open(key, place, ByteView(sealed).first(size)).has_value());
    CHECK(open(key, place, Bytes(seal_overhead - 1)).error().fault == Fault::bad_size);
}

TEST_CASE_METHOD(Sealed, "nothing can be sealed, and sealing twice shows no repetition") {
    CHECK(open(key, place, seal(key, place, {}, entropy)).value().empty());
    CHECK(seal(key, place, plain, entropy) != sealed);
}

TEST_CASE_METHOD(Sealed, "sealing onto bytes keeps what they hold, and so does a failed opening") {
    Bytes row{1, 2, 3};
    seal_onto(row, key, place, plain, entropy);
    CHECK(row.size() == 3 + plain.size() + seal_overhead);
    CHECK(open(key, place, ByteView(row).subspan(3)).value() == plain);
    Bytes out{9};
    CHECK(open_onto(out, key, place, ByteView(row).subspan(3)));
    CHECK(out == Bytes{9, 'h', 'e', 'l', 'l', 'o'});
    CHECK_FALSE(open_onto(out, key, {}, sealed));
    CHECK(out == Bytes{9, 'h', 'e', 'l', 'l', 'o'});
}

TEST_CASE_METHOD(Sealed, "each entry of a link has a key of its own, the same at both ends") {
    CHECK(derive_entry_key(key, 5) == derive_entry_key(key.copy(), 5));
    CHECK_FALSE(derive_entry_key(key, 5) == derive_entry_key(key, 6));
    CHECK_FALSE(derive_entry_key(SymmetricKey::generate(entropy), 5) == derive_entry_key(key, 5));
    // Recorded: entries of an old log must open for ever.
    CHECK(to_hex(derive_entry_key(SymmetricKey(), 1).bytes()) ==
          "17ad5b536bf6d192c18d8249e99d9d1bb3d773890816c223e284f33852f6b4f8");
}
