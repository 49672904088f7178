#pragma once

#include <cstddef>
#include <functional>
#include <memory>

// Asio stays out of headers: declared, never defined, here.
namespace boost::system {
class error_code;
}
namespace boost::asio {
class io_context;
}

namespace sanad::http {

/// One accepted connection, with or without TLS: one read and one write may be under way at a time.
/// Whoever starts one keeps the stream alive until its `Done` was called.
///
/// threads  the server's
class ByteStream {
public:
    using Done = std::move_only_function<void(const boost::system::error_code&, std::size_t)>;

    virtual ~ByteStream() = default;
    virtual void handshake(Done done) = 0;
    virtual void read_some(void* to, std::size_t bytes, Done done) = 0;
    virtual void write_some(const void* from, std::size_t bytes, Done done) = 0;
    /// Says that nothing more will be sent; with TLS also waits for the other side to say so.
    virtual void end_sending(Done done) = 0;
    /// Ends both ways at once; what is under way ends with an error.
    virtual void cut() = 0;
    virtual boost::asio::io_context& loop() = 0;
};

}  // namespace sanad::http
