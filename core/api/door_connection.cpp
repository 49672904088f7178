#include "core/api/door_connection.h"

#include "core/base/message.h"
#include "schemas/api.capnp.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>

namespace sanad::api {
namespace {

constexpr std::size_t read_bytes = 64 << 10;

}  // namespace

Bytes socket_error(std::string_view code, std::string_view wrong, std::string_view mend) {
    capnp::MallocMessageBuilder message;
    auto error = message.initRoot<schema::api::Reply>().initError();
    error.setCode({code.data(), code.size()});
    error.setWrong({wrong.data(), wrong.size()});
    error.setMend({mend.data(), mend.size()});
    return flatten(message);
}

std::size_t frame_length(ByteView frame) {
    return std::size_t{frame[0]} | std::size_t{frame[1]} << 8 | std::size_t{frame[2]} << 16 |
           std::size_t{frame[3]} << 24;
}

void append_frame(Bytes& to, ByteView message) {
    assert(!message.empty() && message.size() <= door_message_bytes_max);
    for (unsigned shift = 0; shift < 32; shift += 8)
        to.push_back(static_cast<std::uint8_t>(message.size() >> shift));
    append(to, message);
}

bool DoorConnection::wants_requests() const {
    return !ending_ && slots_.size() < DoorSocket::requests_in_flight_max &&
           outbox_.size() - written_ < DoorSocket::unread_bytes_max;
}

short DoorConnection::events() const {
    return static_cast<short>((wants_requests() ? POLLIN : 0) | (outbox_.empty() ? 0 : POLLOUT));
}

void DoorConnection::serve(short revents, Duration now) {
    if ((revents & (POLLIN | POLLHUP)) != 0 && wants_requests())
        read();
    else if ((revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
        gone_ = true;  // nobody reads answers
    if (!gone_ && !outbox_.empty()) write(now);
}

void DoorConnection::read() {
    std::array<std::uint8_t, read_bytes> chunk{};
    const auto got = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
    if (got > 0)
        append(inbox_, ByteView(chunk).first(std::size_t(got)));
    else if (got == 0)
        ending_ = true;
    else if (errno != EAGAIN && errno != EINTR)
        gone_ = true;
}

void DoorConnection::refuse_frame() {
    slots_.emplace_back(socket_error("bad_size", "the request is empty or longer than 1 MiB",
                                     "send at most 1,048,576 bytes behind their length"));
    ending_ = true;  // where the next request begins is unknown now
    answer(first_slot_ + slots_.size(), {});
}

std::optional<DoorConnection::Request> DoorConnection::next_request() {
    // What came before the end of the stream still counts, but not what follows a bad frame.
    const bool room = slots_.size() < DoorSocket::requests_in_flight_max &&
                      outbox_.size() - written_ < DoorSocket::unread_bytes_max;
    if (gone_ || !room || inbox_.size() < frame_length_bytes) return std::nullopt;
    const std::size_t length = frame_length(inbox_);
    if (length == 0 || length > door_message_bytes_max) {
        inbox_.clear();
        refuse_frame();
        return std::nullopt;
    }
    if (inbox_.size() < frame_length_bytes + length) return std::nullopt;
    const auto begin = inbox_.begin() + frame_length_bytes;
    Request request{first_slot_ + slots_.size(), Bytes(begin, begin + std::ptrdiff_t(length))};
    inbox_.erase(inbox_.begin(), begin + std::ptrdiff_t(length));
    slots_.emplace_back();
    return request;
}

void DoorConnection::answer(std::uint64_t number, Bytes reply) {
    if (number >= first_slot_ && number - first_slot_ < slots_.size()) {
        if (reply.empty() || reply.size() > door_message_bytes_max)
            reply = socket_error("too_long", "the answer is longer than 1 MiB",
                                 "ask for less at a time");
        slots_[number - first_slot_] = std::move(reply);
    }
    while (!slots_.empty() && slots_.front()) {
        append_frame(outbox_, *slots_.front());
        slots_.pop_front();
        ++first_slot_;
    }
}

void DoorConnection::write(Duration now) {
    const auto sent =
        ::send(socket_.get(), outbox_.data() + written_, outbox_.size() - written_, MSG_NOSIGNAL);
    if (sent < 0) {
        gone_ = errno != EAGAIN && errno != EINTR;
        return;
    }
    written_ += std::size_t(sent);
    unread_since_ = now;
    if (written_ < outbox_.size()) return;
    outbox_.clear();
    written_ = 0;
}

void DoorConnection::note_time(Duration now) {
    if (inbox_.empty() || !wants_requests())
        frame_since_.reset();
    else if (!frame_since_)
        frame_since_ = now;
    if (outbox_.empty())
        unread_since_.reset();
    else if (!unread_since_)
        unread_since_ = now;
}

std::optional<Duration> DoorConnection::deadline() const {
    std::optional<Duration> earliest;
    if (frame_since_) earliest = *frame_since_ + limits_.frame_wait;
    if (unread_since_) {
        const Duration unread = *unread_since_ + limits_.read_wait;
        earliest = earliest ? std::min(*earliest, unread) : unread;
    }
    return earliest;
}

}  // namespace sanad::api
