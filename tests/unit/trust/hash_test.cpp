#include "core/trust/hash.h"
#include "core/base/encoding.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::trust;

TEST_CASE("SHA-256 is that of FIPS 180-4") {
    CHECK(to_hex(sha256(bytes_of("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(to_hex(sha256(ByteView{})) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a hash of parts is the hash of what they make together") {
    CHECK(sha256('a', bytes_of("b"), bytes_of("c")) == sha256(bytes_of("abc")));
    CHECK(sha256('a', bytes_of("bc")) == sha256(bytes_of("abc")));
    CHECK(sha256('a', {}, {}) == sha256(bytes_of("a")));
}

TEST_CASE("a token depends on its key and its bytes, and on nothing else") {
    const SymmetricKey key(std::array<std::uint8_t, 32>{1});
    const SymmetricKey other(std::array<std::uint8_t, 32>{2});
    CHECK(keyed_token(key, bytes_of("amal")) == keyed_token(key, bytes_of("amal")));
    CHECK(keyed_token(key, bytes_of("amal")) != keyed_token(other, bytes_of("amal")));
    CHECK(keyed_token(key, bytes_of("amal")) != keyed_token(key, bytes_of("amaL")));
}

TEST_CASE("a token is keyed BLAKE2b") {
    // The first keyed vectors of BLAKE2's reference package are of 64 bytes; this one, of 32, was
    // made with Python's hashlib.blake2b(b"abc", key=bytes(range(32)), digest_size=32).
    std::array<std::uint8_t, 32> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = std::uint8_t(i);
    CHECK(to_hex(keyed_token(SymmetricKey(bytes), bytes_of("abc"))) ==
          "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
}
