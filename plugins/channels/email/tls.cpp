#include "plugins/channels/email/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>

namespace sanad::email {
namespace {

bool add_authorities(X509_STORE* store, std::string_view pem) {
    const std::unique_ptr<BIO, int (*)(BIO*)> bytes(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    bool any = false;
    while (bytes) {
        const std::unique_ptr<X509, void (*)(X509*)> one(
            PEM_read_bio_X509(bytes.get(), nullptr, nullptr, nullptr), X509_free);
        if (!one) break;
        any = X509_STORE_add_cert(store, one.get()) == 1 || any;
    }
    ERR_clear_error();  // the end of the file is one for OpenSSL
    return any;
}

// An address is compared with the addresses of a certificate and is no server name. SSL_ctrl is
// what SSL_set_tlsext_host_name() stands for, whose cast is of the old style.
bool expect_host(SSL* ssl, const std::string& host) {
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1) return true;
    ERR_clear_error();
    return SSL_set1_host(ssl, host.c_str()) == 1 &&
           SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                    const_cast<char*>(host.c_str())) == 1;
}

}  // namespace

std::unique_ptr<Tls> Tls::make(const std::string& host, std::string_view authorities) {
    std::unique_ptr<Tls> tls(new Tls);
    tls->context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!tls->context_ ||
        !add_authorities(SSL_CTX_get_cert_store(tls->context_.get()), authorities))
        return nullptr;
    SSL_CTX_set_verify(tls->context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_min_proto_version(tls->context_.get(), TLS1_2_VERSION);
    tls->ssl_.reset(SSL_new(tls->context_.get()));
    if (!tls->ssl_ || !expect_host(tls->ssl_.get(), host)) return nullptr;
    tls->in_ = BIO_new(BIO_s_mem());
    tls->out_ = BIO_new(BIO_s_mem());
    if (!tls->in_ || !tls->out_) {
        BIO_free(tls->in_);
        BIO_free(tls->out_);
        return nullptr;
    }
    SSL_set_bio(tls->ssl_.get(), tls->in_, tls->out_);
    SSL_set_connect_state(tls->ssl_.get());
    return tls;
}

Tls::Step Tls::step_of(int result) {
    if (result > 0) return Step::done;
    const int error = SSL_get_error(ssl_.get(), result);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return Step::wants_bytes;
    return error == SSL_ERROR_ZERO_RETURN ? Step::closed : Step::failed;
}

Tls::Step Tls::handshake() { return step_of(SSL_do_handshake(ssl_.get())); }

Tls::Step Tls::read(std::string& into) {
    std::array<char, 16 * 1024> buffer;
    const int got = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (got > 0) into.append(buffer.data(), static_cast<std::size_t>(got));
    return step_of(got);
}

Tls::Step Tls::write(std::string_view bytes) {
    return step_of(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())));
}

void Tls::from_server(std::string_view bytes) {
    BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
}

std::string Tls::to_server() {
    std::string bytes(BIO_ctrl_pending(out_), '\0');
    if (!bytes.empty()) BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
}

}  // namespace sanad::email
