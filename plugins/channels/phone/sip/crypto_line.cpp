#include "plugins/channels/phone/sip/crypto_line.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cassert>
#include <charconv>

namespace sanad::phone {
namespace {

constexpr std::string_view names[] = {"AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"};
constexpr std::string_view inline_key = "inline:";
constexpr std::size_t key_characters = 40;  // 30 bytes, no padding

std::string_view word(std::string_view& text) {
    const auto from = text.find_first_not_of(' ');
    if (from == text.npos) return {};
    const auto to = std::min(text.find(' ', from), text.size());
    const auto found = text.substr(from, to - from);
    text.remove_prefix(to);
    return found;
}

}  // namespace

std::optional<CryptoLine> read_crypto(std::string_view value) {
    CryptoLine line;
    const auto tag = word(value), suite = word(value);
    auto key = word(value);
    const auto read = std::from_chars(tag.data(), tag.data() + tag.size(), line.tag);
    if (tag.empty() || tag.size() > 9 || read.ec != std::errc{} ||
        read.ptr != tag.data() + tag.size())
        return {};
    if (suite != names[0] && suite != names[1]) return {};
    line.suite =
        suite == names[0] ? SrtpSuite::aes_cm_128_hmac_sha1_80 : SrtpSuite::aes_cm_128_hmac_sha1_32;
    if (!key.starts_with(inline_key)) return {};
    key.remove_prefix(inline_key.size());
    if (key.find(':') != key.npos || key.find(';') != key.npos) return {};
    key = key.substr(0, key.find('|'));
    if (key.size() != key_characters) return {};
    if (EVP_DecodeBlock(line.key.data(), reinterpret_cast<const unsigned char*>(key.data()),
                        static_cast<int>(key.size())) != static_cast<int>(line.key.size()))
        return {};
    return line;
}

std::string write_crypto(const CryptoLine& line) {
    std::array<unsigned char, key_characters + 1> key{};
    EVP_EncodeBlock(key.data(), line.key.data(), static_cast<int>(line.key.size()));
    return std::to_string(line.tag) + ' ' +
           std::string{names[static_cast<std::size_t>(line.suite)]} + ' ' +
           std::string{inline_key} + std::string(key.begin(), key.begin() + key_characters);
}

CryptoLine draw_crypto(unsigned tag, SrtpSuite suite) {
    CryptoLine line{tag, suite, {}};
    const int drawn = RAND_bytes(line.key.data(), static_cast<int>(line.key.size()));
    assert(drawn == 1);
    static_cast<void>(drawn);
    return line;
}

}  // namespace sanad::phone
