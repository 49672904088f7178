#pragma once

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/result.h"

namespace sanad::federation {

inline constexpr std::size_t frame_bytes_max = 1 << 20;

/// The only way the network enters the core: whole frames from and to nodes whose transport key is
/// known. It may lose, repeat and reorder them; the logs make good for it. threads  transport
class Transport {
public:
    virtual ~Transport() = default;
    /// errors  busy: no connection now, or its queue is full: try later · bad_size
    virtual Result<void> send(const NodeId& peer, ByteView frame) = 0;
};

/// Who hears of frames and connections. threads  transport
class TransportEvents {
public:
    virtual ~TransportEvents() = default;
    /// A connection to or from the peer is up. It may never be told when it goes down.
    virtual void connected(const NodeId& peer) = 0;
    /// False when the frame was dropped: its sender may wait a little before more of it is read.
    virtual bool received(const NodeId& peer, ByteView frame) = 0;
};

}  // namespace sanad::federation
