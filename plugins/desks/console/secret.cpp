#include "plugins/desks/console/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#include <array>
#include <cassert>

namespace sanad::console {

std::string to_digits(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string from_digits(std::string_view text) {
    if (text.size() != secret_digits) return {};
    const auto value = [](char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    };
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = value(text[i]);
        const int low = value(text[i + 1]);
        if (high < 0 || low < 0) return {};
        bytes += static_cast<char>(high << 4 | low);
    }
    return bytes;
}

std::string random_secret() {
    std::array<char, secret_digits / 2> random{};
    const auto got = getrandom(random.data(), random.size(), 0);
    assert(got == static_cast<ssize_t>(random.size()));
    return to_digits({random.data(), random.size()});
}

std::string seal_of(std::string_view key, std::string_view text) {
    std::array<unsigned char, 32> seal{};
    unsigned bytes = 0;
    const auto* made =
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), seal.data(), &bytes);
    assert(made && bytes == seal.size());
    return to_digits({reinterpret_cast<const char*>(seal.data()), seal.size()});
}

bool equal(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace sanad::console
