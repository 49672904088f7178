#pragma once

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/result.h"
#include "core/node/configuration.h"
#include "core/plugins/store_copy.h"

// A node's store looked at as a whole, or moved to another storage plugin. While the node runs, or
// another of its processes stands by for it, it has the store and nobody else gets it. Every
// fault's detail is for a person: which configuration, what is wrong, how to mend it.
namespace sanad::node {

/// What the store of that configuration holds, after a look that it is this node's own. A damaged
/// file does not end this process. Call it before this process has any other thread.
/// errors  those of plugins::read_store and check_store_identity
Result<plugins::StoreContent> check_store(const Configuration& configuration, const Clock& clock,
                                          Log& log, const plugins::Told& told);

/// Makes the store that `to` names and copies into it all rows of the store of `from`, then reads
/// the copy again through another opening and compares.
///
/// errors  conflict: they are not of one node, or there is a store already; malformed: the copy is
///         not the same; those of check_store
Result<plugins::StoreContent> copy_store(const Configuration& from, const Configuration& to,
                                         const Clock& clock, Log& log, const plugins::Told& told);

}  // namespace sanad::node
