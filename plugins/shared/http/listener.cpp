#include "plugins/shared/http/listener.h"

#include "plugins/shared/http/tls_stream.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <optional>

namespace sanad::http {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds pause_without_descriptors{50};

class PlainStream final : public ByteStream {
public:
    PlainStream(asio::io_context& loop, tcp::socket socket)
        : loop_(loop), socket_(std::move(socket)) {}

    void handshake(Done done) override { succeed(std::move(done)); }
    void read_some(void* to, std::size_t bytes, Done done) override {
        socket_.async_read_some(asio::buffer(to, bytes), std::move(done));
    }
    void write_some(const void* from, std::size_t bytes, Done done) override {
        socket_.async_write_some(asio::buffer(from, bytes), std::move(done));
    }
    void end_sending(Done done) override {
        error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        succeed(std::move(done));
    }
    void cut() override {
        error_code ignored;
        socket_.close(ignored);
    }
    asio::io_context& loop() override { return loop_; }

private:
    void succeed(Done done) {
        asio::post(loop_, [done = std::move(done)]() mutable { done(error_code{}, 0); });
    }

    asio::io_context& loop_;
    tcp::socket socket_;
};

std::expected<ssl::context, StartError> make_context(const Tls& tls) {
    ssl::context context(ssl::context::tls_server);
    SSL_CTX* raw = context.native_handle();
    SSL_CTX_set_min_proto_version(raw, tls.allow_tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION);
    SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");  // of 1.2; 1.3 has only such
    SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    error_code error;
    if (tls.certificate.empty())
        context.use_certificate_chain_file(tls.certificate_file, error);
    else
        context.use_certificate_chain(asio::buffer(tls.certificate), error);
    if (error) return std::unexpected(StartError{"certificate_unreadable", error.message()});
    if (tls.key.empty())
        context.use_private_key_file(tls.key_file, ssl::context::pem, error);
    else
        context.use_private_key(asio::buffer(tls.key), ssl::context::pem, error);
    if (error) return std::unexpected(StartError{"key_unreadable", error.message()});
    return context;
}

class TcpListener final : public Listener {
public:
    TcpListener(asio::io_context& loop, std::optional<ssl::context> context)
        : loop_(loop), context_(std::move(context)), acceptor_(loop), pause_(loop) {}

    error_code listen(const tcp::endpoint& at) {
        error_code error;
        acceptor_.open(at.protocol(), error);
        if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor_.bind(at, error);
        if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
        if (!error) port_ = acceptor_.local_endpoint(error).port();
        return error;
    }

    /// socket  ours from now on, whatever comes of it
    error_code take(int socket) {
        sockaddr_storage bound{};
        socklen_t size = sizeof bound;
        error_code error;
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
        acceptor_.assign(bound.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), socket, error);
        if (error) ::close(socket);
        if (!error) port_ = acceptor_.local_endpoint(error).port();
        return error;
    }

    std::uint16_t port() const override { return port_; }

    void run(Accept accept) override {
        accept_ = std::move(accept);
        next();
    }

    void close() override {
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
    }

private:
    void next() {
        acceptor_.async_accept(loop_, peer_, [this](const error_code& error, tcp::socket socket) {
            if (!acceptor_.is_open()) return;
            if (error) return wait();
            take(std::move(socket));
            next();
        });
    }

    void take(tcp::socket socket) {
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        std::unique_ptr<ByteStream> stream;
        if (context_)
            stream =
                std::make_unique<TlsStream>(loop_, std::move(socket), context_->native_handle());
        else
            stream = std::make_unique<PlainStream>(loop_, std::move(socket));

        const auto address = peer_.address();
        if (address.is_v4()) {
            accept_(std::move(stream), address.to_v4().to_bytes());
        } else if (address.to_v6().is_v4_mapped()) {
            const auto bytes = address.to_v6().to_bytes();
            accept_(std::move(stream), std::span(bytes).last<4>());
        } else {
            accept_(std::move(stream), address.to_v6().to_bytes());
        }
        peer_ = {};
    }

    // No descriptor is left, most likely: asking again at once would only burn time.
    void wait() {
        pause_.expires_after(pause_without_descriptors);
        pause_.async_wait([this](const error_code& error) {
            if (!error && acceptor_.is_open()) next();
        });
    }

    asio::io_context& loop_;
    std::optional<ssl::context> context_;
    tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    tcp::endpoint peer_;
    Accept accept_;
    std::uint16_t port_ = 0;
};

}  // namespace

std::expected<std::unique_ptr<Listener>, StartError> Listener::open(asio::io_context& loop,
                                                                    const Options& options) {
    error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    if (error && options.listening < 0)
        return std::unexpected(StartError{"address_invalid", error.message()});

    std::optional<ssl::context> context;
    if (options.tls.on()) {
        auto made = make_context(options.tls);
        if (!made && options.listening >= 0) ::close(options.listening);
        if (!made) return std::unexpected(made.error());
        context = std::move(*made);
    }
    auto listener = std::make_unique<TcpListener>(loop, std::move(context));
    const auto failed = options.listening >= 0 ? listener->take(options.listening)
                                               : listener->listen({address, options.port});
    if (failed) return std::unexpected(StartError{"listen_failed", failed.message()});
    return listener;
}

}  // namespace sanad::http
