#include "core/trust/hash.h"

#include <openssl/evp.h>
#include <sodium.h>

#include <cassert>
#include <memory>

namespace sanad::trust {
namespace {

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

// Looking the algorithm up costs more than hashing a kilobyte, so it is done once; what it gives
// never changes and is never freed.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    assert(algorithm != nullptr);
    return algorithm;
}

// A context holds nothing between two hashes; one a thread saves an allocation for each.
EVP_MD_CTX* context_of_this_thread() {
    thread_local const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    assert(context != nullptr);
    return context.get();
}

}  // namespace

Digest sha256(ByteView bytes) {
    EVP_MD_CTX* context = context_of_this_thread();
    Digest digest{};
    int done = EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr);
    done &= EVP_DigestUpdate(context, bytes.data(), bytes.size());
    done &= EVP_DigestFinal_ex(context, digest.data(), nullptr);
    assert(done == 1);
    return digest;
}

Digest sha256(std::uint8_t prefix, ByteView first, ByteView second) {
    EVP_MD_CTX* context = context_of_this_thread();
    Digest digest{};
    int done = EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr);
    done &= EVP_DigestUpdate(context, &prefix, 1);
    done &= EVP_DigestUpdate(context, first.data(), first.size());
    done &= EVP_DigestUpdate(context, second.data(), second.size());
    done &= EVP_DigestFinal_ex(context, digest.data(), nullptr);
    assert(done == 1);
    return digest;
}

Digest keyed_token(const SymmetricKey& key, ByteView bytes) {
    static_assert(SymmetricKey::size == crypto_generichash_KEYBYTES);
    Digest token{};
    crypto_generichash(token.data(), token.size(), bytes.data(), bytes.size(), key.bytes().data(),
                       key.bytes().size());
    return token;
}

}  // namespace sanad::trust
