#pragma once

#include "core/base/counters.h"
#include "core/casework/erasure.h"
#include "core/federation/parking.h"
#include "core/federation/referrals.h"
#include "core/store/feed.h"
#include "core/store/timers.h"

#include <functional>
#include <memory>
#include <vector>

namespace sanad::federation {

inline constexpr std::uint16_t erasure_timer = 21;  // store::Timer::kind of erasures

/// Erasing referrals: asking the peer to, and answering when it asks. An erased referral's key is
/// destroyed, and with it everything kept under it, here and in every backup; the leaf hashes of
/// its entries stay, so that the logs keep their proofs.
class Erasures final : public Applier {
public:
    /// All of it outlives the erasures.
    struct Parts {
        store::Records& records;
        store::Timers& timers;
        store::Feed& feed;
        LinkLogs& logs;
        Referrals& referrals;
        Parking& parking;
        const casework::Taxonomies& taxonomies;
        Counters& counters;
    };
    static Result<std::unique_ptr<Erasures>> open(store::Store& store, Parts parts);

    /// Whether a referral that nobody here accepted is erased without asking a person.
    using Automatic = std::function<bool()>;
    /// Before the links start; without it, a person decides.
    void answer_by(Automatic automatic) { automatic_ = std::move(automatic); }

    // ------------------------------------------------------------------ threads  engine

    /// Asks the peer of a referral of ours to erase it; again, after a hold, is possible.
    /// errors  not_found · denied: wrong_side (the peer asked us for it), already_ended (erased),
    ///         conflict (asked already), node_unknown · those of the store
    Result<casework::Erasure> request(store::Draft& draft, const ReferralId& id, std::string reason,
                                      Time now);

    /// A person decided to erase what the peer asked for: destroys the key and says so, signed.
    /// errors  not_found: nobody asked · denied: already_ended
    Result<casework::Erasure> erase(store::Draft& draft, const ReferralId& id, Time now);

    /// A person decided that the law forbids it until a date. errors  those of check_erasure(),
    /// and of erase()
    Result<casework::Erasure> hold(store::Draft& draft, const ReferralId& id, std::string reason,
                                   std::string law, Time until, Time now);

    /// Destroys what this node itself keeps of a referral, whoever asked for it.
    Result<void> destroy_own(store::Draft& draft, const ReferralId& id, Time now);

    Result<KeyId> apply(store::Draft& draft, const ReceivedEntry& entry, Time now) override;

    /// What we said of an erasure comes back from a peer after a restore, and is done again: a
    /// certificate destroys the key, a request waits for its answer.
    Result<KeyId> apply_own(store::Draft& draft, const ReceivedEntry& entry, Time now) override;

    /// The steps of an erasure's clock, each once, and the end of a hold.
    Result<void> on_timer(store::Draft& draft, const ReferralId& id, Time now);

    // ------------------------------------------------------------------ threads  any

    /// errors  not_found: nobody asked to erase it
    Result<casework::Erasure> find(store::Snapshot& from, const ReferralId& id);
    /// By referral, newest first, at most `limit`.
    Result<std::vector<casework::Erasure>> list(store::Snapshot& from, std::uint32_t limit);

    Erasures(Parts parts, store::SealedTable table) : parts_(parts), table_(std::move(table)) {}

private:
    Result<KeyId> apply_request(store::Draft& draft, const ReceivedEntry& entry,
                                const casework::ErasureMessage& message, Time now);
    Result<KeyId> apply_answer(store::Draft& draft, const ReceivedEntry& entry,
                               const casework::ErasureMessage& message, Time now);
    Result<void> certify(store::Draft& draft, casework::Erasure& erasure, Lane lane, Time now);
    Result<void> say_hold(store::Draft& draft, const casework::Erasure& erasure, Lane lane,
                          Time now);
    Result<void> say(store::Draft& draft, const casework::Erasure& erasure,
                     const casework::ErasureMessage& message, Lane lane, Time now);
    Result<void> save(store::Draft& draft, const casework::Erasure& erasure, const char* name,
                      Time now);
    Result<std::optional<casework::Erasure>> look(store::Snapshot& from, const ReferralId& id);

    Parts parts_;
    Automatic automatic_;
    store::SealedTable table_;  // referral id -> ErasureRecord
};

/// SHA-256 of the id that the destroyed key had: what a certificate names.
casework::KeyHash key_hash_of(const ReferralId& id);

}  // namespace sanad::federation
