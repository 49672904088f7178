#pragma once

#include "core/federation/zmq_transport.h"
#include "tests/support/federation_node.h"
#include "tests/support/world.h"
#include "tests/support/zmtp_peer.h"

#include <catch2/catch.hpp>
#include <zmq.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

// Nodes on real sockets of loopback, each on a thread of its own, and a client that speaks raw.
namespace sanad::test {

inline constexpr auto deadline = std::chrono::seconds(30);
inline const std::string any_port = "tcp://127.0.0.1:*";
inline const NodeId morocco{"ma.cmrpi"};
inline const NodeId tunisia{"tn.amal"};

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
class End final : public federation::TransportEvents {
public:
    End(const support::Machine& machine, federation::PeerTable table, std::string bind)
        : End(machine, std::move(table),
              federation::ZmqTransport::Settings{.bind = std::move(bind)}) {}
    End(const support::Machine& machine, federation::PeerTable table,
        const federation::ZmqTransport::Settings& settings,
        std::unique_ptr<Entropy> entropy = std::make_unique<trust::SystemEntropy>())
        : machine_(machine), entropy_(std::move(entropy)), peers(std::move(table)) {
        auto started = federation::ZmqTransport::start(settings, machine.id, machine.transport,
                                                       peers, *entropy_, clock, log, counters);
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
    void serve(
        federation::TransportEvents* events = nullptr, std::function<void()> on_tick = [] {}) {
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
    bool received(const NodeId& peer, ByteView frame) override {
        mailbox.change([&] { heard.emplace_back(peer, Bytes(frame.begin(), frame.end())); });
        return true;
    }

private:
    void run_asked() {
        std::vector<std::function<void()>> work;
        mailbox.change([&] { work.swap(asked_); });
        for (const auto& item : work) item();
    }

    const support::Machine& machine_;
    std::unique_ptr<Entropy> entropy_;
    std::vector<std::function<void()>> asked_;
    std::jthread thread_;

public:
    Mailbox mailbox;
    std::vector<std::pair<NodeId, Bytes>> heard;
    std::vector<NodeId> connections;
    NullLog log;
    SystemClock clock;
    Counters counters;
    federation::Peers peers;
    std::unique_ptr<federation::ZmqTransport> transport;
};

/// Tunisia listens, Morocco dials.
struct Loopback {
    /// What the directory says, once TN's port is known.
    federation::PeerTable table(const std::string& tunisian_endpoint,
                                std::uint64_t version = 1) const {
        federation::PeerTable table{.directory_version = version, .nodes = {}};
        table.nodes.emplace(morocco, ma_machine.peer());
        table.nodes.emplace(tunisia, tn_machine.peer({tunisian_endpoint}));
        return table;
    }
    federation::PeerTable without_morocco(std::uint64_t version) const {
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
    void send(std::initializer_list<Bytes> frames) { send_all({frames.begin(), frames.size()}); }
    void send_all(std::span<const Bytes> frames) {
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

/// What a peer needs that speaks by hand.
inline support::ZmtpPeer::Keys zmtp_keys(const support::Machine& machine,
                                         const support::Machine& server) {
    return {machine.transport.secret().bytes(), machine.transport.public_key().bytes,
            server.transport.public_key().bytes};
}

/// A whole node on the transport's thread.
class NodeEnd final : public federation::TransportEvents {
public:
    NodeEnd(support::Machine& machine, federation::PeerTable table, std::string bind)
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
    bool received(const NodeId& peer, ByteView frame) override {
        const bool useful = node.links->received(peer, frame);
        settle();
        return useful;
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

}  // namespace sanad::test
