#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

// Passkeys of people: what a browser brings from an authenticator (W3C Web Authentication, Level 2,
// sections 7.1 and 7.2) is judged here. Everything but what this node has kept is from outside.
namespace sanad::trust {

inline constexpr std::size_t passkey_id_bytes_min = 16;
inline constexpr std::size_t passkey_id_bytes_max = 1023;
inline constexpr std::size_t client_data_bytes_max = 4096;
inline constexpr std::size_t authenticator_data_bytes_max = 4096;
inline constexpr std::size_t passkey_signature_bytes_max = 1024;

/// Whom passkeys are for, and on which pages they may be used.
struct RelyingParty {
    std::string id;                    // a domain, such as "desk.example.org"
    std::vector<std::string> origins;  // such as "https://desk.example.org"
};

/// The numbers are those of COSE (RFC 9053, RFC 8812).
enum class PasskeyAlgorithm : std::int16_t { es256 = -7, eddsa = -8, rs256 = -257 };

/// The public half of one passkey, as the node keeps it.
struct Passkey {
    Bytes id;
    PasskeyAlgorithm algorithm = PasskeyAlgorithm::es256;
    Bytes key;                  // es256: x and y · eddsa: 32 bytes · rs256: modulus and exponent
    std::uint32_t counter = 0;  // of its last use; an authenticator that does not count says 0
    bool operator==(const Passkey&) const = default;
};

/// A new passkey. Its attestation is not asked for: any authenticator will do, if it has made sure
/// that the person is there and who they are.
///
/// challenge  that this node has given out for this registration
/// errors     malformed, bad_size · unsupported: another algorithm · denied: user_not_verified ·
///            untrusted: another origin, relying party or challenge
/// threads    any
Result<Passkey> register_passkey(const RelyingParty& party, ByteView challenge,
                                 ByteView client_data, ByteView authenticator_data);

/// What a browser brings back for a challenge.
struct PasskeyAnswer {
    Bytes client_data, authenticator_data, signature;
};

/// Whether `answer` was made with `passkey`, for this challenge, here and now, by a person who has
/// shown the authenticator who they are.
///
/// returns  the new value of its counter, to be kept
/// errors   malformed, bad_size · untrusted · denied: user_not_verified · bad_signature ·
///          conflict: its counter did not rise, so there may be a copy of it
/// threads  any
Result<std::uint32_t> verify_passkey(const RelyingParty& party, ByteView challenge,
                                     const Passkey& passkey, const PasskeyAnswer& answer);

}  // namespace sanad::trust
