#pragma once

#include "tests/sim/site.h"

#include <memory>
#include <vector>

namespace sanad::sim {

using Sites = std::vector<std::unique_ptr<Site>>;

/// What must hold at any moment: of each referral somebody is responsible, by what their own node
/// knows. Two may be; none may not, not even while a word is on its way.
void check_owners(const Sites& sites, Findings& findings);

/// Whether everything that was said is receipted and the peers hold it: nothing more will happen.
bool is_at_rest(const Sites& sites);

/// What must hold when all is at rest: one truth at both ends of each log and of each referral,
/// every answered act there exactly once, every log receipted to its end, every audit sound,
/// nothing parked, no link frozen.
void check_end(const Sites& sites, const Ledger& ledger, Findings& findings);

}  // namespace sanad::sim
