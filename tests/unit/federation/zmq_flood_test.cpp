// What a peer of the federation can send too much of: frames, parts of a message, bad signatures.
#include "core/federation/memory_watch.h"
#include "tests/unit/federation/evil_peer.h"
#include "tests/unit/federation/loopback.h"

using namespace sanad;
using namespace sanad::federation;
using namespace sanad::test;
using support::ZmtpPeer;
using Steady = std::chrono::steady_clock;

namespace {

constexpr std::size_t mib = std::size_t(1) << 20;
constexpr std::size_t growth_max = 32 * mib;
// What may come in between two looks of the watch, and what tests and allocator take themselves.
constexpr std::size_t growth_beyond_max = 224 * mib;
constexpr std::uint64_t endless = std::uint64_t(1) << 30;  // here, when nothing ends it

// A sanitizer keeps what was freed, and takes many times as long: its numbers say nothing of ours.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_sanitized = true;
#else
constexpr bool is_sanitized = false;
#endif
constexpr std::size_t rounds = is_sanitized ? 100 : 500;
constexpr Duration flooded_p99_max{is_sanitized ? 5'000 : 250};  // about 10 on two busy cores

/// Sends parts of one message until the other side closes.
struct WithoutEnd {
    WithoutEnd(const std::string& endpoint, const ZmtpPeer::Keys& keys, std::size_t part_bytes) {
        ZmtpPeer peer(endpoint, keys);
        const Bytes part(part_bytes, 'x');
        const std::size_t at_once = 1 + (64 << 10) / (part_bytes + 40);
        while (sent < endless && peer.send_many(part, ZmtpPeer::More::yes, at_once)) {
            sent += at_once * (part_bytes + 64);  // what ZeroMQ keeps of each, at the least
            most = std::max(most, allocated_memory());
        }
    }
    std::uint64_t sent = 0;
    std::size_t most = 0;  // memory of this process meanwhile
};

/// Says it until it is heard: a connection that was just cut may take a frame and lose it.
bool gets_through(End& from, End& to, const NodeId& speaker, const NodeId& hearer,
                  const Bytes& frame) {
    return to.mailbox.try_until([&] {
        from.ask([&] { (void)from.transport->send(hearer, frame); });
        bool heard = false;
        to.mailbox.change([&] {
            heard = std::ranges::find(to.heard, std::pair(speaker, frame)) != to.heard.end();
        });
        return heard;
    });
}

/// Pushes with a bad signature, one a lane in turn, as fast as the connection takes them.
class Flood {
public:
    Flood(const std::string& endpoint, const ZmtpPeer::Keys& keys, std::vector<Bytes> pushes)
        : peer_(endpoint, keys), pushes_(std::move(pushes)) {
        peer_.send(write_frame(Hello{}), ZmtpPeer::More::no);
        thread_ = std::jthread([this](const std::stop_token& stop) {
            while (!stop.stop_requested())
                for (const auto& push : pushes_)
                    if (!peer_.send_many(push, ZmtpPeer::More::no, 16)) return;
        });
    }
    ~Flood() {
        thread_.request_stop();
        peer_.close();  // it may wait for room
    }
    Flood(const Flood&) = delete;
    Flood& operator=(const Flood&) = delete;

private:
    ZmtpPeer peer_;
    std::vector<Bytes> pushes_;
    std::jthread thread_;
};

/// A good push but for one character of its signature.
Bytes badly_signed(support::EvilPeer& peer) {
    std::string head = peer.key().head(1);
    char& one = head[head.size() - 20];
    one = one == 'A' ? 'B' : 'A';
    return peer.push_with(0, head);
}

/// Morocco says one thing after the other to Tunisia, each when the receipt for the last is there.
class Honest {
public:
    Honest(support::Machine& machine, PeerTable table) : end_(machine, std::move(table), "") {
        end_.node.links->on_receipt([this](const LaneId& lane, std::uint64_t size) {
            if (lane.lane == Lane::normal) end_.end.mailbox.change([&] { receipted_ = size; });
        });
        end_.serve();
    }

    /// How long each took, the shortest first; empty: one was never receipted.
    std::vector<Duration> say(std::size_t count) {
        std::vector<Duration> took;
        for (std::size_t i = 0; i < count; ++i) {
            const auto start = Steady::now();
            std::uint64_t size = 0;
            end_.end.ask([&] {
                const auto made = end_.node.request(
                    tunisia, support::sample_request("CASE-1", tunisia, casework::Urgency::u3));
                while (end_.node.turn()) {
                }
                if (made)
                    size = end_.node.links->status().front().out[std::size_t(Lane::normal)].size;
            });
            if (size == 0 || !end_.end.mailbox.wait_until([&] { return receipted_ >= size; }))
                return {};
            took.push_back(std::chrono::duration_cast<Duration>(Steady::now() - start));
            ++said;
        }
        std::ranges::sort(took);
        return took;
    }

    std::size_t said = 0;

private:
    std::uint64_t receipted_ = 0;  // guarded by the mailbox
    NodeEnd end_;
};

}  // namespace

TEST_CASE_METHOD(Loopback, "messages of 4 and of 10,000 frames are dropped whole, and counted") {
    End tn(tn_machine, table("tcp://127.0.0.1:1"), any_port);
    tn.serve();
    RawClient client(ma_machine, tn_machine, tn.transport->bound());
    client.send({{1}, {2}, {3}, {4}});
    client.send_all(std::vector<Bytes>(10'000, Bytes{5}));
    client.send({{6}});
    CHECK(tn.has_heard(morocco, {6}));
    CHECK(tn.counters.count("link.drop.frames") == 2);
    CHECK(tn.heard.size() == 1);
    CHECK(tn.counters.count("transport.memory_cut") == 0);
}

TEST_CASE_METHOD(Loopback, "a message without end is cut off, and honest peers are heard again") {
    support::Machine thief{"dz.node", entropy};
    support::Machine listener{"za.node", entropy};
    auto all = table("tcp://127.0.0.1:1");
    all.nodes.emplace(thief.id, thief.peer());
    all.nodes.emplace(listener.id, listener.peer({"tcp://127.0.0.1:2"}));
    End za(listener, all, any_port);
    za.serve();
    all.nodes.at(listener.id).endpoints = {za.transport->bound()};
    End tn(tn_machine, all, ZmqTransport::Settings{any_port, growth_max});
    tn.serve();
    End ma(ma_machine, table(tn.transport->bound()), "");
    ma.serve();

    const auto before = allocated_memory();
    std::uint8_t round = 0;
    for (const std::size_t part_bytes : {std::size_t(0), 64 * std::size_t(1024), frame_bytes_max}) {
        REQUIRE(gets_through(ma, tn, morocco, tunisia, {++round}));
        const WithoutEnd message(tn.transport->bound(), zmtp_keys(thief, tn_machine), part_bytes);
        CHECK(message.sent < endless);
        CHECK(tn.has_counted("transport.memory_cut", round));
        if (is_sanitized) continue;
        CHECK(message.most > before + growth_max / 2);  // or it was closed for something else
        CHECK(message.most < before + growth_max + growth_beyond_max);
        CHECK(tn.mailbox.try_until([&] { return allocated_memory() < before + growth_max; }));
    }
    CHECK(gets_through(ma, tn, morocco, tunisia, {9}));
    // Those whom we dial might do the same: these connections are made anew as well.
    CHECK(tn.mailbox.wait_until([&] { return tn.connections.size() > 1; }));
    CHECK(gets_through(tn, za, tunisia, listener.id, {8}));
    tn.stop();  // it may hear the last of them twice
    CHECK(std::ranges::none_of(tn.heard, [&](const auto& one) { return one.first == thief.id; }));
}

TEST_CASE_METHOD(Loopback,
                 "bad signatures as fast as a peer can send them leave the others alone") {
    support::Machine evil{"dz.node", entropy};
    auto all = table("tcp://127.0.0.1:1");
    all.nodes.emplace(evil.id, evil.peer());
    NodeEnd tn(tn_machine, all, any_port);
    tn.serve();
    const auto endpoint = tn.end.transport->bound();
    Honest ma(ma_machine, table(endpoint));
    REQUIRE_FALSE(ma.say(20).empty());  // connected, and all that is done once is done
    const auto calm = ma.say(rounds);
    REQUIRE_FALSE(calm.empty());

    std::vector<Bytes> pushes;
    for (const auto lane : all_lanes) {
        support::EvilPeer by_hand(evil, tn_machine, lane, entropy);
        pushes.push_back(badly_signed(by_hand));
    }
    const auto& dropped = tn.node.counters;
    std::vector<Duration> flooded;
    {
        const Flood flood(endpoint, zmtp_keys(evil, tn_machine), pushes);
        REQUIRE(tn.end.mailbox.wait_until(
            [&] { return dropped.count("link.drop.bad_signature") > 1'000; }));
        const auto refused = dropped.count("link.drop.bad_signature");
        flooded = ma.say(rounds);
        CHECK(dropped.count("link.drop.bad_signature") > refused);  // it went on
    }
    REQUIRE_FALSE(flooded.empty());
    const auto p99 = [](const std::vector<Duration>& sorted) {
        return sorted[sorted.size() * 99 / 100];
    };
    INFO("p99 in ms, calm " << p99(calm).count() << ", flooded " << p99(flooded).count());
    CHECK(p99(flooded) < std::max(flooded_p99_max, 10 * p99(calm)));

    // Nothing of the honest one was lost, and nothing of the other one stored.
    std::size_t stored = 0;
    tn.end.ask([&] { stored = tn.node.all_referrals()->size(); });
    CHECK(stored == ma.said);
    CHECK(dropped.count("link.drop.bad_signature") > 0);
}
