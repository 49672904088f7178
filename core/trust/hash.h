#pragma once

#include "core/base/bytes.h"
#include "core/trust/secret.h"

#include <array>
#include <cstdint>

namespace sanad::trust {

using Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4), by OpenSSL because it uses the processor's instructions. threads  any
Digest sha256(ByteView bytes);

/// SHA-256 of `prefix`, then `first`, then `second`, without putting them together first.
/// threads  any
Digest sha256(std::uint8_t prefix, ByteView first, ByteView second = {});

/// Keyed BLAKE2b, 32 bytes: what an index holds in place of a word, so that a store can find equal
/// things and learn nothing else. source  RFC 7693; libsodium's crypto_generichash. threads  any
Digest keyed_token(const SymmetricKey& key, ByteView bytes);

}  // namespace sanad::trust
