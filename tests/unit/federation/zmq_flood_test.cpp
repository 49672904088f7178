// What a peer of the federation can send too much of: frames, and parts of a message.
#include "core/federation/memory_watch.h"
#include "tests/unit/federation/loopback.h"

using namespace sanad;
using namespace sanad::federation;
using namespace sanad::test;
using support::ZmtpPeer;

namespace {

constexpr std::size_t mib = std::size_t(1) << 20;
constexpr std::size_t growth_max = 32 * mib;
// What may come in between two looks of the watch, and what tests and allocator take themselves.
constexpr std::size_t growth_beyond_max = 224 * mib;
constexpr std::uint64_t endless = std::uint64_t(1) << 30;  // here, when nothing ends it

// A sanitizer keeps what was freed, and much beside it: its numbers say nothing of ours.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_is_ours = false;
#else
constexpr bool memory_is_ours = true;
#endif

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
        if (!memory_is_ours) continue;
        CHECK(message.most > before + growth_max / 2);  // or it was closed for something else
        CHECK(message.most < before + growth_max + growth_beyond_max);
        CHECK(tn.mailbox.try_until([&] { return allocated_memory() < before + growth_max; }));
    }
    CHECK(gets_through(ma, tn, morocco, tunisia, {9}));
    // Those whom we dial might do the same: these connections are made anew as well.
    CHECK(tn.mailbox.wait_until([&] { return tn.connections.size() > 1; }));
    CHECK(gets_through(tn, za, tunisia, listener.id, {8}));
    CHECK(std::ranges::none_of(tn.heard, [&](const auto& one) { return one.first == thief.id; }));
}
