#pragma once

#include "core/base/bytes.h"

#include <functional>

namespace sanad::api {

/// A request or a reply has at most so many bytes (schemas/api.capnp).
inline constexpr std::size_t door_message_bytes_max = 1 << 20;

/// The one door of a node: a `Request` of schemas/api.capnp in, its `Reply` out, both flat
/// messages.
class Door {
public:
    using Answer = std::function<void(Bytes reply)>;

    virtual ~Door() = default;

    /// Answers `request` exactly once, now or later and from any thread, with at most
    /// door_message_bytes_max bytes. It never waits for the engine: what takes time is answered
    /// later.
    ///
    /// request  from outside: any bytes of any length; borrowed until this returns
    /// answer   may outlive whoever asked, and is then a call into nothing
    /// threads  any
    virtual void handle(ByteView request, Answer answer) = 0;
};

}  // namespace sanad::api
