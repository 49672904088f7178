#pragma once

#include "tests/sim/breakage.h"
#include "tests/sim/plan.h"
#include "tests/sim/trace.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sanad::sim {

/// What one run showed.
struct Outcome {
    std::vector<std::string> findings;  // empty: everything held
    std::uint64_t hash = 0;             // of the trace
    std::size_t acts = 0;
    std::size_t answered = 0;
    std::size_t referrals = 0;
    unsigned crashes = 0;
};

/// One run of the referral story, from its seed alone: helplines ask each other for help on a bad
/// network, while machines end at any write, disks are full and clocks are set; then the network
/// heals, everybody finishes what was begun, and the checker looks.
Outcome run_story(std::uint64_t seed, const Plan& plan, Breakage breakage, Show show);

}  // namespace sanad::sim
