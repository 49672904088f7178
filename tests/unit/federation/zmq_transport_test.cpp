#include "core/federation/admission.h"
#include "tests/unit/federation/loopback.h"

using namespace sanad;
using namespace sanad::federation;
using namespace sanad::test;

TEST_CASE_METHOD(Loopback, "frames go both ways over the one connection that one side dials") {
    End tn(tn_machine, table("tcp://127.0.0.1:1"), any_port);
    tn.serve();
    End ma(ma_machine, table(tn.transport->bound()), "");
    CHECK(ma.transport->bound().empty());
    ma.serve();
    CHECK(ma.mailbox.wait_until([&] { return ma.connections == std::vector<NodeId>{tunisia}; }));
    REQUIRE(ma.send(tunisia, {1, 2, 3}));
    CHECK(tn.has_heard(morocco, {1, 2, 3}));
    REQUIRE(tn.send(morocco, {4, 5}));
    CHECK(ma.has_heard(tunisia, {4, 5}));
    CHECK(tn.counters.count("admission.admitted") >= 1);
    // The one that was refused is the stranger of the self-test.
    CHECK(tn.counters.count("admission.refused") == 1);
}

TEST_CASE_METHOD(Loopback,
                 "a frame to somebody who is not connected is busy, not lost in a queue") {
    End tn(tn_machine, table("tcp://127.0.0.1:1"), any_port);
    tn.serve();
    Result<void> sent;
    tn.ask([&] { sent = tn.transport->send(morocco, Bytes(8)); });
    CHECK(sent.error().fault == Fault::busy);
    tn.ask([&] { sent = tn.transport->send(morocco, Bytes(frame_bytes_max + 1)); });
    CHECK(sent.error().fault == Fault::bad_size);
}

TEST_CASE_METHOD(Loopback, "an unknown key is refused, and let in once the directory knows it") {
    End tn(tn_machine, without_morocco(1), any_port);
    tn.serve();
    End ma(ma_machine, table(tn.transport->bound()), "");
    ma.serve();
    REQUIRE(tn.has_counted("admission.refused", 2));  // the self-test's stranger, then Morocco
    CHECK(tn.counters.count("admission.admitted") == 0);
    CHECK(ma.connections.empty());
    tn.peers.replace(table("tcp://127.0.0.1:1", 2));
    REQUIRE(ma.send(tunisia, {7}));
    CHECK(tn.has_heard(morocco, {7}));
}

TEST_CASE_METHOD(Loopback, "the self-test refuses to start a node that would let a stranger in") {
    // The stranger's key is drawn from the entropy, so a test can put it into the directory.
    support::TestEntropy same{99};
    std::array<std::uint8_t, 4> seed_of_routing_ids{};
    same.fill(seed_of_routing_ids);
    const auto stranger = trust::TransportKey::generate(same);
    auto with_stranger = table("tcp://127.0.0.1:1");
    with_stranger.nodes.at(morocco).transport = stranger.public_key();
    const Peers peers(std::move(with_stranger));
    support::TestEntropy entropy_again{99};
    const SystemClock clock;
    NullLog log;
    Counters counters;
    const auto started = ZmqTransport::start({any_port}, tunisia, tn_machine.transport, peers,
                                             entropy_again, clock, log, counters);
    REQUIRE_FALSE(started.has_value());
    CHECK(started.error().fault == Fault::denied);
}

TEST_CASE_METHOD(Loopback, "a context has one guard and no second one") {
    const Peers peers(table("tcp://127.0.0.1:1"));
    NullLog log;
    Counters counters;
    zmq::context_t context;
    const auto first = Admission::start(context, peers, log, counters);
    REQUIRE(first.has_value());
    CHECK(Admission::start(context, peers, log, counters).error().fault == Fault::io);
}

TEST_CASE_METHOD(Loopback, "a message of two frames is dropped whole, and the next one is heard") {
    End tn(tn_machine, table("tcp://127.0.0.1:1"), any_port);
    tn.serve();
    RawClient client(ma_machine, tn_machine, tn.transport->bound());
    client.send({{1}, {2}});
    client.send({{3}, {4}, {5}, {6}});
    client.send({{7}});
    CHECK(tn.has_heard(morocco, {7}));
    CHECK(tn.counters.count("link.drop.frames") == 2);
    CHECK(tn.heard.size() == 1);
}

TEST_CASE_METHOD(Loopback, "the largest frame is heard, and a larger one closes the connection") {
    End tn(tn_machine, table("tcp://127.0.0.1:1"), any_port);
    tn.serve();
    const Bytes largest(frame_bytes_max, 9);
    RawClient client(ma_machine, tn_machine, tn.transport->bound());
    client.send({largest});
    CHECK(tn.has_heard(morocco, largest));
    client.send({Bytes(frame_bytes_max + 1'024)});
    // It dials again by itself; what is lost then is the transport's to lose.
    RawClient later(ma_machine, tn_machine, tn.transport->bound());
    later.send({{1}});
    CHECK(tn.has_heard(morocco, {1}));
    CHECK(tn.heard.size() == 2);
}

TEST_CASE_METHOD(Loopback, "a client without CURVE is not heard") {
    End tn(tn_machine, table("tcp://127.0.0.1:1"), any_port);
    tn.serve();
    zmq::context_t context;
    zmq::socket_t plain(context, ZMQ_DEALER);
    plain.set(zmq::sockopt::linger, 0);
    plain.connect(tn.transport->bound());
    CHECK(plain.send(zmq::buffer("knock", 5), zmq::send_flags::none).has_value());
    RawClient client(ma_machine, tn_machine, tn.transport->bound());
    client.send({{1}});
    CHECK(tn.has_heard(morocco, {1}));
    CHECK(tn.heard.size() == 1);
}

TEST_CASE_METHOD(Loopback, "a peer that takes another's routing id gets none of its frames") {
    support::Machine thief{"dz.node", entropy};
    auto all = table("tcp://127.0.0.1:1");
    all.nodes.emplace(thief.id, thief.peer());
    End tn(tn_machine, all, any_port);
    tn.serve();
    RawClient honest(ma_machine, tn_machine, tn.transport->bound(), "ma");
    honest.send({{1}});
    REQUIRE(tn.has_heard(morocco, {1}));
    RawClient evil(thief, tn_machine, tn.transport->bound(), "ma");
    RawClient known(thief, tn_machine, tn.transport->bound());
    known.send({{2}});  // by then the first knock of the thief has been answered as well
    REQUIRE(tn.has_heard(thief.id, {2}));
    REQUIRE(tn.send(morocco, {3}));
    CHECK(honest.receive() == Bytes{3});
}

TEST_CASE_METHOD(Loopback, "a referral crosses real sockets, and a revoked peer is heard no more") {
    NodeEnd tn(tn_machine, table("tcp://127.0.0.1:1"), any_port);
    tn.serve();
    NodeEnd ma(ma_machine, table(tn.end.transport->bound()), "");
    ma.serve();
    Result<ReferralId> id = fail(Fault::closed, "");
    ma.end.ask([&] {
        id = ma.node.request(tunisia,
                             support::sample_request("CASE-1", tunisia, casework::Urgency::u1));
    });
    REQUIRE(id.has_value());
    REQUIRE(tn.comes_to(*id, casework::ReferralState::delivered));
    REQUIRE(ma.comes_to(*id, casework::ReferralState::delivered));

    // ZeroMQ asked once, at the handshake: what was let in then must be heard no more.
    auto revoked = table("tcp://127.0.0.1:1", 2);
    revoked.nodes.at(morocco).active = false;
    tn.end.peers.replace(revoked);
    Result<void> said = fail(Fault::closed, "");
    ma.end.ask([&] {
        said = ma.node.move(*id, casework::ReferralEventKind::information, "", "A line more.");
    });
    REQUIRE(said.has_value());
    // Its connection is cut, and when it dials again it is refused.
    REQUIRE(tn.end.has_counted("transport.rebuilt"));
    REQUIRE(tn.end.has_counted("admission.refused", 2));
    std::size_t asker_events = 0;
    tn.end.ask([&] { asker_events = tn.node.referral(*id)->asker.size(); });
    CHECK(asker_events == 1);
}

TEST_CASE_METHOD(Loopback, "a revoked peer is cut off by a new socket, and the others dial again") {
    support::Machine algeria{"dz.node", entropy};
    auto all = table("tcp://127.0.0.1:1");
    all.nodes.emplace(algeria.id, algeria.peer());
    End tn(tn_machine, all, any_port);
    tn.serve();
    auto reachable = table(tn.transport->bound());
    reachable.nodes.emplace(algeria.id, algeria.peer());
    End ma(ma_machine, reachable, "");
    End dz(algeria, reachable, "");
    ma.serve();
    dz.serve();
    REQUIRE(ma.send(tunisia, {1}));
    REQUIRE(dz.send(tunisia, {2}));
    REQUIRE(tn.has_heard(morocco, {1}));
    REQUIRE(tn.has_heard(algeria.id, {2}));
    const auto before = tn.transport->bound();
    const auto refused = tn.counters.count("admission.refused");
    all.nodes.at(algeria.id).active = false;
    tn.peers.replace(all);  // a notice: the version is the same
    CHECK(tn.has_counted("transport.rebuilt"));
    CHECK(tn.has_counted("admission.refused", refused + 1));  // Algeria knocks again
    REQUIRE(ma.send(tunisia, {3}));
    CHECK(tn.has_heard(morocco, {3}));
    CHECK(tn.transport->bound() == before);
    Result<void> sent;
    tn.ask([&] { sent = tn.transport->send(algeria.id, Bytes{4}); });
    CHECK(sent.error().fault == Fault::busy);
}
