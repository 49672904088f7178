#include "core/api/client.h"

#include "core/api/door_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace sanad::api {
namespace {

constexpr std::size_t read_bytes = 64 << 10;

Duration steady_now() { return SystemClock().elapsed(); }

// Waits until the socket is ready. errors  busy: not before `until`
Result<void> wait_for(const Descriptor& socket, short events, Duration until) {
    for (;;) {
        const auto left = (until - steady_now()).count();
        if (left <= 0) return fail(Fault::busy, "the node did not answer in time");
        pollfd one{socket.get(), events, 0};
        const int ready = ::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return fail(Fault::io, std::strerror(errno));
    }
}

std::unexpected<Error> lost(int error) {
    if (error == EPIPE || error == ECONNRESET) return fail(Fault::closed, "the node hung up");
    return fail(Fault::io, std::strerror(error));
}

}  // namespace

Result<Client> Client::connect(const std::filesystem::path& socket) {
    auto connected = connect_to(socket);
    if (!connected) return std::unexpected(connected.error());
    return Client(std::move(*connected));
}

Result<Bytes> Client::call(ByteView request, Duration wait) {
    const Duration until = steady_now() + wait;
    if (const auto sent = send(request, wait); !sent) return std::unexpected(sent.error());
    return receive(until - steady_now());
}

Result<void> Client::send(ByteView request, Duration wait) {
    if (request.empty() || request.size() > door_message_bytes_max)
        return fail(Fault::bad_size, "a request has 1 to 1,048,576 bytes");
    if (broken_) return fail(Fault::closed, "the connection failed before");
    const Duration until = steady_now() + wait;
    Bytes frame;
    append_frame(frame, request);
    broken_ = true;  // until all of it has left
    for (ByteView rest = frame; !rest.empty();) {
        const auto sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            rest = rest.subspan(std::size_t(sent));
        } else if (errno == EAGAIN) {
            if (const auto ready = wait_for(socket_, POLLOUT, until); !ready) return ready;
        } else if (errno != EINTR) {
            return lost(errno);
        }
    }
    broken_ = false;
    return {};
}

// Until the inbox has so many bytes.
Result<void> Client::fill(std::size_t bytes, Duration until) {
    std::array<std::uint8_t, read_bytes> chunk;
    while (inbox_.size() < bytes) {
        const auto got = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
        if (got > 0)
            append(inbox_, ByteView(chunk).first(std::size_t(got)));
        else if (got == 0)
            return fail(Fault::closed, "the node ended the connection");
        else if (errno == EAGAIN) {
            if (const auto ready = wait_for(socket_, POLLIN, until); !ready) return ready;
        } else if (errno != EINTR) {
            return lost(errno);
        }
    }
    return {};
}

Result<Bytes> Client::receive(Duration wait) {
    if (broken_) return fail(Fault::closed, "the connection failed before");
    const Duration until = steady_now() + wait;
    broken_ = true;  // until a whole answer has come
    if (const auto head = fill(frame_length_bytes, until); !head)
        return std::unexpected(head.error());
    const std::size_t length = frame_length(inbox_);
    if (length == 0 || length > door_message_bytes_max)
        return fail(Fault::malformed, "what answered is no node");
    if (const auto body = fill(frame_length_bytes + length, until); !body)
        return std::unexpected(body.error());
    const auto begin = inbox_.begin() + frame_length_bytes;
    Bytes reply(begin, begin + std::ptrdiff_t(length));
    inbox_.erase(inbox_.begin(), begin + std::ptrdiff_t(length));
    broken_ = false;
    return reply;
}

}  // namespace sanad::api
