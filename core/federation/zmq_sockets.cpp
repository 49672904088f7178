#include "core/federation/zmq_sockets.h"

#include "core/federation/admission.h"
#include "core/federation/transport.h"

#include <zmq.hpp>

#include <cstring>
#include <string>
#include <vector>

namespace sanad::federation {
namespace {

constexpr int zap_enforce_domain = 93;  // ZMQ_ZAP_ENFORCE_DOMAIN, draft-only macro of 4.3.4

zmq::const_buffer raw(const auto& bytes) { return zmq::buffer(bytes.data(), bytes.size()); }

void set_common(zmq::socket_t& socket) {
    socket.set(zmq::sockopt::handshake_ivl, 5'000);
    socket.set(zmq::sockopt::connect_timeout, 5'000);
    socket.set(zmq::sockopt::heartbeat_ivl, 15'000);
    socket.set(zmq::sockopt::heartbeat_timeout, 45'000);
    socket.set(zmq::sockopt::heartbeat_ttl, 60'000);
    socket.set(zmq::sockopt::sndhwm, 64);
    socket.set(zmq::sockopt::rcvhwm, 64);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::ipv6, true);
    // It counts the ciphertext of each frame: payload and 33 bytes of CURVE.
    socket.set(zmq::sockopt::maxmsgsize, std::int64_t(frame_bytes_max + 64));
}

}  // namespace

zmq::socket_t make_router(zmq::context_t& context, const trust::TransportKey& key) {
    zmq::socket_t router(context, ZMQ_ROUTER);
    set_common(router);
    router.set(zmq::sockopt::router_mandatory, true);
    router.set(zmq::sockopt::router_handover, false);
    router.set(zmq::sockopt::curve_server, true);
    router.set(zmq::sockopt::curve_secretkey, raw(key.secret().bytes()));
    router.set(zmq::sockopt::zap_domain, admission_domain);
    const int enforce = 1;
    zmq_setsockopt(router.handle(), zap_enforce_domain, &enforce, sizeof enforce);
    return router;
}

zmq::socket_t make_dealer(zmq::context_t& context, const trust::TransportKey& key,
                          const trust::TransportPublicKey& server_key) {
    zmq::socket_t dealer(context, ZMQ_DEALER);
    set_common(dealer);
    dealer.set(zmq::sockopt::immediate, true);
    dealer.set(zmq::sockopt::reconnect_ivl, 500);
    dealer.set(zmq::sockopt::reconnect_ivl_max, 300'000);
    dealer.set(zmq::sockopt::curve_serverkey, raw(server_key.bytes));
    dealer.set(zmq::sockopt::curve_publickey, raw(key.public_key().bytes));
    dealer.set(zmq::sockopt::curve_secretkey, raw(key.secret().bytes()));
    return dealer;
}

zmq::socket_t watch_handshakes(zmq::context_t& context, zmq::socket_t& dealer, unsigned number) {
    const std::string monitor = "inproc://sanad.dialled." + std::to_string(number);
    zmq_socket_monitor(dealer.handle(), monitor.c_str(),
                       ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                           ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                           ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
    zmq::socket_t events(context, ZMQ_PAIR);
    events.connect(monitor);
    return events;
}

std::optional<bool> next_handshake(zmq::socket_t& events) {
    zmq::message_t event;
    if (!events.recv(event, zmq::recv_flags::dontwait)) return std::nullopt;
    const bool has_endpoint = event.more();
    std::uint16_t number = 0;
    if (event.size() >= sizeof number) std::memcpy(&number, event.data(), sizeof number);
    if (zmq::message_t endpoint; has_endpoint && !events.recv(endpoint)) return std::nullopt;
    return number == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
}

std::optional<zmq::message_t> receive_last(zmq::socket_t& socket, std::string* routing_id,
                                           Counters& counters) {
    std::vector<zmq::message_t> frames;
    bool more = true;
    std::size_t count = 0;
    while (more) {
        zmq::message_t frame;
        if (!socket.recv(frame, zmq::recv_flags::dontwait)) return std::nullopt;
        more = frame.more();
        if (++count <= 2) frames.push_back(std::move(frame));
    }
    const std::size_t wanted = routing_id == nullptr ? 1 : 2;
    if (count != wanted) {
        counters.add("link.drop.frames");
        return zmq::message_t();
    }
    if (routing_id != nullptr) *routing_id = frames.front().to_string();
    return std::move(frames.back());
}

}  // namespace sanad::federation
