#pragma once

#include <openssl/ssl.h>

#include <expected>
#include <memory>
#include <string>
#include <string_view>

// TLS as a client, through memory: bytes for the server and from it go through the caller's hands.
namespace sanad::email {

class Tls {
public:
    /// host         whose certificate it must be: a name or an address
    /// authorities  PEM; at least one must be in it
    /// returns      nothing when OpenSSL refuses the host or the authorities
    static std::unique_ptr<Tls> make(const std::string& host, std::string_view authorities);

    enum class Step { done, wants_bytes, failed, closed };

    Step handshake();
    /// Appends what can be read now.
    Step read(std::string& into);
    Step write(std::string_view bytes);

    /// Bytes that the server sent.
    void from_server(std::string_view bytes);
    /// Bytes to be sent to it, each once.
    std::string to_server();

private:
    Tls() = default;
    Step step_of(int result);

    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    std::unique_ptr<SSL_CTX, Free> context_;
    std::unique_ptr<SSL, Free> ssl_;
    BIO* in_ = nullptr;   // of ssl_
    BIO* out_ = nullptr;  // of ssl_
};

}  // namespace sanad::email
