#pragma once

#include "tests/sim/breakage.h"
#include "tests/sim/ledger.h"
#include "tests/sim/plan.h"
#include "tests/support/federation_node.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sanad::sim {

/// What was found wrong; the first one ends the run.
using Findings = std::vector<std::string>;

/// What all sites of one run share; all of it outlives them.
struct Setting {
    const Plan& plan;
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
    bool stormy = true;               // machines may end, stores may fail
    std::function<void()> committed;  // called when a node has written something
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

    /// Copies the disk, and some time later the machine starts again with that copy: it has to get
    /// its past back from its peers.
    void restore_later(Duration wait);
    /// Whether nothing of its past is missing any more, as far as `peer` is concerned.
    bool is_whole(const NodeId& peer);
    bool is_whole();
    /// Finds receipts that were given for what is not here.
    void check_promises();

    /// Every commit is refused for a while, or until have_space().
    void fill_disk(Duration span);
    void have_space();

    /// What stands in the node's referrals, read again only when it has written; empty when it
    /// cannot be read. Only while it is up.
    struct Standing {
        casework::ReferralRecord record;
        casework::ReferralView view;
    };
    const std::vector<Standing>& referrals();
    const Standing* find_referral(const ReferralId& id);

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
    void wrote();
    void tick();
    void tick_in(Duration wait);
    void be_awake();
    bool is_settled();
    Duration next_timer(Duration latest);
    void promise(const NodeId& peer, ByteView frame);
    bool holds(const federation::LaneId& lane, std::uint64_t size);
    void restore(const support::MemoryDisk& backup, std::size_t acts);
    void note_sizes();
    void receipt_at_once(const NodeId& from, ByteView bytes);

    Setting& setting_;
    WordEntropy entropy_;
    support::Machine machine_;
    MachineClock clock_;
    NullLog log_;
    support::MemoryDisk before_commit_;  // as it was before the last commit: early_ack only
    std::unique_ptr<support::FederationNode> node_;
    std::map<federation::LaneId, std::uint64_t> promised_;  // the largest receipt ever given
    unsigned life_ = 0;
    unsigned crashes_ = 0;
    bool will_work_ = false;
    std::uint64_t tick_number_ = 0;  // of the tick that counts: an earlier one was put off
    Duration tick_wait_{};
    Duration timers_ran_{};
    Duration links_ticked_{};
    Duration full_until_{};
    std::vector<Standing> referrals_;
    bool referrals_known_ = false;
    bool was_restored_ = false;
    std::map<federation::LaneId, std::uint64_t> lost_sizes_;  // of logs, before the restore
};

}  // namespace sanad::sim
