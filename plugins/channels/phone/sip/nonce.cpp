#include "plugins/channels/phone/sip/nonce.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cassert>
#include <charconv>

namespace sanad::phone {

Nonces::Nonces() {
    const int drawn = RAND_bytes(key_.data(), static_cast<int>(key_.size()));
    assert(drawn == 1);
    static_cast<void>(drawn);
}

std::string Nonces::make(const HostAddress& source, std::chrono::milliseconds now) const {
    const auto time = std::to_string(now.count());
    std::string message = time;
    message.append(source.bytes.begin(), source.bytes.end());
    std::array<std::uint8_t, 32> hash{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
         reinterpret_cast<const unsigned char*>(message.data()), message.size(), hash.data(),
         &size);
    std::string text = time + '-';
    for (std::size_t at = 0; at < 16; ++at) {
        text += "0123456789abcdef"[hash[at] >> 4];
        text += "0123456789abcdef"[hash[at] & 15];
    }
    return text;
}

bool Nonces::good(std::string_view nonce, const HostAddress& source,
                  std::chrono::milliseconds now) const {
    std::int64_t time = 0;
    const auto read = std::from_chars(nonce.data(), nonce.data() + nonce.size(), time);
    if (read.ec != std::errc{} || time < 0 || time > now.count()) return false;
    const std::chrono::milliseconds made{time};
    if (now - made > nonce_lasts) return false;
    const auto expected = make(source, made);
    return nonce.size() == expected.size() &&
           CRYPTO_memcmp(nonce.data(), expected.data(), expected.size()) == 0;
}

}  // namespace sanad::phone
