#pragma once

#include "core/base/counters.h"
#include "core/federation/parking.h"
#include "core/store/audit.h"
#include "core/store/engine.h"
#include "core/store/feed.h"

#include <array>
#include <set>
#include <vector>

namespace sanad::federation {

/// Takes up what an older build of this node had to park: entries of a kind, or with a word or a
/// value, that it did not know and that this build knows. It runs at each start, before anything
/// new is heard, so that what comes later finds it in its place.
///
/// Each log goes in its order, urgent first. An entry leaves the parking in the transaction that
/// applies it, so that it is applied once whatever happens between; audit (`link.unparked`) and
/// feed tell of it. What was parked only because that entry was missing, about the same subject,
/// follows. What still cannot be applied stays as it was, and nothing is said of it again; so do
/// messages about audit logs, which mean nothing after their round.
///
/// The peer holds our refusal, and the wire has no word that takes one back: nothing is said of the
/// taking up itself. What this node says next about the matter tells that it was heard.
class TakingUp {
public:
    static constexpr std::uint32_t per_log_max = 10'000;  // parked entries looked at in a start
    static constexpr std::uint32_t at_once = 256;         // of them in one transaction

    /// All of it outlives the object.
    struct Parts {
        store::Store& store;
        store::Engine& engine;
        store::Audit& audit;
        store::Feed& feed;
        LinkLogs& logs;
        Parking& parking;
        Applier& applier;
        const Clock& clock;
        Counters& counters;
    };
    explicit TakingUp(Parts parts) : parts_(parts) {}

    /// returns  how many entries were taken up
    /// errors   those of the store: what is not taken up by then stays parked for the next start
    /// threads  engine, before the links start
    Result<std::uint64_t> run();

private:
    using Subjects = std::set<std::array<std::uint8_t, 16>>;
    /// What one transaction comes to.
    struct Piece {
        Subjects subjects;  // of this peer, about which something was taken up
        std::uint64_t taken_up = 0;
    };

    Result<void> run_log(const LaneId& lane, Subjects& subjects);
    Result<void> run_piece(const LaneId& lane, const std::vector<Parking::Parked>& parked,
                           Subjects& subjects);
    Result<void> try_one(store::Draft& draft, const LaneId& lane, const Parking::Parked& parked,
                         Piece& piece);
    Result<std::optional<ReceivedEntry>> open(store::Snapshot& from, const LaneId& lane,
                                              std::uint64_t index);
    Result<void> take_out(store::Draft& draft, const ReceivedEntry& entry, const KeyId& owner,
                          Time now);

    Parts parts_;
    std::uint64_t taken_up_ = 0;
};

}  // namespace sanad::federation
