#include "core/plugins/frame.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace sanad::plugins {

namespace {

// The kernel doubles it for its own bookkeeping; a frame must fit into what is then left.
constexpr int buffer_bytes = 212'992;
constexpr std::size_t bookkeeping_bytes = 4096;

struct Ancillary {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> bytes{};
};

std::unexpected<Error> socket_error(int error) {
    if (error == EPIPE || error == ECONNRESET || error == ENOTCONN)
        return fail(Fault::closed, "the other end has gone");
    return fail(Fault::io, std::strerror(error));
}

Result<void> make_room(int socket) {
    ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
    int got = 0;
    socklen_t size = sizeof got;
    ::getsockopt(socket, SOL_SOCKET, SO_SNDBUF, &got, &size);
    if (static_cast<std::size_t>(got) >=
        frame_payload_bytes_max + sizeof(FrameHeader) + bookkeeping_bytes)
        return {};
    return fail(Fault::exhausted,
                "a plugin's message does not fit into a socket: set net.core.wmem_max to " +
                    std::to_string(buffer_bytes) + " or more");
}

Descriptor take_descriptor(msghdr& message) {
    Descriptor taken;
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        int number = -1;
        std::memcpy(&number, CMSG_DATA(part), sizeof number);
        taken = Descriptor(number);
    }
    return taken;
}

}  // namespace

FrameSocket::FrameSocket(Descriptor socket, Descriptors descriptors)
    : socket_(std::move(socket)),
      descriptors_(descriptors),
      buffer_(std::make_unique_for_overwrite<std::uint64_t[]>(
          (sizeof(FrameHeader) + frame_payload_bytes_max) / sizeof(std::uint64_t))) {}

Result<std::pair<Descriptor, Descriptor>> FrameSocket::pair() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(Fault::io, std::strerror(errno));
    std::pair<Descriptor, Descriptor> both{Descriptor(ends[0]), Descriptor(ends[1])};
    for (const int end : ends)
        if (const auto made = make_room(end); !made) return std::unexpected(made.error());
    return both;
}

Result<void> FrameSocket::send(FrameHeader header, ByteView payload, Duration limit,
                               int descriptor) {
    if (payload.size() > frame_payload_bytes_max) return fail(Fault::bad_size, "frame");
    header.size = static_cast<std::uint32_t>(payload.size());
    std::array<iovec, 2> parts{
        {{&header, sizeof header},
         {const_cast<std::uint8_t*>(payload.data()), payload.size()}}};  // only read
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = payload.empty() ? 1 : 2;
    Ancillary ancillary;
    if (descriptor >= 0) {
        message.msg_control = ancillary.bytes.data();
        message.msg_controllen = ancillary.bytes.size();
        cmsghdr* part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
    }
    using Steady = std::chrono::steady_clock;
    const auto until = Steady::now() + limit;
    for (;;) {
        if (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return {};
        if (errno == EINTR) continue;
        const bool no_memory = errno == ENOBUFS;  // the kernel finds none in one piece just now
        if (errno != EAGAIN && !no_memory) return socket_error(errno);
        const auto left = std::chrono::ceil<Duration>(until - Steady::now());
        if (left.count() <= 0) return fail(Fault::expired, "the other end does not read");
        pollfd watched{socket_.get(), POLLOUT, 0};
        ::poll(&watched, no_memory ? 0 : 1, no_memory ? 1 : static_cast<int>(left.count()));
    }
}

Result<std::optional<Frame>> FrameSocket::receive() {
    Ancillary ancillary;
    iovec part{buffer_.get(), sizeof(FrameHeader) + frame_payload_bytes_max};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (descriptors_ == Descriptors::taken) {
        message.msg_control = ancillary.bytes.data();
        message.msg_controllen = ancillary.bytes.size();
    }
    const ssize_t got = ::recvmsg(socket_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    if (got < 0) return socket_error(errno);
    if (got == 0) return fail(Fault::closed, "the other end has gone");
    Frame frame;
    frame.descriptor = take_descriptor(message);
    const auto size = static_cast<std::size_t>(got);
    if (size < sizeof(FrameHeader) || (message.msg_flags & MSG_TRUNC) != 0)
        return fail(Fault::malformed, "no frame");
    std::memcpy(static_cast<void*>(&frame.header), buffer_.get(), sizeof frame.header);
    if (frame.header.size != size - sizeof(FrameHeader))
        return fail(Fault::malformed, "a frame of another size than it says");
    frame.payload = {reinterpret_cast<const std::uint8_t*>(buffer_.get()) + sizeof(FrameHeader),
                     frame.header.size};
    return frame;
}

void FrameSocket::wait() const {
    pollfd watched{socket_.get(), POLLIN, 0};
    ::poll(&watched, 1, -1);
}

}  // namespace sanad::plugins
