#pragma once

#include "core/api/door.h"
#include "core/api/socket_path.h"
#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"

#include <filesystem>

namespace sanad::api {

/// The other end of a DoorSocket: for the command line and for tests. Any fault but bad_size leaves
/// a connection that only fails, since what was half sent or half read cannot be taken back.
/// threads  one at a time
class Client {
public:
    static constexpr Duration answer_wait{10'000};

    /// errors  those of connect_to() (core/api/socket_path.h)
    static Result<Client> connect(const std::filesystem::path& socket);

    /// Sends a request and waits for its answer.
    /// request  1..door_message_bytes_max bytes
    /// wait     for both together
    /// errors   bad_size · busy: no answer in time · closed: the node ended the connection · io ·
    ///          malformed: what came is no frame
    Result<Bytes> call(ByteView request, Duration wait = answer_wait);

    /// The two halves of call(): several requests may be sent before the first answer is read; the
    /// answers come in the order of the requests. The node reads no further than
    /// DoorSocket::requests_in_flight_max, so send() may wait for a receive() of ours.
    Result<void> send(ByteView request, Duration wait = answer_wait);
    Result<Bytes> receive(Duration wait = answer_wait);

private:
    explicit Client(Descriptor socket) : socket_(std::move(socket)) {}
    Result<void> fill(std::size_t bytes, Duration until);

    Descriptor socket_;
    Bytes inbox_;
    bool broken_ = false;
};

}  // namespace sanad::api
