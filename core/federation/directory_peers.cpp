#include "core/federation/directory_peers.h"

namespace sanad::federation {

PeerTable peers_of(const Directory& directory) {
    PeerTable table{directory.version, {}};
    for (const DirectoryNode& node : directory.nodes)
        table.nodes.emplace(
            node.id, Peer{node.id, node.country, node.name, node.endpoints, node.keys.signing,
                          node.keys.sealing, node.keys.transport, std::nullopt,
                          node.status == NodeStatus::active, node.languages});
    return table;
}

}  // namespace sanad::federation
