#pragma once

#include "tests/support/tcp_client.h"

#include <array>
#include <string>

namespace sanad::support {

/// A peer that speaks ZMTP and CurveZMQ by hand, for what libzmq would not send: it keeps the
/// frames of a message back until the last one is there.
/// source  RFC 23/ZMTP 3.1, RFC 26/CurveZMQ
class ZmtpPeer {
public:
    using Key = std::array<std::uint8_t, 32>;
    struct Keys {
        Key secret;
        Key own;     // public
        Key server;  // public
    };

    /// Connects as a DEALER and ends the handshake.
    /// identity  what it claims as its routing id. throws  std::runtime_error: it was not let in
    ZmtpPeer(const std::string& endpoint, const Keys& keys, ByteView identity = {});

    enum class More : std::uint8_t { no = 0, yes = 1 };
    /// One frame of a message, at once. returns  whether it was taken: the other side may have
    /// closed
    bool send(ByteView frame, More more);
    /// The same frame `times` over, in one piece.
    bool send_many(ByteView frame, More more, std::size_t times);
    /// Ends the connection, and every wait. threads  any
    void close() { tcp_.close(); }

private:
    void shake_hands(const Keys& keys, ByteView identity);
    void send_command(ByteView body);
    Bytes receive_body();
    void append_frame(Bytes& to, ByteView frame, More more);

    TcpClient tcp_;
    Key shared_{};  // of both short-term keys, as crypto_box_beforenm makes it
    std::uint64_t count_ = 1;
};

}  // namespace sanad::support
