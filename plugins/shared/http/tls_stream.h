#pragma once

#include "plugins/shared/http/stream.h"

#include <boost/asio/ip/tcp.hpp>

#include <openssl/ssl.h>

#include <memory>

namespace sanad::http {

/// TLS on an accepted connection. OpenSSL reads and writes the socket itself and Asio only says
/// when it may, so a connection that is silent holds no buffer: asio::ssl::stream keeps two of
/// 17 KiB each.
class TlsStream final : public ByteStream {
public:
    /// context  of a server, with SSL_MODE_RELEASE_BUFFERS and SSL_MODE_ENABLE_PARTIAL_WRITE; it
    ///          outlives the stream
    TlsStream(boost::asio::io_context& loop, boost::asio::ip::tcp::socket socket, SSL_CTX* context);

    void handshake(Done done) override;
    void read_some(void* to, std::size_t bytes, Done done) override;
    void write_some(const void* from, std::size_t bytes, Done done) override;
    void end_sending(Done done) override;
    void cut() override;
    boost::asio::io_context& loop() override { return loop_; }

private:
    using Act = std::move_only_function<int()>;  // as SSL_read: over 0 it is done
    void attempt(Act act, Done done);
    void finish(Done done, const boost::system::error_code& error, std::size_t bytes);

    boost::asio::io_context& loop_;
    boost::asio::ip::tcp::socket socket_;
    std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
};

}  // namespace sanad::http
