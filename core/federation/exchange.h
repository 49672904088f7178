#pragma once

#include "core/federation/frame.h"

namespace sanad::federation {

/// One topic of what two nodes say to each other beside their logs: nothing of it is proven by a
/// head, and any of it may be lost, so whoever asks asks again. threads  transport
class Exchange {
public:
    virtual ~Exchange() = default;
    /// A payload of the exchange's topic, from an active node of the directory and within the
    /// link's rate. Nothing in it has been checked.
    virtual void received(const NodeId& peer, ByteView payload) = 0;
    /// The peer has said where it stands: at each connection, and now and then.
    virtual void greeted(const NodeId& /*peer*/, const Hello& /*hello*/) {}
    /// About each 100 ms.
    virtual void tick() {}
};

}  // namespace sanad::federation
