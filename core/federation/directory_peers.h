#pragma once

#include "core/federation/directory.h"
#include "core/federation/peers.h"

namespace sanad::federation {

/// The directory in the form that links need: every node, revoked ones as not active. threads  any
PeerTable peers_of(const Directory& directory);

}  // namespace sanad::federation
