#pragma once

#include "core/base/counters.h"
#include "core/casework/clocks.h"
#include "core/casework/referral_event.h"
#include "core/casework/referral_record.h"
#include "core/federation/listener.h"
#include "core/federation/on_call.h"
#include "core/federation/parking.h"
#include "core/store/feed.h"
#include "core/store/timers.h"

#include <functional>
#include <memory>
#include <vector>

namespace sanad::federation {

inline constexpr std::uint16_t referral_timer = 1;  // store::Timer::kind of referral clocks

/// The referrals of this node: what it asks of others and what others ask of it. Their events live
/// in the link logs; this keeps where each one stands, and what they add up to.
/// It applies the entries of kind `referral`.
class Referrals final : public Applier {
public:
    static constexpr std::uint32_t referrals_told_max = 100'000;

    /// All of it outlives the referrals.
    struct Parts {
        store::Records& records;
        store::Timers& timers;
        store::Feed& feed;
        LinkLogs& logs;
        Parking& parking;
        const casework::Taxonomies& taxonomies;
        const casework::Clocks& clocks;
        Entropy& entropy;
        Counters& counters;
        OnCall* on_call = nullptr;  // null: alarms name nobody
    };

    static Result<std::unique_ptr<Referrals>> open(store::Store& store, Parts parts);

    /// Whether a new request of a peer may be taken in; what is refused is parked with the detail
    /// of the error as its reason.
    using Admit = std::function<Result<void>(const NodeId& from, const casework::ReferralRequest&)>;
    /// Before the links start; without it, everything is taken in.
    void admit_by(Admit admit) { admit_ = std::move(admit); }

    // ------------------------------------------------------------------ threads  engine

    /// Asks `to` for help: makes the referral, its key and its first event. The caller has checked
    /// consent and policy. errors  those of check_message, PeerSealing and the store
    Result<casework::ReferralRecord> request(store::Draft& draft, const NodeId& to,
                                             const CaseId& case_id, const ConsentId& consent_id,
                                             casework::ReferralRequest request, Time now);

    /// Says something more about a referral, on our side of it.
    /// errors  not_found · denied: the rule that forbids it now · those of check_message
    Result<casework::ReferralRecord> move(store::Draft& draft, const ReferralId& id,
                                          casework::ReferralEventKind kind, std::string reason,
                                          std::string text, Time now);

    /// Asks another node in the place of one that did not help: opens a withdraw request for the
    /// old referral where nothing is decided, and makes the new one, each naming the other.
    /// errors  those of request(), not_found
    Result<casework::ReferralRecord> follow(store::Draft& draft, const ReferralId& id,
                                            const NodeId& to, const ConsentId& consent_id,
                                            casework::ReferralRequest what, Time now);

    /// Who is told when a clock runs out; it outlives the referrals. Before the first command.
    void use(OnCall& on_call) { parts_.on_call = &on_call; }
    /// Is told what the other side says; it outlives the referrals. Before the first command.
    void tell(Listener& listener) { listener_ = &listener; }

    Result<KeyId> apply(store::Draft& draft, const ReceivedEntry& entry, Time now) override;

    /// How long the clocks of what came back wait for what the peer has said meanwhile.
    static constexpr Duration recovery_grace = std::chrono::minutes(10);
    /// What came back of our own. A request whose case the backup does not have makes a referral
    /// without a case.
    Result<KeyId> apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) override;
    Result<KeyId> take_back(store::Draft& draft, const ReceivedEntry& entry) override;
    Result<Again> say_again(store::Draft& draft, const LaneId& lane, const Body& body,
                            Time now) override;

    /// The peer has certified that it destroyed what it held of a referral of ours: ends its clocks
    /// and its waiting for what the peer said last. Nothing, when it is not here any more.
    Result<void> end_erased(store::Draft& draft, const ReferralId& id, Time now);

    /// Removes the record of a referral whose key is about to be destroyed, and its timer; the
    /// places of its events stay.
    Result<void> forget(store::Draft& draft, const ReferralId& id);

    /// What the referral's clocks have due, each once: steps and alarms in the feed, and what this
    /// node says by itself (expire, close_unconfirmed). Also after this machine's clock was set
    /// back: a limit that would stand still until it is there again runs from now.
    Result<void> on_timer(store::Draft& draft, const ReferralId& id, Time now);

    /// Tells the feed of each open referral that waits for `peer`, which is heard no more: a person
    /// has to find another way for the child. It looks at the newest referrals_told_max.
    /// errors  those of the store
    Result<void> peer_revoked(store::Draft& draft, const NodeId& peer, Time now);

    // ------------------------------------------------------------------ threads  any

    /// The record, with storedAt filled in from the receipts. errors  not_found
    Result<casework::ReferralRecord> find(store::Snapshot& from, const ReferralId& id);
    /// Newest first, at most `limit`.
    Result<std::vector<casework::ReferralRecord>> list(store::Snapshot& from, std::uint32_t limit);

    struct Place {
        LaneId lane;
        std::uint64_t index = 0;
    };
    /// Where in the link logs one event stands. errors  not_found
    Result<Place> place(store::Snapshot& from, const casework::ReferralRecord& record,
                        casework::Side writer, std::uint32_t index);
    /// One event, by who wrote it and where it stands.
    struct Said {
        casework::Side writer{};
        std::uint32_t index = 0;  // in its writer's list
        Place place;
    };
    /// All events of a referral: the asker's in their order, then those of the asked. It needs no
    /// key, so it also finds what was erased. errors  not_found: no such referral
    Result<std::vector<Said>> said(store::Snapshot& from, const ReferralId& id);
    /// The event in full.
    Result<casework::ReferralMessage> message(store::Snapshot& from,
                                              const casework::ReferralRecord& record,
                                              casework::Side writer, std::uint32_t index);

    LinkLogs& logs() { return parts_.logs; }

    Referrals(Parts parts, store::SealedTable records, store::SealedTable places)
        : parts_(parts), records_(std::move(records)), places_(std::move(places)) {}

private:
    Result<casework::ReferralRecord> load(store::Snapshot& from, const ReferralId& id);
    Result<void> save(store::Writer& writer, const casework::ReferralRecord& record);
    Result<void> say(store::Draft& draft, casework::ReferralRecord& record,
                     casework::ReferralMessage message, Time now);
    Result<casework::ReferralRecord> begin(store::Draft& draft, const ReceivedEntry& entry,
                                           const casework::ReferralMessage& message, Time now);
    static void complete(casework::ReferralRecord& record, const casework::ReferralMessage& message,
                         Time now);
    Result<std::optional<casework::ReferralRecord>> begin_own(
        store::Draft& draft, const ReceivedEntry& entry, const casework::ReferralMessage& message);
    Result<std::optional<casework::ReferralMessage>> own_message(const Body& body) const;
    Result<bool> came_back(store::Draft& draft, casework::ReferralRecord& record,
                           const casework::ReferralMessage& message);
    Result<void> remember_place(store::Writer& writer, const casework::ReferralRecord& record,
                                casework::Side writer_side, std::uint32_t event,
                                const Place& place);
    Result<void> forget_place(store::Writer& writer, const casework::ReferralRecord& record,
                              std::uint32_t event);
    /// Stores the record, with the timer for what its clocks have next, not before that span.
    Result<void> keep(store::Draft& draft, casework::ReferralRecord& record, Time now,
                      Duration not_before = {});
    Result<void> tell_step(store::Draft& draft, const casework::ReferralRecord& record,
                           const casework::DueStep& step, Time now);
    Result<void> run(store::Draft& draft, casework::ReferralRecord& record, casework::ClockAct act,
                     Time now);
    Result<void> alarm(store::Draft& draft, const casework::ReferralRecord& record,
                       casework::StepAction action, const char* name, std::string_view limit,
                       Time now, std::uint64_t number = 0);
    void tell(store::Draft& draft, const casework::ReferralRecord& record, const char* name,
              Time now, std::uint64_t number = 0);

    Parts parts_;
    Listener* listener_ = nullptr;
    Admit admit_;
    store::SealedTable records_;  // referral id -> ReferralRecord
    store::SealedTable places_;   // referral id, writer, index -> PlaceRecord
};

/// The key under which everything of a referral is kept at rest.
inline KeyId key_of(const ReferralId& id) { return KeyId{id.bytes}; }

}  // namespace sanad::federation
