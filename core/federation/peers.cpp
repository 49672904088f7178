#include "core/federation/peers.h"

namespace sanad::federation {

const Peer* PeerTable::find(const NodeId& id) const {
    const auto found = nodes.find(id);
    return found != nodes.end() && found->second.active ? &found->second : nullptr;
}

const Peer* PeerTable::find(const trust::TransportPublicKey& key) const {
    for (const auto& [id, peer] : nodes)
        if (peer.active && (peer.transport == key || peer.former_transport == key)) return &peer;
    return nullptr;
}

Dials who_dials(const Peer& self, const Peer& peer) {
    if (self.endpoints.empty() && peer.endpoints.empty()) return Dials::nobody;
    if (peer.endpoints.empty()) return Dials::they;
    if (self.endpoints.empty()) return Dials::we;
    return self.id < peer.id ? Dials::we : Dials::they;
}

}  // namespace sanad::federation
