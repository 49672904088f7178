#pragma once

#include "core/federation/transport.h"

#include <deque>
#include <map>
#include <memory>

namespace sanad::support {

/// A frame on its way.
struct Letter {
    NodeId from;
    NodeId to;
    Bytes frame;
};

/// A network that does nothing by itself: what is sent waits in `letters` until the test delivers,
/// changes or loses it.
class Wire {
public:
    std::deque<Letter> letters;
    bool cut = false;  // then nothing can be sent

    /// The transport of one node; it lives as long as the wire.
    federation::Transport& port(const NodeId& self) {
        auto& port = ports_[self];
        if (!port) port = std::make_unique<Port>(*this, self);
        return *port;
    }

private:
    struct Port final : federation::Transport {
        Port(Wire& to, NodeId us) : wire(to), self(std::move(us)) {}
        Result<void> send(const NodeId& peer, ByteView frame) override {
            if (wire.cut) return fail(Fault::busy, "cut");
            if (frame.size() > federation::frame_bytes_max) return fail(Fault::bad_size, "frame");
            wire.letters.push_back({self, peer, Bytes(frame.begin(), frame.end())});
            return {};
        }
        Wire& wire;
        NodeId self;
    };
    std::map<NodeId, std::unique_ptr<Port>> ports_;
};

}  // namespace sanad::support
