#pragma once

#include "core/base/result.h"
#include "tests/sim/chance.h"
#include "tests/sim/network.h"
#include "tests/support/federation_node.h"

#include <string_view>

namespace sanad::sim {

/// A lie put into a run on purpose, to prove that the checker sees it.
enum class Breakage : std::uint8_t {
    none,
    early_ack,     // the last commit that was answered is not on disk after a crash
    lost_write,    // the store now and then forgets to write where a log ends
    no_dedupe,     // an entry is applied each time it is seen, not once
    skip_entry,    // an entry is receipted and not applied
    lose_receipt,  // no receipt ever arrives
    repeat_act,    // a desk sends once more what was answered already
    ack_first,     // a push is receipted before it is on disk
    no_recovery,   // nobody gives a restored node its past back
};

/// errors  not_found
Result<Breakage> breakage_from(std::string_view name);
std::string_view breakage_names();

/// What stands between the parts of a node that is broken in that way; nothing, when it is not.
support::Between between(Breakage breakage, Chance& chance);
/// The same for the network.
Network::Swallow swallow(Breakage breakage);

}  // namespace sanad::sim
