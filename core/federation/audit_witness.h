#pragma once

#include "core/base/counters.h"
#include "core/base/log.h"
#include "core/federation/applier.h"
#include "core/federation/audit_book.h"
#include "core/federation/link_logs.h"
#include "core/federation/parking.h"
#include "core/federation/peers.h"
#include "core/store/audit_check.h"
#include "core/store/feed.h"
#include "core/store/timers.h"

#include <memory>
#include <vector>

namespace sanad::federation {

inline constexpr std::uint16_t audit_round_timer = 7;  // store::Timer::kind
inline constexpr std::uint16_t audit_check_timer = 8;
inline constexpr std::size_t audit_witnesses = 2;
inline constexpr Duration audit_round_default = std::chrono::hours(1);
/// How many rounds an owner may take to answer a question about its heads.
inline constexpr int audit_answer_rounds = 24;
/// Between two heads of one log; beyond it a proof is not made.
inline constexpr std::uint32_t audit_growth_entries_max = 200'000;
/// Of one peer in one round; what is over it is parked. A week of absence is below it.
inline constexpr std::uint32_t audit_messages_max = 512;

/// Who cosigns the audit log of `self`: those of `named` that are active, else two active peers,
/// the same ones for everybody who has this directory. At most audit_witnesses.
std::vector<NodeId> choose_witnesses(const NodeId& self, const std::vector<NodeId>& named,
                                     const PeerTable& table);

/// The witnessed audit. Once a round the node signs the head of its own audit log and lets two
/// peers cosign it, with the proof that it grew out of what each of them cosigned last; and it
/// passes on to all peers which heads of others it has cosigned since. Every head is kept. Two
/// signed heads that cannot be of one growing log are an alarm: a log that was cut or rewritten, or
/// a node that tells two stories to two peers. All of it travels as entries of the link logs, so
/// that what a node has said of its audit log is itself in a log that it cannot take back. threads
/// engine, where nothing else is said
class AuditWitness final : public Applier {
public:
    /// All of it outlives the witness.
    struct Parts {
        store::Records& records;
        store::Audit& audit;
        store::Feed& feed;
        store::Timers& timers;
        LinkLogs& logs;
        Parking& parking;
        Peers& peers;
        const trust::SigningKey& signing;
        Entropy& entropy;
        Log& log;
        Counters& counters;
        Duration round = audit_round_default;
        int check_hour = 3;               // UTC, of the nightly walk
        std::vector<NodeId> witnesses{};  // named by the configuration; none: chosen
    };

    static Result<std::unique_ptr<AuditWitness>> open(store::Store& store, Parts parts);

    /// Sets the timers of the next round and of the next nightly walk, unless they run already. A
    /// command of the start.
    Result<void> start(store::Draft& draft, Time now);
    /// A round; sets the timer of the next one. The caller has cleared this one.
    Result<void> on_timer(store::Draft& draft, Time now);

    /// The nightly walk is due: sets the timer of the next. The caller then walks, elsewhere.
    Result<void> on_check_timer(store::Draft& draft, Time now);
    /// Keeps and tells what a walk found.
    Result<void> checked(store::Draft& draft, const AuditChecked& found);

    /// The heads that the whole log must agree with, and who holds them beside this node.
    /// threads  any
    Result<std::vector<store::AuditCheck::Head>> heads_to_agree(store::Snapshot& from) const;

    Result<KeyId> apply(store::Draft& draft, const ReceivedEntry& entry, Time now) override;

    /// A head of our own that came back with our lost past: a log that is shorter than what it
    /// signed was restored from a backup, and that is an alarm like any other.
    Result<KeyId> apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) override;
    /// Nothing is said again: the next round says what is true then.
    Result<Again> say_again(store::Draft& /*draft*/, const LaneId& /*lane*/, const Body& /*body*/,
                            Time /*now*/) override {
        return Again::said;
    }

    /// A person has looked into the alarm: the next head of that log is taken as a new beginning.
    /// The evidence stays. errors  not_found · denied: acknowledged already
    Result<void> acknowledge(store::Draft& draft, const std::array<std::uint8_t, 16>& id,
                             const std::string& actor);

    /// threads  any
    const AuditBook& book() const { return book_; }
    std::vector<NodeId> witnesses() const;

    AuditWitness(Parts parts, AuditBook book) : parts_(std::move(parts)), book_(std::move(book)) {}

private:
    using Head = trust::Checkpoint;

    // Our own log: audit_owner.cpp.
    Result<OwnAuditHead> sign_head(store::Draft& draft, Time now);
    Result<std::optional<trust::Proof>> growth(store::Snapshot& from, std::uint64_t older,
                                               const OwnAuditHead& newer);
    Result<void> ask_witness(store::Draft& draft, const NodeId& witness, const OwnAuditHead& head,
                             Time now);
    Result<void> on_cosigned(store::Draft& draft, const Peer& peer, const AuditCosigned& message,
                             Time now);
    Result<void> on_refused(store::Draft& draft, const Peer& peer, const AuditRefused& message,
                            Time now);
    Result<void> on_question(store::Draft& draft, const Peer& peer, const AuditQuestion& message,
                             Time now);
    Result<bool> is_ours(store::Snapshot& from, const Head& head);

    // Others' logs: audit_witness.cpp.
    Result<void> on_request(store::Draft& draft, const Peer& peer,
                            const AuditCosignRequest& message, Time now);
    Result<void> cosign(store::Draft& draft, SeenAuditHead head, Time now);
    Result<void> on_seen(store::Draft& draft, const Peer& peer, const AuditSeen& message, Time now);
    Result<void> learn(store::Draft& draft, SeenAuditHead head, Time now);
    Result<void> ask_owner(store::Draft& draft, SeenAuditHead head, const AuditPosition& known,
                           Time now);
    Result<void> on_answer(store::Draft& draft, const Peer& peer, const AuditAnswer& message,
                           Time now);
    Result<void> share(store::Draft& draft, Time now);
    Result<void> give_up_waiting(store::Draft& draft, Time now);
    Result<void> raise(store::Draft& draft, AuditAlarm alarm);

    Result<SeenAuditHead> read_head(const AuditGrowth& growth, const Peer& owner,
                                    const NodeId& told_by, Time now) const;
    void say(store::Draft& draft, const NodeId& peer, const AuditMessage& message, Time now);

    Parts parts_;
    AuditBook book_;
    std::map<NodeId, std::uint32_t> messages_;  // of each peer since the last round
};

}  // namespace sanad::federation
