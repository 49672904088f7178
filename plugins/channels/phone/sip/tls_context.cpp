#include "plugins/channels/phone/sip/tls_context.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

#define USE_OPENSSL 1  // as the library was built: for tls_openssl_context
#include <re.h>

namespace sanad::phone {
namespace {

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
};

bool trust(SSL_CTX& context, const std::string& authorities) {
    const std::unique_ptr<BIO, Free> text{
        BIO_new_mem_buf(authorities.data(), static_cast<int>(authorities.size()))};
    int read = 0;
    while (const std::unique_ptr<X509, Free> one{
        PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)}) {
        if (X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), one.get()) != 1) return false;
        ++read;
    }
    return read > 0;
}

// Telephones show who they are by their password, so a certificate of theirs means nothing. What we
// connect to ourselves must be vouched for.
int vouch(X509_STORE_CTX* chain, void*) {
    const auto* connection = static_cast<const SSL*>(
        X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    if (SSL_is_server(connection)) return 1;
    return X509_verify_cert(chain);
}

}  // namespace

Handle<tls> make_tls(const std::string& certificate, const std::string& key,
                     const std::string& authorities) {
    struct tls* made = nullptr;
    if (tls_alloc(&made, TLS_METHOD_SSLV23, nullptr, nullptr) != 0) return {};
    Handle<tls> owned{made};
    SSL_CTX& context = *tls_openssl_context(made);
    if (!certificate.empty() &&
        tls_set_certificate_pem(made, certificate.data(), certificate.size(), key.data(),
                                key.size()) != 0)
        return {};
    if (!authorities.empty() && !trust(context, authorities)) return {};
    SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION);
    SSL_CTX_set_verify(&context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(&context, vouch, nullptr);
    return owned;
}

}  // namespace sanad::phone
