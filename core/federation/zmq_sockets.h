#pragma once

#include "core/base/counters.h"
#include "core/trust/keys.h"

#include <optional>
#include <string>

namespace zmq {
class context_t;
class message_t;
class socket_t;
}  // namespace zmq

// The sockets of a link with all that must be set before they bind or connect. ARCHITECTURE.md,
// "ZeroMQ's pitfalls", says why each option is what it is.
namespace sanad::federation {

/// Where others dial us. Admission of the same context asks who they are. throws  zmq::error_t
zmq::socket_t make_router(zmq::context_t& context, const trust::TransportKey& key);

/// Towards one node that holds `server_key`. throws  zmq::error_t
zmq::socket_t make_dealer(zmq::context_t& context, const trust::TransportKey& key,
                          const trust::TransportPublicKey& server_key);

/// Where the ends of the dealer's handshakes are told. The dealer is closed before it, and its
/// monitor before the dealer: ZeroMQ waits for ever for a reader of events who has gone.
/// number  of no other monitor of the context. throws  zmq::error_t
zmq::socket_t watch_handshakes(zmq::context_t& context, zmq::socket_t& dealer, unsigned number);

/// Whether the next handshake that was told let us in; none: there is no further one.
std::optional<bool> next_handshake(zmq::socket_t& events);

/// The last frame of the next message, as it has the metadata of the handshake, and the first does
/// not; none: there is no message. A message of another number of frames than one beside the
/// routing id is counted, and an empty frame comes in its place.
/// routing_id  where a router's goes; null for a dealer. throws  zmq::error_t
std::optional<zmq::message_t> receive_last(zmq::socket_t& socket, std::string* routing_id,
                                           Counters& counters);

}  // namespace sanad::federation
