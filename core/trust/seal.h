#pragma once

#include "core/base/bytes.h"
#include "core/base/entropy.h"
#include "core/base/result.h"
#include "core/trust/secret.h"

#include <cstdint>

namespace sanad::trust {

/// How much longer sealed bytes are than what is in them: nonce and tag.
inline constexpr std::size_t seal_overhead = 24 + 16;

/// Seals `plain` with XChaCha20-Poly1305-IETF under a random nonce, bound to `associated`: moved to
/// another place, it does not open. Does not commit to its key: where two keys could be tried on
/// one text, bind SHA-256 of the key too.
///
/// returns  nonce[24] || ciphertext || tag[16]
/// source   draft-irtf-cfrg-xchacha-03. threads  any
Bytes seal(const SymmetricKey& key, ByteView associated, ByteView plain, Entropy& entropy);
/// The same, written behind what `to` holds already. `plain` is not inside `to`.
void seal_onto(Bytes& to, const SymmetricKey& key, ByteView associated, ByteView plain,
               Entropy& entropy);

/// errors  bad_size: shorter than seal_overhead · bad_signature: another key, place or content
/// threads  any
Result<Bytes> open(const SymmetricKey& key, ByteView associated, ByteView sealed);
/// The same, written behind what `to` holds already, which stays as it is after an error.
Result<void> open_onto(Bytes& to, const SymmetricKey& key, ByteView associated, ByteView sealed);

/// The key of entry `index` under a link key: knowing one tells nothing about the others.
/// source  libsodium's crypto_kdf (BLAKE2b), context `sanadlnk`. threads  any
SymmetricKey derive_entry_key(const SymmetricKey& link_key, std::uint64_t index);

}  // namespace sanad::trust
