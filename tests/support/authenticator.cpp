#include "tests/support/authenticator.h"

#include "core/base/base64url.h"
#include "core/trust/hash.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <cassert>

namespace sanad::support {

using trust::PasskeyAlgorithm;

namespace {

Bytes number_of(EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    [[maybe_unused]] const int got = EVP_PKEY_get_bn_param(key, name, &number);
    assert(got == 1);
    Bytes bytes(std::size_t(BN_num_bytes(number)));
    BN_bn2bin(number, bytes.data());
    BN_free(number);
    return bytes;
}

Bytes coordinate(EVP_PKEY* key, const char* name) {
    Bytes bytes = number_of(key, name);
    bytes.insert(bytes.begin(), 32 - bytes.size(), 0);
    return bytes;
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const auto& part : parts) append(all, part);
    return all;
}

}  // namespace

Authenticator::Authenticator(PasskeyAlgorithm algorithm, std::uint8_t number)
    : id(32, number), algorithm_(algorithm) {
    switch (algorithm) {
        case PasskeyAlgorithm::es256:
            key_ = EVP_EC_gen("P-256");
            break;
        case PasskeyAlgorithm::eddsa:
            // The same key for the same number: its signatures repeat from run to run.
            key_ = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, id.data(), id.size());
            break;
        case PasskeyAlgorithm::rs256:
            key_ = EVP_RSA_gen(2048);
            break;
    }
    assert(key_ != nullptr);
}

Authenticator::~Authenticator() { EVP_PKEY_free(key_); }

Bytes Authenticator::head(const std::string& party, std::uint8_t flags, std::uint32_t counter) {
    const auto hash = trust::sha256(bytes_of(party));
    Bytes data(hash.begin(), hash.end());
    data.push_back(flags);
    append_big_endian(data, counter);
    return data;
}

Bytes Authenticator::public_key() const {
    if (algorithm_ == PasskeyAlgorithm::es256)
        return joined({{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20},
                       coordinate(key_, OSSL_PKEY_PARAM_EC_PUB_X),
                       {0x22, 0x58, 0x20},
                       coordinate(key_, OSSL_PKEY_PARAM_EC_PUB_Y)});
    if (algorithm_ == PasskeyAlgorithm::eddsa) {
        Bytes raw(32);
        std::size_t size = raw.size();
        EVP_PKEY_get_raw_public_key(key_, raw.data(), &size);
        return joined({{0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20}, raw});
    }
    return joined({{0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59, 0x01, 0x00},
                   number_of(key_, OSSL_PKEY_PARAM_RSA_N),
                   {0x21, 0x43},
                   number_of(key_, OSSL_PKEY_PARAM_RSA_E)});
}

Bytes Authenticator::registration(const std::string& party) const {
    Bytes data = head(party, flags | 0x40, counter);
    data.insert(data.end(), 16, 0);  // of no maker
    append_big_endian(data, static_cast<std::uint16_t>(id.size()));
    append(data, id);
    append(data, public_key());
    return data;
}

Bytes Authenticator::client_data(const std::string& type, ByteView challenge,
                                 const std::string& origin) {
    const std::string text = R"({"type":")" + type + R"(","challenge":")" +
                             to_base64url(challenge) + R"(","origin":")" + origin +
                             R"(","crossOrigin":false})";
    return {text.begin(), text.end()};
}

Bytes Authenticator::sign(ByteView authenticator_data, ByteView client_data) const {
    Bytes signed_bytes(authenticator_data.begin(), authenticator_data.end());
    append(signed_bytes, trust::sha256(client_data));
    std::array<std::uint8_t, 512> signature{};
    std::size_t size = signature.size();
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    const bool hashes = algorithm_ != PasskeyAlgorithm::eddsa;
    [[maybe_unused]] const bool made =
        EVP_DigestSignInit(context, nullptr, hashes ? EVP_sha256() : nullptr, nullptr, key_) == 1 &&
        EVP_DigestSign(context, signature.data(), &size, signed_bytes.data(),
                       signed_bytes.size()) == 1;
    assert(made);
    EVP_MD_CTX_free(context);
    return {signature.begin(), signature.begin() + std::ptrdiff_t(size)};
}

trust::PasskeyAnswer Authenticator::answer(const std::string& party, const std::string& origin,
                                           ByteView challenge) {
    trust::PasskeyAnswer answer{
        client_data("webauthn.get", challenge, origin), head(party, flags, ++counter), {}};
    answer.signature = sign(answer.authenticator_data, answer.client_data);
    return answer;
}

}  // namespace sanad::support
