#pragma once

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/descriptor.h"
#include "core/base/result.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

// What a node and the host process of one isolated plugin say to each other: frames over a pair of
// SOCK_SEQPACKET sockets, one datagram each. Both ends are of one build and one machine, so a
// header crosses as it lies in memory; the node trusts no value in it all the same.
namespace sanad::plugins {

inline constexpr std::size_t frame_payload_bytes_max = 256U << 10;
inline constexpr std::uint32_t frame_version = 2;  // of this form

enum class FrameKind : std::uint32_t {
    load = 1,  // node -> host, first: method = frame_version, status = load_…; the library as a
               // descriptor. The reply's payload: a line for the plugin's id, one for its version
               // and one for what the sandbox lacks, "landlock,seccomp"; or why it was not loaded,
               // which is what the sandbox lacks when the status is SANAD_E_DENIED
    step,      // node -> host: method = Step, payload = a configuration
    call,      // both: method = SANAD_M_…
    reply,     // both, to each of the above: its seq; status, payload
    log,       // host -> node: method = SANAD_LOG_…, payload = the line
    open,      // host -> node: method = Opening, payload = what, limit; answered by a reply that
               // brings a descriptor
    value,     // host -> node: method = ValueAct, payload = write_value(); answered by a reply
    measures   // host -> node: payload = write_measures()
};

enum class Opening : std::uint32_t {
    listening = 1,  // a name
    connection,     // host, a line feed, port
    file            // a name
};

inline constexpr std::int32_t load_unsandboxed_allowed = 1;  // go on with a part of the sandbox
inline constexpr std::int32_t load_network = 2;              // it will be handed sockets
inline constexpr std::int32_t load_own_sockets = 4;          // and makes some itself

struct FrameHeader {
    FrameKind kind{};
    std::uint32_t method = 0;
    std::uint64_t seq = 0;       // chosen by who asks; each direction counts by itself
    std::uint64_t limit_ns = 0;  // how long who asks will wait; 0: no limit
    std::int32_t status = 0;     // SANAD_OK or an error
    std::uint32_t size = 0;      // of the payload; set by send()
};
static_assert(sizeof(FrameHeader) == 32);  // so that the payload lies 8-aligned behind it

struct Frame {
    FrameHeader header;
    ByteView payload;       // 8-byte aligned; until the next receive()
    Descriptor descriptor;  // that came with it; only where it is awaited
};

/// One end of the pair.
class FrameSocket {
public:
    enum class Descriptors : std::uint8_t { refused, taken };

    /// descriptors  whether frames may bring any; refused: the kernel drops them
    FrameSocket(Descriptor socket, Descriptors descriptors);

    /// Two ends, each with room for the largest frame. errors  exhausted: this machine's
    /// net.core.wmem_max is below 212,992 · io
    static Result<std::pair<Descriptor, Descriptor>> pair();

    /// Sends one frame. errors  closed: the other end has gone · expired: it did not read for
    /// `limit` · bad_size: over frame_payload_bytes_max · io. threads  any, several at once
    Result<void> send(FrameHeader header, ByteView payload, Duration limit, int descriptor = -1);

    /// The next frame; empty when none has come yet. errors  closed: the other end has gone ·
    /// malformed: no frame, and nothing more is to be read. threads  one
    Result<std::optional<Frame>> receive();
    /// Waits until receive() has something to say. threads  as receive()
    void wait() const;

    int number() const { return socket_.get(); }

private:
    Descriptor socket_;
    const Descriptors descriptors_;
    // Not touched before it is needed: a host that never sees a large message has no memory for it.
    std::unique_ptr<std::uint64_t[]> buffer_;
};

}  // namespace sanad::plugins
