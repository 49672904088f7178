#pragma once

#include "core/base/counters.h"
#include "core/base/log.h"
#include "core/federation/applier.h"
#include "core/federation/exchange.h"
#include "core/federation/link_freezes.h"
#include "core/federation/link_logs.h"
#include "core/federation/link_recovery.h"
#include "core/federation/peers.h"
#include "core/federation/transport.h"
#include "core/store/audit.h"
#include "core/store/engine.h"
#include "core/store/feed.h"

#include <deque>
#include <functional>
#include <map>
#include <mutex>

namespace sanad::federation {

/// The sessions of all links: pushes what our logs hold, checks what peers push, in the order of
/// cheap checks first, and exchanges receipts. It has no sockets and no threads of its own.
///
/// A node may have been restored from a backup without knowing it. So nothing is pushed to a peer,
/// and nothing taken from it, before the peer has said in this life of the process where it stands,
/// proven by our own signature. What we append before that is provisional: see LinkRecovery.
class Links final : public TransportEvents, private LinkRecovery::Sessions {
public:
    static constexpr std::size_t pushes_in_flight_max = 8;
    static constexpr std::size_t pushes_in_engine_max = 16;  // received, not yet on disk
    static constexpr Duration keepalive{15'000};
    static constexpr Duration receipt_kept{600'000};  // one of a log that rests is said again
    static constexpr Duration retry_first{500};
    static constexpr Duration retry_longest{30'000};
    static constexpr double frames_per_second = 4'000;  // of one link, each lane and hello apart
    static constexpr double frames_burst = 8'000;
    static constexpr double bytes_per_second = 64 << 20;  // of one link, as the frames
    static constexpr double bytes_burst = 128 << 20;
    // What a peer may make us read again of a log: hellos and old pushes that begin far back.
    static constexpr double leaves_per_second = 50'000;
    static constexpr double leaves_burst = 500'000;

    /// Everything a link needs; all of it outlives the links.
    struct Parts {
        store::Store& store;
        store::Engine& engine;
        store::Audit& audit;
        store::Feed& feed;
        LinkLogs& logs;
        LinkFreezes& freezes;
        Applier& applier;
        Peers& peers;
        const trust::SigningKey& signing;
        const trust::SealingKey& sealing;
        const Clock& clock;
        Log& log;
        Counters& counters;
        std::function<void()> wake;  // makes the transport's thread call run_posted()
    };

    explicit Links(Parts parts);

    /// Before anything else. threads  transport
    void use(Transport& transport) { transport_ = &transport; }

    /// Called when a receipt has been verified, before it is stored: for measurements. Before
    /// anything else. threads  transport
    using Receipted = std::function<void(const LaneId& lane, std::uint64_t size)>;
    void on_receipt(Receipted receipted) { receipted_ = std::move(receipted); }

    /// Hands what peers say of `topic` beside the logs to `exchange`, which outlives the links.
    /// Before anything else. threads  transport
    void add(Topic topic, Exchange& exchange) { exchanges_[topic] = &exchange; }

    /// Says something beside the logs. errors  busy: no connection now · bad_size
    /// threads  transport
    Result<void> say(const NodeId& peer, Topic topic, ByteView payload);

    /// Whether something in our logs still waits for the peer's receipt: what travels beside them
    /// waits too. threads  transport
    bool behind(const NodeId& peer) const;

    void connected(const NodeId& peer) override;
    bool received(const NodeId& peer, ByteView frame) override;

    /// Hellos and retries that are due; call about each 100 ms. threads  transport
    void tick();
    /// What other threads left for this one. threads  transport
    void run_posted();
    /// threads  any
    void post(std::function<void()> work);

    struct Status {
        NodeId peer;
        bool up = false;
        struct Log {
            std::uint64_t size = 0;
            std::uint64_t receipted = 0;
        };
        std::array<Log, 2> out;  // by lane
        std::array<std::uint64_t, 2> in{};
        std::string frozen;  // why the link stands still; empty: it does not
        bool heard = false;  // the peer has said where it stands since this process began
        std::vector<LinkRecovery::Progress> recovering;
    };
    /// threads  transport
    std::vector<Status> status() const;

    /// Greets the peer now, without waiting for the next try; what our log lost comes back with the
    /// answer. threads  transport
    void retry(const NodeId& peer);
    /// The same, and what was coming back begins again. threads  transport
    void recover(const NodeId& peer);

    // By hand instead of by a connection (link_courier.cpp). threads  transport
    static constexpr std::size_t courier_bytes_max = 512 * 1024;  // of entries in one part

    /// Whether the peer must have said where it stands in this life of the process.
    enum class Heard : bool { must, may };
    struct CourierPart {
        std::vector<Bytes> frames;
        std::uint64_t next = 0;
        std::uint64_t size = 0;  // of our log
    };
    struct CourierTaken {
        std::uint64_t entries = 0;  // that were new
    };
    using CourierDone = std::function<void(const Result<CourierTaken>&)>;

    /// What a file begins with: where we stand, and our receipts. errors  denied, with a code
    Result<CourierPart> courier_greeting(const NodeId& peer);
    /// One push of our log from `first` on; no frame when nothing is there.
    /// errors  denied, with a code; io
    Result<CourierPart> courier_push(const NodeId& peer, Lane lane, std::uint64_t first,
                                     Heard heard);
    /// Takes one frame of a file as if it had come over a connection; `done` is called once it is
    /// on disk, or with the name of the check that it did not pass.
    void courier_take(const NodeId& peer, ByteView frame, CourierDone done);

private:
    struct Sent {
        trust::Frontier end;
        std::string head;
    };
    struct Out {
        std::uint64_t size = 0;     // of our log, on disk
        trust::Frontier receipted;  // as far as the peer's receipt goes
        trust::Frontier sent;       // as far as we have pushed on this connection
        std::deque<Sent> in_flight;
        std::vector<trust::Verifier> receipted_under;  // found under the newest receipt
    };
    struct Receipt {
        std::string text;
        std::string head;  // under which it is the cosignature
        trust::PublicKey key;
        Time at{};
    };
    struct In {
        trust::Frontier end;  // including what the engine has not committed yet
        std::optional<LinkKey> key;
        std::string head;                // the newest one on disk
        std::optional<Receipt> receipt;  // the last one that we gave
        std::uint64_t durable = 0;
        std::size_t in_engine = 0;
        std::uint64_t epoch = 0;  // changes when `end` goes back to what is on disk
        double tokens = frames_burst;
        double byte_tokens = bytes_burst;
        Duration tokens_at{0};
    };
    struct Link {
        std::array<Out, 2> out;
        std::array<In, 2> in;
        bool up = false;     // the peer has said where it stands on this connection
        bool heard = false;  // and in this life of the process
        double leaves = leaves_burst;
        Duration leaves_at{0};
        Duration hello_at{0};
        Duration retry{retry_first};
        std::string frozen;
    };
    /// A push that has passed all checks.
    struct Batch {
        LaneId lane;
        trust::Frontier end;  // after it
        std::string head;
        struct Item {
            LoggedEntry logged;
            ReceivedEntry entry;
            std::optional<LinkKey> key;  // of a key entry
        };
        std::vector<Item> items;
    };

    Link* find(const NodeId& peer);
    Result<void> load(const NodeId& peer, Link& link);
    Result<void> load_in(const NodeId& peer, Lane lane, In& in);
    bool admit(In& in, std::size_t bytes);
    bool afford(Link& link, std::uint64_t leaves);
    void drop(const NodeId& peer, const char* why);

    void on_hello(const NodeId& peer, Link& link, const Hello& hello);
    void hear(const NodeId& peer, ByteView frame);
    void on_push(const NodeId& peer, Link& link, Push push);
    void on_ack(const NodeId& peer, Link& link, const Ack& ack);
    void renew_receipt(const NodeId& peer, Out& out, Lane lane);
    void on_beside(const NodeId& peer, const Beside& beside);
    Result<std::optional<trust::Frontier>> stand(const NodeId& peer, Link& link, Lane lane,
                                                 std::uint64_t held, const std::string& head);
    /// What a push that begins before our end is.
    enum class Past : std::uint8_t { same, longer, fork };
    void on_past(const NodeId& peer, Link& link, Push push);
    Result<Past> judge_past(const NodeId& peer, const In& in, const Push& push,
                            const trust::Checkpoint& said);

    Result<CourierTaken> courier_hello(const NodeId& peer, Link& link, const Hello& hello);
    void courier_entries(const NodeId& peer, Link& link, Push push, CourierDone done);
    Hello hello_to(const Link& link, bool wants_reply) const;
    std::optional<std::string> receipt_for(In& in) const;

    void say_hello(const NodeId& peer, Link& link, bool wants_reply);
    void send_receipt(const NodeId& peer, Link& link, Lane lane);
    void pump(const NodeId& peer, Link& link);
    bool push_next(const NodeId& peer, Out& out, Lane lane);
    Result<trust::Frontier> frontier_at(const NodeId& peer, const Out& out, Lane lane,
                                        std::uint64_t size);
    std::uint64_t cost_of(const Out& out, std::uint64_t size) const;
    Result<trust::Frontier> extend(trust::Frontier end, const LaneId& lane, std::uint64_t size);
    Result<void> load_out(const NodeId& peer, Lane lane, Out& out);
    Batch open_batch(const NodeId& peer, In& in, Push push,
                     const std::vector<trust::Digest>& leaves);
    void open_entry_into(Batch::Item& item, In& in, const LaneId& lane);
    Result<void> submit(const NodeId& peer, In& in, Batch batch);
    Result<void> apply(store::Draft& draft, const Batch& batch);
    void stored(const LaneId& lane, std::uint64_t epoch, std::uint64_t size,
                const std::string& head, const Result<void>& result);
    /// Two heads that contradict each other, of one lane.
    struct Evidence {
        Lane lane = Lane::normal;
        std::string held;
        std::string shown;
    };
    void freeze(const NodeId& peer, Link& link, const char* why, const Evidence& evidence);
    void set_frozen(const NodeId& peer, const std::string& why);

    Result<void> say_beside(const NodeId& peer, Topic topic, ByteView payload) override {
        return say(peer, topic, payload);
    }
    void post_work(std::function<void()> work) override { post(std::move(work)); }
    bool is_frozen(const NodeId& peer) const override;
    void drop_frame(const NodeId& peer, const char* why) override { drop(peer, why); }
    void recovered(const LaneId& lane) override;
    void unfit(const LaneId& lane, const std::string& shown_head) override;

    Parts parts_;
    LinkRecovery recovery_;
    Transport* transport_ = nullptr;
    Receipted receipted_;
    std::map<NodeId, Link> links_;
    std::map<Topic, Exchange*> exchanges_;
    std::string dropped_;  // why the last frame that was dropped was
    std::map<std::pair<LaneId, std::uint64_t>, std::function<void(const Result<void>&)>>
        couriers_;  // who waits for the disk: by lane and size after it

    std::mutex mutex_;  // guards posted_
    std::vector<std::function<void()>> posted_;
};

}  // namespace sanad::federation
