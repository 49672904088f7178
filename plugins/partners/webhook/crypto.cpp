#include "plugins/partners/webhook/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cassert>
#include <memory>
#include <new>

namespace sanad::webhook {
namespace {

struct Release {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Release>;
using Digest = std::unique_ptr<EVP_MD_CTX, Release>;

const unsigned char* octets(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* octets(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

Key private_key(std::string_view seed) {
    assert(seed.size() == ed25519_seed_bytes);
    Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, octets(seed), seed.size()));
    if (!key) throw std::bad_alloc();  // any 32 bytes are a seed
    return key;
}

Digest digest() {
    Digest context(EVP_MD_CTX_new());
    if (!context) throw std::bad_alloc();
    return context;
}

}  // namespace

std::string ed25519_public_key(std::string_view seed) {
    const Key key = private_key(seed);
    std::string bytes(ed25519_key_bytes, '\0');
    std::size_t size = bytes.size();
    if (EVP_PKEY_get_raw_public_key(key.get(), octets(bytes), &size) != 1) throw std::bad_alloc();
    return bytes;
}

std::string ed25519_sign(std::string_view seed, std::string_view message) {
    const Key key = private_key(seed);
    const Digest context = digest();
    std::string signature(ed25519_signature_bytes, '\0');
    std::size_t size = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), octets(signature), &size, octets(message), message.size()) !=
            1)
        throw std::bad_alloc();
    return signature;
}

bool ed25519_verify(std::string_view key, std::string_view message, std::string_view signature) {
    if (key.size() != ed25519_key_bytes || signature.size() != ed25519_signature_bytes)
        return false;
    const Key verifier(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets(key), key.size()));
    const Digest context = digest();
    return verifier &&
           EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, verifier.get()) == 1 &&
           EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message),
                            message.size()) == 1;
}

std::string sha256(std::string_view message) {
    std::string hash(32, '\0');
    if (EVP_Digest(message.data(), message.size(), octets(hash), nullptr, EVP_sha256(), nullptr) !=
        1)
        throw std::bad_alloc();
    return hash;
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
    std::string tag(32, '\0');
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets(message),
              message.size(), octets(tag), nullptr))
        throw std::bad_alloc();
    return tag;
}

bool equal_secrets(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    // Without randomness no form token may be made: end here, the node restarts the plugin.
    if (RAND_bytes(octets(bytes), static_cast<int>(count)) != 1) throw std::bad_alloc();
    return bytes;
}

void wipe(std::string& secret) {
    OPENSSL_cleanse(secret.data(), secret.size());
    secret.clear();
}

}  // namespace sanad::webhook
