#pragma once

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/trust/keys.h"
#include "core/trust/note.h"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sanad::federation {

/// What the directory says of one node, in the form that links need.
struct Peer {
    NodeId id;
    std::string country;
    std::string name;
    std::vector<std::string> endpoints;  // tcp://host:port; none: it dials only
    trust::PublicKey signing{};
    trust::SealingPublicKey sealing;
    trust::TransportPublicKey transport;
    /// The one before it, while that is still let in (directory_state.h).
    std::optional<trust::TransportPublicKey> former_transport{};
    bool active = true;
    std::vector<std::string> languages{};  // BCP 47, its first one first

    trust::Verifier head_verifier() const {
        return {id.text, trust::SignatureType::ed25519, signing};
    }
    trust::Verifier receipt_verifier() const {
        return {id.text, trust::SignatureType::cosignature, signing};
    }
};

/// All nodes of one directory, ourselves included.
struct PeerTable {
    std::uint64_t directory_version = 0;
    std::map<NodeId, Peer> nodes;
    /// Grows with each table that is put in force: a notice changes a table without a new version.
    std::uint64_t revision = 0;

    /// The active node of that id or key, or null. A key that is still let in is the node's too.
    const Peer* find(const NodeId& id) const;
    const Peer* find(const trust::TransportPublicKey& key) const;
};

/// The directory in force, replaced as a whole. threads  any
class Peers {
public:
    explicit Peers(PeerTable table) { replace(std::move(table)); }

    /// Shared because a reader keeps what it started with while a newer one takes its place.
    std::shared_ptr<const PeerTable> current() const {
        const std::lock_guard lock(mutex_);
        return table_;
    }
    void replace(PeerTable table) {
        const std::lock_guard lock(mutex_);
        table.revision = (table_ ? table_->revision : 0) + 1;
        table_ = std::make_shared<const PeerTable>(std::move(table));
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const PeerTable> table_;
};

/// Which of two nodes opens their one connection: the one that has no endpoint; when both have one,
/// the lower id. When neither has, there is no link.
enum class Dials : std::uint8_t { we, they, nobody };
Dials who_dials(const Peer& self, const Peer& peer);

}  // namespace sanad::federation
