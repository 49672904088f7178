#pragma once

#include "core/base/bytes.h"

#include <string>

namespace sanad::support {

/// A TCP connection to an endpoint of loopback that says any bytes. Every wait ends after 30 s.
class TcpClient {
public:
    /// endpoint  tcp://127.0.0.1:port. throws  std::runtime_error: nobody listens
    explicit TcpClient(const std::string& endpoint);
    ~TcpClient();
    TcpClient(TcpClient&& other) noexcept;
    TcpClient(const TcpClient&) = delete;
    TcpClient& operator=(const TcpClient&) = delete;

    /// Whether all of it was taken: the other side may have closed.
    bool send(ByteView bytes);
    /// Exactly `size` bytes, or fewer when the other side closes.
    Bytes receive(std::size_t size);
    /// Reads what still comes. returns  whether the other side closed before the wait ended
    bool is_closed_by_other_side();
    /// Ends the connection, and every wait. threads  any
    void close();

private:
    int descriptor_ = -1;
};

}  // namespace sanad::support
