#pragma once

#include "core/federation/links.h"
#include "core/trust/checkpoint.h"
#include "tests/unit/federation/two_nodes.h"

#include <catch2/catch.hpp>

#include <vector>

// What must hold of the logs of two nodes at rest.
namespace sanad::support {

inline federation::LaneEnd end_of(FederationNode& node, const federation::LaneId& lane) {
    return node.logs->end(*node.store->snapshot().value(), lane).value();
}

inline std::vector<federation::LoggedEntry> entries_of(FederationNode& node,
                                                       const federation::LaneId& lane) {
    return node.logs->read(*node.store->snapshot().value(), lane, 0, 10'000, SIZE_MAX).value();
}

/// Both ends of one log are the same, to the byte, and the last head is cosigned.
inline void check_same_log(FederationNode& from, const Machine& from_machine, FederationNode& to,
                           const Machine& to_machine, federation::Lane lane) {
    const federation::LaneId out{to_machine.id, federation::Direction::out, lane};
    const federation::LaneId in{from_machine.id, federation::Direction::in, lane};
    const auto sent = entries_of(from, out);
    const auto received = entries_of(to, in);
    REQUIRE(sent.size() == received.size());
    for (std::size_t i = 0; i < sent.size(); ++i) CHECK(sent[i].raw == received[i].raw);
    const auto end = end_of(from, out);
    CHECK(end.receipted.size() == sent.size());
    if (sent.empty()) return;
    const auto receipt = trust::open_cosigned_checkpoint(
        end.note, from_machine.peer().head_verifier(), to_machine.peer().receipt_verifier());
    REQUIRE(receipt.has_value());
    CHECK(receipt->checkpoint.size == sent.size());
}

inline void check_all_logs(TwoNodes& world) {
    for (const federation::Lane lane : federation::all_lanes) {
        check_same_log(*world.ma, world.ma_machine, *world.tn, world.tn_machine, lane);
        check_same_log(*world.tn, world.tn_machine, *world.ma, world.ma_machine, lane);
    }
    for (auto* node : {&*world.ma, &*world.tn}) {
        CHECK(node->audit->verify(*node->store->snapshot().value()).has_value());
        CHECK(node->counters.count("link.parked") == 0);
    }
}

}  // namespace sanad::support
