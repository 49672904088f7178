#pragma once

#include "core/base/clock.h"
#include "core/base/counters.h"
#include "core/base/log.h"
#include "core/federation/peers.h"
#include "core/federation/transport.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace sanad::federation {

/// Links over ZeroMQ with CURVE: a ROUTER where others dial us, a DEALER for each node we dial, one
/// frame a message. Who sent a frame is what the handshake said, never what the frame says.
class ZmqTransport final : public Transport {
public:
    struct Settings {
        std::string bind;  // tcp://address:port, port * for any; empty: we only dial
        /// By how much the process may grow before all sockets are closed for a moment. Nothing
        /// else ends a message without end: ZeroMQ gathers it, and shows it when it is whole.
        std::size_t memory_growth_max = std::size_t(256) << 20;
    };

    /// Starts admission, lets it refuse a stranger, then binds. Everything given outlives it.
    /// Never fork after this. errors  io, denied
    static Result<std::unique_ptr<ZmqTransport>> start(const Settings& settings, const NodeId& self,
                                                       const trust::TransportKey& key,
                                                       const Peers& peers, Entropy& entropy,
                                                       const Clock& clock, Log& log,
                                                       Counters& counters);
    ~ZmqTransport() override;
    ZmqTransport(const ZmqTransport&) = delete;
    ZmqTransport& operator=(const ZmqTransport&) = delete;

    Result<void> send(const NodeId& peer, ByteView frame) override;

    /// Serves the sockets until asked to stop: `on_wake` after each wake(), `on_tick` about each
    /// 100 ms. threads  transport: this thread, which alone touches the sockets
    void run(const std::stop_token& stop, TransportEvents& events,
             const std::function<void()>& on_wake, const std::function<void()>& on_tick);

    /// threads  any
    void wake();

    /// At the next tick every socket is made anew, with what the transport key is then.
    /// threads  transport
    void rekey();

    /// The endpoint with its real port; empty when we only dial.
    std::string bound() const;

private:
    struct Sockets;
    explicit ZmqTransport(std::unique_ptr<Sockets> sockets);
    std::unique_ptr<Sockets> sockets_;
};

}  // namespace sanad::federation
