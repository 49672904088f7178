#include "core/trust/vault.h"
#include "tests/support/counter_entropy.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::trust;

namespace {

struct Open {
    sanad::test::CounterEntropy entropy;
    SymmetricKey vault_key = SymmetricKey::generate(entropy);
    StoreId store{{1}};
    KeyId id{{2}};
    Vault vault{vault_key.copy(), store};
    SymmetricKey key = SymmetricKey::generate(entropy);
    Bytes wrapped = vault.wrap(id, key, entropy);
};

}  // namespace

TEST_CASE_METHOD(Open, "a wrapped key comes back in the same store under the same id") {
    CHECK(wrapped.size() == wrapped_key_bytes);
    CHECK(vault.unwrap(id, wrapped).value() == key);
    CHECK(Vault(vault_key.copy(), store).unwrap(id, wrapped).value() == key);
}

TEST_CASE_METHOD(Open, "a wrapped key does not open under another id, store or vault key") {
    CHECK(vault.unwrap(KeyId{{3}}, wrapped).error().fault == Fault::bad_signature);
    CHECK(Vault(vault_key.copy(), StoreId{{9}}).unwrap(id, wrapped).error().fault ==
          Fault::bad_signature);
    CHECK(Vault(SymmetricKey::generate(entropy), store).unwrap(id, wrapped).error().fault ==
          Fault::bad_signature);
}

TEST_CASE_METHOD(Open, "a wrapped key with any bit changed, or of another size, does not open") {
    for (std::size_t bit = 0; bit < wrapped.size() * 8; ++bit) {
        Bytes damaged = wrapped;
        damaged[bit / 8] ^= std::uint8_t(1u << (bit % 8));
        CHECK_FALSE(vault.unwrap(id, damaged).has_value());
    }
    CHECK(vault.unwrap(id, ByteView(wrapped).first(wrapped.size() - 1)).error().fault ==
          Fault::bad_size);
    CHECK(vault.unwrap(id, {}).error().fault == Fault::bad_size);
    wrapped.front() = 2;
    CHECK(vault.unwrap(id, wrapped).error().fault == Fault::unsupported);
}

TEST_CASE_METHOD(Open, "a wrapped key does not show the key") {
    const auto& secret = key.bytes();
    CHECK(std::ranges::search(wrapped, std::span(secret).first(8)).empty());
}

TEST_CASE_METHOD(Open, "each use of the node has a derived key of its own") {
    CHECK(vault.derive(1) == vault.derive(1));
    CHECK_FALSE(vault.derive(1) == vault.derive(2));
    CHECK_FALSE(vault.derive(1) == vault_key);
}
