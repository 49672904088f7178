#pragma once

#include "core/base/counters.h"
#include "core/base/log.h"
#include "core/federation/applier.h"
#include "core/federation/exchange.h"
#include "core/federation/link_logs.h"
#include "core/federation/log_tree.h"
#include "core/federation/recovery_message.h"
#include "core/store/audit.h"
#include "core/store/engine.h"
#include "core/store/feed.h"
#include "core/trust/checkpoint.h"

#include <functional>
#include <map>
#include <optional>

namespace sanad::federation {

inline constexpr Topic recovery_topic = Topic::recovery;

/// A node whose own log is shorter than what its peer holds (it was restored from a backup) gets
/// the end of it back from that peer. What comes back is proven by the head that this node itself
/// had signed; what this node wrote since the restore stood at the same places, was never shown to
/// anybody, and is said again behind it. No fork is made, and nothing is lost.
///
/// It also gives back to others what they ask for of theirs. threads  transport
class LinkRecovery final : public Exchange {
public:
    static constexpr double asks_per_second = 50;  // that we answer, of each peer
    static constexpr double asks_burst = 100;
    static constexpr Duration again_first{2'000};  // no answer: ask again after so long, doubling
    static constexpr Duration again_longest{30'000};
    static constexpr unsigned unfit_returns_max = 5;  // one after the other: then it is a fork
    static constexpr Duration tree_kept = std::chrono::minutes(1);

    /// All of it outlives the recovery.
    struct Parts {
        store::Store& store;
        store::Engine& engine;
        store::Audit& audit;
        store::Feed& feed;
        LinkLogs& logs;
        Applier& applier;
        const trust::SealingKey& sealing;
        const Clock& clock;
        Log& log;
        Counters& counters;
    };

    /// What the sessions do for it. threads  transport, but for post()
    class Sessions {
    public:
        virtual ~Sessions() = default;
        virtual Result<void> say_beside(const NodeId& peer, Topic topic, ByteView payload) = 0;
        virtual void post_work(std::function<void()> work) = 0;
        virtual bool is_frozen(const NodeId& peer) const = 0;
        virtual void drop_frame(const NodeId& peer, const char* why) = 0;
        /// One lane is whole again.
        virtual void recovered(const LaneId& lane) = 0;
        /// What the peer gives back does not fit what it has receipted.
        virtual void unfit(const LaneId& lane, const std::string& shown_head) = 0;
    };

    LinkRecovery(const Parts& parts, Sessions& sessions) : parts_(parts), sessions_(sessions) {}

    /// Asks for our own log `lane` as `head` (our own signature under it is verified) says it was.
    /// While this runs nothing else begins for the lane.
    void begin(const LaneId& lane, const trust::Checkpoint& goal, const std::string& head);

    /// Whether some lane of that peer is incomplete: then nothing is pushed to it or taken from it.
    bool is_running(const NodeId& peer) const;
    bool is_running(const LaneId& lane) const { return works_.contains(lane); }
    /// Asks again now, as when a connection came up.
    void hurry(const NodeId& peer);
    void stop(const NodeId& peer);

    struct Progress {
        LaneId lane;
        std::uint64_t have = 0;
        std::uint64_t wanted = 0;
    };
    std::vector<Progress> progress(const NodeId& peer) const;

    void received(const NodeId& peer, ByteView payload) override;
    void tick() override;

private:
    struct Work {
        trust::Checkpoint goal;
        std::string head;
        trust::Frontier end;  // proven so far, and on disk
        Duration again_at{0};
        Duration again{again_first};
        bool in_engine = false;
        unsigned unfit = 0;
    };
    /// Entries that came back and are proven.
    struct Batch {
        struct Item {
            LoggedEntry logged;
            ReceivedEntry entry;
            std::optional<LinkKey> key;
        };
        LaneId lane;
        std::vector<Item> items;
        trust::Frontier end;
        std::string head;
        bool is_last = false;
    };
    struct Tree {
        LaneId lane;
        LogTree tree;
        Duration used_at{0};
    };
    struct Bucket {
        double tokens = asks_burst;
        Duration at{0};
    };

    void ask(const LaneId& lane, Work& work);
    void on_returned(const NodeId& peer, Returned returned);
    Result<Batch> open_batch(const LaneId& lane, const Work& work, Returned returned,
                             trust::Frontier end);
    void open_item(Batch::Item& item, std::optional<LinkKey>& key);
    Result<void> apply(store::Draft& draft, const Batch& batch);
    Result<void> put_back(store::Draft& draft, const Batch& batch, const Batch::Item& item,
                          Time now);
    Result<void> set_aside(store::Draft& draft, const LaneId& lane, std::uint64_t from);
    Result<void> say_again(store::Draft& draft, const LaneId& lane, Time now);
    void stored(const LaneId& lane, const trust::Frontier& end, bool is_last,
                const Result<void>& result);

    void on_ask(const NodeId& peer, const RestoreAsk& ask);
    Result<Returned> read_back(store::Snapshot& from, const LaneId& lane, std::uint64_t first,
                               std::uint64_t size);
    Result<const LogTree*> tree(store::Snapshot& from, const LaneId& lane, std::uint64_t size);
    bool admit(const NodeId& peer, double cost);

    Parts parts_;
    Sessions& sessions_;
    std::map<LaneId, Work> works_;
    std::map<NodeId, Bucket> buckets_;
    std::optional<Tree> tree_;
};

}  // namespace sanad::federation
