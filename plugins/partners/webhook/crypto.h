#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// The few primitives this plugin needs, from OpenSSL's libcrypto. Bytes in, bytes out.
//
// threads  any; keeps no state
namespace sanad::webhook {

inline constexpr std::size_t ed25519_seed_bytes = 32;
inline constexpr std::size_t ed25519_key_bytes = 32;
inline constexpr std::size_t ed25519_signature_bytes = 64;

/// The public key of a seed of 32 bytes. source  RFC 8032, section 5.1.5
std::string ed25519_public_key(std::string_view seed);
/// 64 bytes. source  RFC 8032, section 5.1.6
std::string ed25519_sign(std::string_view seed, std::string_view message);
/// False, too, when key or signature have another length.
bool ed25519_verify(std::string_view key, std::string_view message, std::string_view signature);

/// 32 bytes each. source  FIPS 180-4; RFC 2104
std::string sha256(std::string_view message);
std::string hmac_sha256(std::string_view key, std::string_view message);

/// In a time that tells nothing but the lengths.
bool equal_secrets(std::string_view a, std::string_view b);

std::string random_bytes(std::size_t count);

/// Overwrites the bytes of a secret that is no longer needed.
void wipe(std::string& secret);

}  // namespace sanad::webhook
