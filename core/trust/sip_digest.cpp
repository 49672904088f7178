#include "core/trust/sip_digest.h"

#include <openssl/evp.h>

#include <cassert>
#include <memory>

namespace sanad::trust {

std::array<std::uint8_t, 16> sip_ha1(std::string_view name, std::string_view realm,
                                     std::string_view password) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    assert(context != nullptr);
    std::array<std::uint8_t, 16> digest{};
    int done = EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr);
    for (const std::string_view part :
         {name, std::string_view(":"), realm, std::string_view(":"), password})
        done &= EVP_DigestUpdate(context.get(), part.data(), part.size());
    done &= EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
    assert(done == 1);
    return digest;
}

}  // namespace sanad::trust
