#pragma once

#include "plugins/shared/http/server.h"
#include "plugins/shared/http/stream.h"

#include <expected>
#include <functional>
#include <memory>
#include <span>

namespace sanad::http {

/// The listening socket, and TLS when it is configured.
///
/// threads  the server's, but for open
class Listener {
public:
    /// address  4 or 16 bytes, valid until the function returns, to be made into a Source at once
    using Accept =
        std::function<void(std::unique_ptr<ByteStream>, std::span<const unsigned char> address)>;

    virtual ~Listener() = default;

    /// errors  those of StartError
    static std::expected<std::unique_ptr<Listener>, StartError> open(boost::asio::io_context& loop,
                                                                     const Options& options);

    virtual std::uint16_t port() const = 0;
    /// Calls `accept` for each connection until close().
    virtual void run(Accept accept) = 0;
    virtual void close() = 0;
};

}  // namespace sanad::http
