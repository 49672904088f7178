#include "plugins/channels/webchat/token.h"

#include "plugins/channels/webchat/frames.h"

#include <openssl/evp.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace sanad::webchat {
namespace {

using Key = std::array<unsigned char, 32>;
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(const Key& key) {
    std::string text;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const unsigned char byte : key) {
        bits = bits << 8 | byte;
        for (count += 8; count >= 6; count -= 6) text += alphabet[bits >> (count - 6) & 63];
    }
    if (count > 0) text += alphabet[bits << (6 - count) & 63];
    return text;
}

// Only what encode() gives: the two bits left over are zero.
std::optional<Key> decode(std::string_view text) {
    if (text.size() != token_bytes) return {};
    Key key{};
    std::size_t at = 0;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto value = alphabet.find(c);
        if (value == alphabet.npos) return {};
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            key.at(at++) = static_cast<unsigned char>(bits >> count);
        }
    }
    return (bits & ((1U << count) - 1)) == 0 ? std::optional(key) : std::nullopt;
}

}  // namespace

std::string make_token() {
    Key key{};
    const auto got = getrandom(key.data(), key.size(), 0);
    assert(got == static_cast<ssize_t>(key.size()));
    return encode(key);
}

std::string token_of_key(std::string_view key) {
    Key bytes{};
    assert(key.size() == bytes.size());
    std::ranges::copy(key, bytes.begin());
    return encode(bytes);
}

std::string make_message_name() { return make_token().substr(0, 22); }

std::optional<std::string> conversation_of(std::string_view token) {
    const auto key = decode(token);
    if (!key) return {};
    std::string digest(32, '\0');
    unsigned bytes = 0;
    const int done =
        EVP_Digest(key->data(), key->size(), reinterpret_cast<unsigned char*>(digest.data()),
                   &bytes, EVP_sha256(), nullptr);
    assert(done == 1 && bytes == digest.size());
    return digest;
}

}  // namespace sanad::webchat
