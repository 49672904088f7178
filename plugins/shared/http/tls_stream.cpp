#include "plugins/shared/http/tls_stream.h"

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <climits>

namespace sanad::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

int as_int(std::size_t bytes) {
    return static_cast<int>(std::min(bytes, static_cast<std::size_t>(INT_MAX)));
}

}  // namespace

TlsStream::TlsStream(asio::io_context& loop, tcp::socket socket, SSL_CTX* context)
    : loop_(loop), socket_(std::move(socket)), ssl_(::SSL_new(context), ::SSL_free) {
    error_code ignored;
    socket_.native_non_blocking(true, ignored);
    if (ssl_) {
        ::SSL_set_fd(ssl_.get(), socket_.native_handle());
        ::SSL_set_accept_state(ssl_.get());
    }
}

void TlsStream::handshake(Done done) {
    attempt(
        [this] { return ::SSL_do_handshake(ssl_.get()); },
        [done = std::move(done)](const error_code& error, std::size_t) mutable { done(error, 0); });
}

void TlsStream::read_some(void* to, std::size_t bytes, Done done) {
    if (bytes == 0) return finish(std::move(done), {}, 0);
    attempt([this, to, bytes] { return ::SSL_read(ssl_.get(), to, as_int(bytes)); },
            std::move(done));
}

void TlsStream::write_some(const void* from, std::size_t bytes, Done done) {
    if (bytes == 0) return finish(std::move(done), {}, 0);
    attempt([this, from, bytes] { return ::SSL_write(ssl_.get(), from, as_int(bytes)); },
            std::move(done));
}

// 0: ours has gone out, theirs is to come.
void TlsStream::end_sending(Done done) {
    attempt(
        [this] {
            const int said = ::SSL_shutdown(ssl_.get());
            return said == 0 ? ::SSL_shutdown(ssl_.get()) : said;
        },
        [done = std::move(done)](const error_code& error, std::size_t) mutable { done(error, 0); });
}

void TlsStream::cut() {
    error_code ignored;
    socket_.close(ignored);
}

// OpenSSL knows the socket by its number alone: one that was closed is not touched again.
void TlsStream::attempt(Act act, Done done) {
    if (!socket_.is_open() || !ssl_)
        return finish(std::move(done), asio::error::operation_aborted, 0);
    ::ERR_clear_error();
    const int result = act();
    if (result > 0) return finish(std::move(done), {}, static_cast<std::size_t>(result));
    const int why = ::SSL_get_error(ssl_.get(), result);
    if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
        const bool ended = why == SSL_ERROR_ZERO_RETURN || why == SSL_ERROR_SYSCALL;
        ::ERR_clear_error();
        return finish(
            std::move(done),
            ended ? error_code(asio::error::eof) : error_code(asio::error::connection_aborted), 0);
    }
    const auto until =
        why == SSL_ERROR_WANT_READ ? tcp::socket::wait_read : tcp::socket::wait_write;
    socket_.async_wait(until, [this, act = std::move(act),
                               done = std::move(done)](const error_code& error) mutable {
        if (error) return done(error, 0);
        attempt(std::move(act), std::move(done));
    });
}

// Never from within the function that began it.
void TlsStream::finish(Done done, const error_code& error, std::size_t bytes) {
    asio::post(loop_, [done = std::move(done), error, bytes]() mutable { done(error, bytes); });
}

}  // namespace sanad::http
