#pragma once

#include "tests/sim/breakage.h"
#include "tests/sim/ledger.h"
#include "tests/support/federation_node.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sanad::sim {

/// What was found wrong; the first one ends the run.
using Findings = std::vector<std::string>;

/// What all sites of one run share; all of it outlives them.
struct Setting {
    Schedule& schedule;
    Network& network;
    Chance& chance;
    Trace& trace;
    Ledger& ledger;
    Findings& findings;
    federation::Peers& peers;
    const casework::Taxonomies& taxonomies;
    const casework::Clocks& clocks;
    Breakage breakage = Breakage::none;
    bool stormy = true;  // machines may end, stores may fail
};

/// One helpline's machine, with its node while that runs. A node works in small steps that take
/// their turns at random: frames, what was posted, one group of commands, ticks.
class Site final : public federation::Transport {
public:
    Site(std::string id, Setting& setting);

    void start();
    /// The process ends here, as by kill -9.
    void crash();
    bool is_up() const { return node_ != nullptr; }
    /// Ends the node when its store has ended; called after all that it does.
    void after_work();

    void received(const NodeId& from, ByteView frame);
    /// A connection to or from `peer` came up.
    void connected(const NodeId& peer);
    /// Lets the node do its work a little later.
    void work_soon();

    /// Finds what an honest peer and an honest network never make a node count.
    void check_counters();

    const NodeId& id() const { return machine_.id; }
    const support::Machine& machine() const { return machine_; }
    /// The node; only while it is up.
    support::FederationNode& node() { return *node_; }
    MachineClock& clock() { return clock_; }
    unsigned crashes() const { return crashes_; }

    /// From the node to the network: what a node whose store has ended still says is not sent.
    Result<void> send(const NodeId& peer, ByteView frame) override;

private:
    void plan_store_fault();
    void work();
    void tick();
    void promise(const NodeId& peer, ByteView frame);
    bool holds(const federation::LaneId& lane, std::uint64_t size);
    void check_promises();

    Setting& setting_;
    test::CounterEntropy entropy_;
    support::Machine machine_;
    MachineClock clock_;
    NullLog log_;
    support::MemoryDisk before_commit_;  // as it was before the last commit: early_ack only
    std::unique_ptr<support::FederationNode> node_;
    std::map<federation::LaneId, std::uint64_t> promised_;  // the largest receipt ever given
    unsigned life_ = 0;
    unsigned crashes_ = 0;
    bool will_work_ = false;
};

}  // namespace sanad::sim
