#include "core/plugins/frame.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>

namespace sanad::plugins {
namespace {

constexpr Duration soon{20};

struct Pair {
    Descriptor raw;  // the other end, to send what is no frame
    FrameSocket ours;

    explicit Pair(FrameSocket::Descriptors descriptors = FrameSocket::Descriptors::refused)
        : Pair(*FrameSocket::pair(), descriptors) {}

    Frame next() {
        ours.wait();
        auto frame = ours.receive();
        REQUIRE(frame.has_value());
        REQUIRE(frame->has_value());
        return std::move(**frame);
    }
    Fault refused(ByteView datagram) {
        REQUIRE(::send(raw.get(), datagram.data(), datagram.size(), 0) ==
                static_cast<ssize_t>(datagram.size()));
        const auto frame = ours.receive();
        REQUIRE_FALSE(frame.has_value());
        return frame.error().fault;
    }

private:
    Pair(std::pair<Descriptor, Descriptor> ends, FrameSocket::Descriptors descriptors)
        : raw(std::move(ends.first)), ours(std::move(ends.second), descriptors) {}
};

Bytes frame_bytes(FrameHeader header, std::size_t payload) {
    Bytes bytes(sizeof header + payload, 7);
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
}

TEST_CASE("a frame of every size up to the limit arrives as it was sent") {
    auto ends = *FrameSocket::pair();
    FrameSocket from(std::move(ends.first), FrameSocket::Descriptors::refused);
    FrameSocket to(std::move(ends.second), FrameSocket::Descriptors::refused);
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{8},
                                   std::size_t{65'536}, frame_payload_bytes_max}) {
        Bytes payload(size);
        std::generate(payload.begin(), payload.end(), [n = 0]() mutable { return n++ % 251; });
        const FrameHeader header{.kind = FrameKind::call,
                                 .method = 0x0181,
                                 .seq = 1'000'000'000'000,
                                 .limit_ns = 5,
                                 .status = -4};
        REQUIRE(from.send(header, payload, soon).has_value());
        to.wait();
        const auto frame = to.receive();
        REQUIRE(frame.has_value());
        REQUIRE(frame->has_value());
        CHECK((*frame)->header.kind == FrameKind::call);
        CHECK((*frame)->header.method == 0x0181);
        CHECK((*frame)->header.seq == 1'000'000'000'000);
        CHECK((*frame)->header.limit_ns == 5);
        CHECK((*frame)->header.status == -4);
        CHECK(std::ranges::equal((*frame)->payload, payload));
        CHECK(reinterpret_cast<std::uintptr_t>((*frame)->payload.data()) % 8 == 0);
    }
    CHECK(from.send({}, Bytes(frame_payload_bytes_max + 1), soon).error().fault == Fault::bad_size);
    CHECK_FALSE(to.receive()->has_value());
}

TEST_CASE("what is no frame is refused") {
    FrameHeader header{.kind = FrameKind::log};
    CHECK(Pair().refused(Bytes(1)) == Fault::malformed);
    CHECK(Pair().refused(Bytes(sizeof(FrameHeader) - 1)) == Fault::malformed);
    header.size = 9;
    CHECK(Pair().refused(frame_bytes(header, 8)) == Fault::malformed);
    header.size = 7;
    CHECK(Pair().refused(frame_bytes(header, 8)) == Fault::malformed);
    header.size = ~0U;
    CHECK(Pair().refused(frame_bytes(header, 8)) == Fault::malformed);
    header.size = frame_payload_bytes_max + 8;
    CHECK(Pair().refused(frame_bytes(header, frame_payload_bytes_max + 8)) == Fault::malformed);
    CHECK(Pair().refused({}) == Fault::closed);  // an empty datagram is as good as an end
}

TEST_CASE("the end of the other side is told, after what it had sent") {
    Pair pair;
    FrameHeader header{.kind = FrameKind::log, .size = 8};
    const Bytes bytes = frame_bytes(header, 8);
    REQUIRE(::send(pair.raw.get(), bytes.data(), bytes.size(), 0) > 0);
    pair.raw = {};
    CHECK(pair.next().payload.size() == 8);
    CHECK(pair.ours.receive().error().fault == Fault::closed);
    CHECK(pair.ours.send({}, {}, soon).error().fault == Fault::closed);
}

TEST_CASE("who does not read holds the sender no longer than its limit") {
    Pair pair;
    Result<void> sent;
    int frames = 0;
    while (sent) {
        sent = pair.ours.send({}, Bytes(100'000), soon);
        frames += sent.has_value();
    }
    CHECK(sent.error().fault == Fault::expired);
    CHECK(frames >= 1);
    CHECK(frames < 20);
}

TEST_CASE("a descriptor comes with a frame only where one is awaited") {
    const Descriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const auto sent_to = [&](FrameSocket::Descriptors descriptors) {
        auto ends = *FrameSocket::pair();
        FrameSocket from(std::move(ends.first), FrameSocket::Descriptors::refused);
        FrameSocket to(std::move(ends.second), descriptors);
        REQUIRE(from.send({}, {}, soon, file.get()).has_value());
        return bool((*to.receive())->descriptor);
    };
    CHECK(sent_to(FrameSocket::Descriptors::taken));
    CHECK_FALSE(sent_to(FrameSocket::Descriptors::refused));
}

}  // namespace
}  // namespace sanad::plugins
