#include "core/federation/zmq_transport.h"

#include "core/federation/admission.h"
#include "tests/support/federation_node.h"
#include "tests/support/world.h"

#include <catch2/catch.hpp>
#include <zmq.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

using namespace sanad;
using namespace sanad::federation;

namespace {

constexpr auto deadline = std::chrono::seconds(30);
const std::string any_port = "tcp://127.0.0.1:*";
const NodeId morocco{"ma.cmrpi"};
const NodeId tunisia{"tn.amal"};

/// Everything the test and the transport's thread tell each other.
class Mailbox {
public:
    void change(const std::function<void()>& change) {
        {
            const std::lock_guard lock(mutex_);
            change();
        }
        changed_.notify_all();
    }
    /// Waits until it holds, looking again each time something changed and each 10 ms.
    bool wait_until(const std::function<bool()>& holds) {
        const auto latest = std::chrono::steady_clock::now() + deadline;
        std::unique_lock lock(mutex_);
        while (!holds()) {
            if (std::chrono::steady_clock::now() > latest) return false;
            changed_.wait_for(lock, std::chrono::milliseconds(10));
        }
        return true;
    }

    /// The same for what may not be asked under the lock.
    bool try_until(const std::function<bool()>& holds) {
        const auto latest = std::chrono::steady_clock::now() + deadline;
        while (!holds()) {
            if (std::chrono::steady_clock::now() > latest) return false;
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, std::chrono::milliseconds(10));
        }
        return true;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
};

/// A transport on loopback with a thread of its own, and what it has heard.
class End final : public TransportEvents {
public:
    End(const support::Machine& machine, PeerTable table, std::string bind)
        : machine_(machine), peers(std::move(table)) {
        auto started = ZmqTransport::start({std::move(bind)}, machine.id, machine.transport, peers,
                                           entropy_, clock, log, counters);
        INFO((started ? "" : started.error().detail));
        REQUIRE(started.has_value());
        transport = std::move(*started);
    }
    ~End() override { stop(); }

    /// The thread uses all that is here: it ends first.
    void stop() {
        if (!thread_.joinable()) return;
        thread_.request_stop();
        transport->wake();
        thread_.join();
    }

    /// From here on the thread serves `events`, or this object.
    void serve(TransportEvents* events = nullptr, std::function<void()> on_tick = [] {}) {
        thread_ =
            std::jthread([this, events, on_tick = std::move(on_tick)](const std::stop_token& stop) {
                transport->run(stop, events ? *events : *this, [this] { run_asked(); }, on_tick);
            });
    }

    /// Does it on the transport's thread, and waits for it.
    void ask(const std::function<void()>& work) {
        bool done = false;
        mailbox.change([&] {
            asked_.push_back([&] {
                work();
                mailbox.change([&] { done = true; });
            });
        });
        transport->wake();
        REQUIRE(mailbox.wait_until([&] { return done; }));
    }

    /// Sends until it is taken: there may be no connection yet.
    bool send(const NodeId& peer, const Bytes& frame) {
        return mailbox.try_until([&] {
            Result<void> sent;
            ask([&] { sent = transport->send(peer, frame); });
            return sent.has_value();
        });
    }

    bool has_heard(const NodeId& peer, const Bytes& frame) {
        return mailbox.wait_until(
            [&] { return std::ranges::find(heard, std::pair(peer, frame)) != heard.end(); });
    }
    bool has_counted(const char* name, std::uint64_t least = 1) {
        return mailbox.wait_until([&] { return counters.count(name) >= least; });
    }

    void connected(const NodeId& peer) override {
        mailbox.change([&] { connections.push_back(peer); });
    }
    void received(const NodeId& peer, ByteView frame) override {
        mailbox.change([&] { heard.emplace_back(peer, Bytes(frame.begin(), frame.end())); });
    }

private:
    void run_asked() {
        std::vector<std::function<void()>> work;
        mailbox.change([&] { work.swap(asked_); });
        for (const auto& item : work) item();
    }

    const support::Machine& machine_;
    trust::SystemEntropy entropy_;
    std::vector<std::function<void()>> asked_;
    std::jthread thread_;

public:
    Mailbox mailbox;
    std::vector<std::pair<NodeId, Bytes>> heard;
    std::vector<NodeId> connections;
    NullLog log;
    SystemClock clock;
    Counters counters;
    Peers peers;
    std::unique_ptr<ZmqTransport> transport;
};

/// Tunisia listens, Morocco dials.
struct Loopback {
    /// What the directory says, once TN's port is known.
    PeerTable table(const std::string& tunisian_endpoint, std::uint64_t version = 1) const {
        PeerTable table{.directory_version = version, .nodes = {}};
        table.nodes.emplace(morocco, ma_machine.peer());
        table.nodes.emplace(tunisia, tn_machine.peer({tunisian_endpoint}));
        return table;
    }
    PeerTable without_morocco(std::uint64_t version) const {
        auto whole = table("tcp://127.0.0.1:1", version);
        whole.nodes.erase(morocco);
        return whole;
    }

    support::TestEntropy entropy{23};
    support::Machine ma_machine{morocco.text, entropy};
    support::Machine tn_machine{tunisia.text, entropy};
};

/// A client that holds a key and speaks to the socket by itself.
class RawClient {
public:
    RawClient(const support::Machine& machine, const support::Machine& server,
              const std::string& endpoint, const std::string& routing_id = {}) {
        const auto raw = [](const auto& bytes) { return zmq::buffer(bytes.data(), bytes.size()); };
        socket_.set(zmq::sockopt::linger, 0);
        socket_.set(zmq::sockopt::sndtimeo, 30'000);
        socket_.set(zmq::sockopt::rcvtimeo, 30'000);
        if (!routing_id.empty()) socket_.set(zmq::sockopt::routing_id, routing_id);
        socket_.set(zmq::sockopt::curve_serverkey, raw(server.transport.public_key().bytes));
        socket_.set(zmq::sockopt::curve_publickey, raw(machine.transport.public_key().bytes));
        socket_.set(zmq::sockopt::curve_secretkey, raw(machine.transport.secret().bytes()));
        socket_.connect(endpoint);
    }
    void send(std::initializer_list<Bytes> frames) {
        std::size_t left = frames.size();
        for (const auto& frame : frames) {
            const auto flags = --left > 0 ? zmq::send_flags::sndmore : zmq::send_flags::none;
            REQUIRE(socket_.send(zmq::buffer(frame), flags).has_value());
        }
    }
    Bytes receive() {
        zmq::message_t frame;
        REQUIRE(socket_.recv(frame).has_value());
        const auto* data = frame.data<std::uint8_t>();
        return {data, data + frame.size()};
    }

private:
    zmq::context_t context_;
    zmq::socket_t socket_{context_, ZMQ_DEALER};
};

}  // namespace

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

namespace {

/// A whole node on the transport's thread.
class NodeEnd final : public TransportEvents {
public:
    NodeEnd(support::Machine& machine, PeerTable table, std::string bind)
        : end(machine, std::move(table), std::move(bind)),
          node(machine, {end.clock, entropy_, end.log, end.peers, taxonomies_, clocks_},
               *end.transport) {}

    ~NodeEnd() override { end.stop(); }

    void serve() {
        end.serve(this, [this] {
            node.links->tick();
            settle();
        });
    }
    void connected(const NodeId& peer) override {
        node.links->connected(peer);
        settle();
    }
    void received(const NodeId& peer, ByteView frame) override {
        node.links->received(peer, frame);
        settle();
    }
    casework::ReferralState state(const ReferralId& id) {
        auto state = casework::ReferralState::none;
        end.ask([&] {
            const auto record = node.referral(id);
            if (record) state = record->state;
        });
        return state;
    }
    bool comes_to(const ReferralId& id, casework::ReferralState wanted) {
        return end.mailbox.try_until([&] { return state(id) == wanted; });
    }

private:
    void settle() {
        while (node.turn()) {
        }
    }

    trust::SystemEntropy entropy_;
    casework::Taxonomies taxonomies_ = support::small_taxonomies();
    casework::Clocks clocks_ = casework::default_clocks();

public:
    End end;
    support::FederationNode node;
};

}  // namespace

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

    // ZeroMQ asked once, at the handshake: the connection is still there, its frames are not heard.
    auto revoked = table("tcp://127.0.0.1:1", 2);
    revoked.nodes.at(morocco).active = false;
    tn.end.peers.replace(revoked);
    Result<void> said = fail(Fault::closed, "");
    ma.end.ask([&] {
        said = ma.node.move(*id, casework::ReferralEventKind::information, "", "A line more.");
    });
    REQUIRE(said.has_value());
    REQUIRE(tn.end.mailbox.wait_until(
        [&] { return tn.node.counters.count("link.drop.not_active") > 0; }));
    std::size_t asker_events = 0;
    tn.end.ask([&] { asker_events = tn.node.referral(*id)->asker.size(); });
    CHECK(asker_events == 1);
}
