#pragma once

#include "tests/support/federation_node.h"
#include "tests/support/wire.h"
#include "tests/support/world.h"

#include <array>
#include <optional>

namespace sanad::support {

/// Three helplines on one wire, each linked with both others. Nothing moves but by `settle`.
struct ThreeNodes {
    ThreeNodes() {
        for (std::size_t i = 0; i < machines.size(); ++i) start(i);
        connect();
    }

    void start(std::size_t which) {
        nodes[which].reset();
        nodes[which].emplace(machines[which], around, wire.port(machines[which].id));
    }
    void connect() {
        for (auto& node : nodes)
            for (const auto& machine : machines)
                if (machine.id != node->logs->self()) node->links->connected(machine.id);
        settle();
    }
    /// As after a crash: in a new life, on the same disk.
    void restart(std::size_t which) {
        wire.letters.clear();
        start(which);
        connect();
    }

    /// Delivers and works until nothing is left to do; no time passes.
    void settle() {
        for (bool busy = true; busy;) {
            busy = false;
            for (auto& node : nodes) busy = node->turn() || busy;
            for (; !wire.letters.empty(); busy = true) {
                const Letter letter = std::move(wire.letters.front());
                wire.letters.pop_front();
                if (letter.to == lost) continue;
                for (auto& node : nodes)
                    if (node->logs->self() == letter.to)
                        node->links->received(letter.from, letter.frame);
            }
        }
    }

    TestEntropy entropy{3};
    TestClock clock;
    NullLog log;
    std::array<Machine, 3> machines{Machine("ma.cmrpi", entropy), Machine("tn.amal", entropy),
                                    Machine("dz.nada", entropy)};
    federation::Peers peers{directory_of({&machines[0], &machines[1], &machines[2]})};
    casework::Taxonomies taxonomies = small_taxonomies();
    casework::Clocks clocks = casework::default_clocks();
    Surroundings around{clock, entropy, log, peers, taxonomies, clocks};
    Wire wire;
    NodeId lost;  // what is sent to it gets lost
    std::array<std::optional<FederationNode>, 3> nodes;
};

}  // namespace sanad::support
