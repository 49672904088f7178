#pragma once

#include "core/api/door_socket.h"
#include "core/api/socket_path.h"
#include "core/base/bytes.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

namespace sanad::api {

/// An ErrorReply of the socket itself, flat, such as for a message that is too long.
Bytes socket_error(std::string_view code, std::string_view wrong, std::string_view mend);

/// `message` behind its length, appended to `to`. The caller has checked the length.
void append_frame(Bytes& to, ByteView message);

inline constexpr std::size_t frame_length_bytes = 4;
/// The length in the first four bytes; the caller has checked that there are so many.
std::size_t frame_length(ByteView frame);

/// One caller of the door: takes its bytes apart into requests, and puts the answers back in order.
/// threads  the socket's
class DoorConnection {
public:
    DoorConnection(Descriptor socket, DoorSocket::Limits limits)
        : socket_(std::move(socket)), limits_(limits) {}

    int descriptor() const { return socket_.get(); }

    /// The events of poll(2) to wait for.
    short events() const;

    /// What poll(2) reported: reads and writes what it can without waiting.
    void serve(short revents, Duration now);

    struct Request {
        std::uint64_t number = 0;  // of this connection, from 0
        Bytes bytes;
    };
    /// The next whole request, as long as another may be under way. Its answer must come.
    std::optional<Request> next_request();

    /// The answer to request `number`; it leaves once all earlier ones have.
    void answer(std::uint64_t number, Bytes reply);

    /// When the caller has been too slow; none: it has nothing to hurry for.
    std::optional<Duration> deadline() const;
    /// After every serve() and answer(): sets what deadline() counts from.
    void note_time(Duration now);

    /// Whether nothing more can come of it.
    bool finished() const { return gone_ || (ending_ && slots_.empty() && outbox_.empty()); }

private:
    bool wants_requests() const;
    void read();
    void write(Duration now);
    void refuse_frame();

    Descriptor socket_;
    DoorSocket::Limits limits_;
    Bytes inbox_;   // what has come and is no whole request yet
    Bytes outbox_;  // answers in order, framed
    std::size_t written_ = 0;
    std::deque<std::optional<Bytes>> slots_;  // requests under way, the oldest first
    std::uint64_t first_slot_ = 0;
    std::optional<Duration> frame_since_;
    std::optional<Duration> unread_since_;
    bool ending_ = false;  // no more requests, but answers may leave
    bool gone_ = false;
};

}  // namespace sanad::api
