#pragma once

#include "core/base/bytes.h"
#include "core/trust/passkey.h"

#include <cstdint>
#include <memory>
#include <string>

struct evp_pkey_st;

// An authenticator and the browser before it, in software: what a test signs in with.
namespace sanad::support {

class Authenticator {
public:
    /// number  of the credential's id; eddsa: and of its key, the same in each run
    explicit Authenticator(trust::PasskeyAlgorithm algorithm = trust::PasskeyAlgorithm::es256,
                           std::uint8_t number = 1);
    ~Authenticator();
    Authenticator(const Authenticator&) = delete;
    Authenticator& operator=(const Authenticator&) = delete;

    /// What a page would get of navigator.credentials.create().
    Bytes registration(const std::string& party) const;
    /// What it would get of navigator.credentials.get(); counts.
    trust::PasskeyAnswer answer(const std::string& party, const std::string& origin,
                                ByteView challenge);

    static Bytes client_data(const std::string& type, ByteView challenge,
                             const std::string& origin);
    /// The 37 bytes that authenticator data begins with.
    static Bytes head(const std::string& party, std::uint8_t flags, std::uint32_t counter);
    /// CBOR, as COSE wants it.
    Bytes public_key() const;
    Bytes sign(ByteView authenticator_data, ByteView client_data) const;

    Bytes id;
    std::uint32_t counter = 1;
    std::uint8_t flags = 0x05;  // present, verified

private:
    trust::PasskeyAlgorithm algorithm_;
    evp_pkey_st* key_ = nullptr;
};

}  // namespace sanad::support
