#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The crypto attribute of SDP, RFC 4568: the key of one direction. Only ever inside TLS.
namespace sanad::phone {

enum class SrtpSuite : std::uint8_t { aes_cm_128_hmac_sha1_80, aes_cm_128_hmac_sha1_32 };

struct CryptoLine {
    unsigned tag = 1;
    SrtpSuite suite{};
    std::array<std::uint8_t, 30> key{};  // with its salt
    bool operator==(const CryptoLine&) const = default;
};

/// "1 AES_CM_128_HMAC_SHA1_80 inline:<40 of base64>", perhaps with a lifetime. An MKI is refused.
std::optional<CryptoLine> read_crypto(std::string_view value);
std::string write_crypto(const CryptoLine& line);
/// A new key.
CryptoLine draw_crypto(unsigned tag, SrtpSuite suite);

}  // namespace sanad::phone
