#pragma once

#include "tests/support/federation_node.h"
#include "tests/support/wire.h"
#include "tests/support/world.h"

#include <optional>

namespace sanad::support {

/// Morocco and Tunisia on one wire, as these tests need them: nothing moves but by `settle`.
struct TwoNodes {
    TwoNodes() { start(); }

    void start() {
        start_ma();
        start_tn();
        ma->links->connected(tn_machine.id);
        tn->links->connected(ma_machine.id);
        settle();
    }
    void start_ma() { ma.emplace(ma_machine, around, wire.port(ma_machine.id)); }
    void start_tn() { tn.emplace(tn_machine, around, wire.port(tn_machine.id)); }

    /// Delivers and works until nothing is left to do; no time passes.
    void settle() {
        for (bool busy = true; busy;) {
            busy = ma->turn();
            busy = tn->turn() || busy;
            while (!wire.letters.empty()) {
                deliver_one();
                busy = true;
            }
        }
    }

    void deliver_one() {
        const Letter letter = std::move(wire.letters.front());
        wire.letters.pop_front();
        auto& node = letter.to == ma_machine.id ? *ma : *tn;
        node.links->received(letter.from, letter.frame);
    }

    /// Lets the clocks of both links come round, as when an answer was overdue.
    void wait(Duration span) {
        for (Duration passed{0}; passed < span; passed += Duration{100}) {
            clock.advance(Duration{100});
            ma->links->tick();
            tn->links->tick();
            settle();
        }
    }

    casework::ReferralState state_at(FederationNode& node, const ReferralId& id) {
        const auto record = node.referral(id);
        return record ? casework::view_of(*record).state : casework::ReferralState::none;
    }

    TestClock clock;
    TestEntropy entropy{11};
    NullLog log;
    Machine ma_machine{"ma.cmrpi", entropy};
    Machine tn_machine{"tn.amal", entropy};
    federation::Peers peers{directory_of({&ma_machine, &tn_machine})};
    casework::Taxonomies taxonomies = small_taxonomies();
    casework::Clocks clocks = casework::default_clocks();
    Surroundings around{clock, entropy, log, peers, taxonomies, clocks};
    Wire wire;
    std::optional<FederationNode> ma;
    std::optional<FederationNode> tn;
};

}  // namespace sanad::support
