#pragma once

#include "core/base/clock_watch.h"
#include "core/base/counters.h"
#include "core/casework/clocks.h"
#include "core/casework/taxonomy.h"
#include "core/federation/appliers.h"
#include "core/federation/attachments.h"
#include "core/federation/audit_witness.h"
#include "core/federation/erasures.h"
#include "core/federation/links.h"
#include "core/federation/referrals.h"
#include "core/federation/rosters.h"
#include "core/federation/taking_up.h"
#include "core/store/audit.h"
#include "core/store/engine.h"
#include "core/store/feed.h"
#include "core/store/timers.h"
#include "tests/support/memory_store.h"

#include <memory>
#include <set>
#include <string>

// The federating half of a node, on a store in memory and without threads, for tests and the
// simulator: real engine, real records, real logs, real links.
namespace sanad::support {

/// Few terms of each list that a referral needs, so that a test needs no file.
casework::Taxonomies small_taxonomies();

/// A sound request from one helpline to another; `case_code` tells several apart.
casework::ReferralRequest sample_request(const std::string& case_code, const NodeId& recipient,
                                         casework::Urgency urgency);

/// What outlives a node's process: its disk, with the node's own key on it, and its keys.
struct Machine {
    Machine(std::string node_id, Entropy& entropy);

    /// What the directory says of it. endpoints  none: it dials only
    federation::Peer peer(std::vector<std::string> endpoints = {}) const;

    NodeId id;
    trust::SigningKey signing;
    trust::SealingKey sealing;
    trust::TransportKey transport;
    trust::SymmetricKey vault_key;
    store::StoreId store_id;
    MemoryDisk disk;
};

/// A directory of these machines.
federation::PeerTable directory_of(std::initializer_list<const Machine*> machines);

/// What a node is given from outside; all of it outlives the node.
struct Surroundings {
    const Clock& clock;
    Entropy& entropy;
    Log& log;
    federation::Peers& peers;
    const casework::Taxonomies& taxonomies;
    const casework::Clocks& clocks;
};

class FederationNode;

/// What a test puts between the parts, to see or to spoil what passes. All may be empty.
struct Between {
    /// Between the links and the referrals.
    std::function<std::unique_ptr<federation::Applier>(federation::Applier& appliers)> applier;
    /// Between all parts and the store.
    std::function<std::unique_ptr<store::Store>(std::unique_ptr<store::Store>)> store;
    /// Before the node's own participants of the engine: whose changes are made when they are told.
    std::function<void(FederationNode&)> first{};
    /// Kinds of entries that this build does not know, as an older one would not.
    std::set<federation::BodyKind> unknown{};
};

/// One life of a node, from start to crash. threads  one, which is engine and transport in turn
class FederationNode {
public:
    /// The machine has no other node running.
    FederationNode(Machine& machine, const Surroundings& around, federation::Transport& transport,
                   const Between& between = {});

    /// Submits one command and runs everything that waits. returns  the command's answer
    Result<void> run(store::Engine::Work work);

    /// The transport thread's share of turn(): what was posted to it.
    bool run_posted();
    bool has_posted() const { return posted_; }

    /// What the two threads would do now: posted work, then one group of commands. returns whether
    /// there was anything to do
    bool turn();

    /// As the node does it: the referral clocks that are due, and all of them when the clock was
    /// set back or the node has just started.
    Result<void> run_timers(Time now);

    /// errors  those of Referrals::find
    Result<casework::ReferralRecord> referral(const ReferralId& id);
    Result<std::vector<casework::ReferralRecord>> all_referrals();

    /// From our side, with an audit entry, as the API does it.
    Result<ReferralId> request(const NodeId& to, casework::ReferralRequest request);
    Result<void> move(const ReferralId& id, casework::ReferralEventKind kind,
                      const std::string& reason = {}, const std::string& text = {});

private:  // here, because what follows is ended first and may still post
    Result<void> run_timers(const std::vector<store::Timer>& timers, Time now);

    const Clock& clock_;
    ClockWatch clock_watch_{clock_};
    bool posted_ = false;

public:  // in the order of their making
    Counters counters;
    trust::Vault vault;
    std::unique_ptr<MemoryStore> memory;
    std::unique_ptr<store::Store> store;
    store::Keyring keyring;
    store::Records records;
    store::Engine engine;
    std::unique_ptr<store::Audit> audit;
    std::unique_ptr<store::Feed> feed;
    store::Timers timers;
    std::unique_ptr<federation::LinkLogs> logs;
    std::unique_ptr<federation::LinkFreezes> freezes;
    std::unique_ptr<federation::Parking> parking;
    std::unique_ptr<federation::Referrals> referrals;
    std::unique_ptr<federation::AuditWitness> witness;  // idle until a test calls start()
    std::unique_ptr<federation::Rosters> rosters;
    std::unique_ptr<federation::Erasures> erasures;
    federation::Appliers appliers;
    std::unique_ptr<federation::Attachments> attachments;
    std::unique_ptr<federation::Applier> wrapped;
    std::unique_ptr<federation::Links> links;
};

}  // namespace sanad::support
