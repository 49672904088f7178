#include "core/federation/zmq_transport.h"

#include "core/federation/admission.h"
#include "core/federation/memory_watch.h"
#include "core/federation/patience.h"
#include "core/federation/zmq_sockets.h"

#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.hpp>

#include <atomic>
#include <cstdlib>
#include <map>
#include <vector>

namespace sanad::federation {
namespace {

constexpr int messages_at_once = 64;  // of one socket, before the others have their turn
constexpr Duration tick_length{100};
constexpr Duration silence_max{60'000};   // then a dialling socket is made anew
constexpr Duration turn_again{2'000};     // between tries of a peer's two keys
constexpr Duration give_back_max{1'000};  // without sockets, until their memory is back

// ZeroMQ's thread waits for ever for a reader of events who has gone: so the events end first.
struct EndEvents {
    void operator()(zmq::socket_t* socket) const {
        zmq_socket_monitor(socket->handle(), nullptr, 0);
        delete socket;
    }
};

/// A socket towards one node that we dial.
struct Dialled {
    NodeId peer;
    std::string endpoint;
    trust::TransportPublicKey server_key;
    zmq::socket_t events;
    std::unique_ptr<zmq::socket_t, EndEvents> socket;
    Duration heard{0};
    Patience patience{};
    bool refused = false;  // a handshake failed: look whether the peer has another key
};

}  // namespace

struct ZmqTransport::Sockets {
    Sockets(NodeId us, const trust::TransportKey& ours, const Peers& known, const Clock& time,
            Log& to, Counters& counts, std::size_t memory_growth_max)
        : self(std::move(us)),
          key(ours),
          peers(known),
          clock(time),
          log(to),
          counters(counts),
          memory(memory_growth_max) {}
    ~Sockets() {
        dialled.clear();
        router.close();
        admission.reset();
        if (wake_descriptor >= 0) ::close(wake_descriptor);
    }

    NodeId self;
    const trust::TransportKey& key;
    const Peers& peers;
    const Clock& clock;
    Log& log;
    Counters& counters;
    int wake_descriptor = -1;
    std::atomic<bool> awake{false};
    zmq::context_t context{1};
    std::unique_ptr<Admission> admission;
    zmq::socket_t router;
    std::string bound;     // the endpoint with its real port
    bool unbound = false;  // the router is closed, and its port not free yet
    Patience router_patience;
    bool rekeyed = false;  // our transport key is another one: all sockets are to be made anew
    std::map<NodeId, Duration> turned;  // when a peer's other key was tried last
    std::shared_ptr<const PeerTable> followed;
    std::map<NodeId, std::string> routes;  // node -> the routing id it last spoke from
    std::map<NodeId, Dialled> dialled;
    unsigned monitors = 0;
    MemoryWatch memory;
    std::optional<Duration> cut_at;  // since then there are no sockets, because of the memory

    void bind(const std::string& endpoint);
    void dial(const NodeId& peer, const std::string& endpoint,
              const trust::TransportPublicKey& server_key);
    void follow_directory();
    void redial_silent();
    void redial(const NodeId& peer, const trust::TransportPublicKey& server_key);
    void try_other_key(const NodeId& peer);
    void close_all();
    void close_router();
    void bind_again();
    bool is_within_memory();
    void receive_router(TransportEvents& events);
    void receive_dialled(Dialled& from, TransportEvents& events);
    void receive_monitor(Dialled& from, TransportEvents& events);
};

void ZmqTransport::Sockets::bind(const std::string& endpoint) {
    router = make_router(context, key);
    router.bind(endpoint);
    if (bound.empty()) bound = router.get(zmq::sockopt::last_endpoint);
}

void ZmqTransport::Sockets::dial(const NodeId& peer, const std::string& endpoint,
                                 const trust::TransportPublicKey& server_key) {
    std::unique_ptr<zmq::socket_t, EndEvents> made(
        new zmq::socket_t(make_dealer(context, key, server_key)));
    auto events = watch_handshakes(context, *made, monitors++);
    made->connect(endpoint);
    dialled.insert_or_assign(peer, Dialled{peer, endpoint, server_key, std::move(events),
                                           std::move(made), clock.elapsed(), {}, false});
}

void ZmqTransport::Sockets::close_all() {
    dialled.clear();
    followed.reset();  // all of them are dialled again
    close_router();
}

// ZAP asked once, at the handshake: only a new socket cuts somebody off; the others dial again.
void ZmqTransport::Sockets::close_router() {
    if (!router) return;
    router.close();
    routes.clear();
    unbound = true;
    counters.add("transport.rebuilt");
}

// The port is free a few milliseconds after the old socket was closed.
void ZmqTransport::Sockets::bind_again() {
    if (!unbound) return;
    try {
        bind(bound);
        unbound = false;
    } catch (const zmq::error_t& fault) {
        router.close();
        if (fault.num() != EADDRINUSE) log.error("transport.unbound", {{"detail", fault.what()}});
    }
}

// A message without end is gathered unseen, and nothing tells whose it is. So all connections are
// cut, which frees it, and made anew as soon as the memory is back. No longer: it would not keep
// the one who does it from doing it again, only the others out.
bool ZmqTransport::Sockets::is_within_memory() {
    if (!cut_at) {
        if (!memory.has_grown()) return true;
        counters.add("transport.memory_cut");
        log.error("transport.memory_cut", {{"hint", "a_peer_may_send_a_message_without_end"}});
        close_all();
        cut_at = clock.elapsed();
        return false;
    }
    if (!memory.is_given_back() && clock.elapsed() - *cut_at < give_back_max) return false;
    cut_at.reset();
    memory.begin();
    return true;
}

// One connection a pair: dial those whom it is ours to dial, drop those who left the directory.
void ZmqTransport::Sockets::follow_directory() {
    if (std::exchange(rekeyed, false)) {
        counters.add("transport.rekeyed");
        close_all();
    }
    bind_again();
    const auto table = peers.current();
    if (followed && table->revision == followed->revision) return;
    const auto before = std::exchange(followed, table);
    const Peer* us = table->find(self);
    const Peer* were = before ? before->find(self) : nullptr;
    if (were != nullptr && std::ranges::any_of(before->nodes, [&](const auto& item) {
            return item.second.active && table->find(item.first) == nullptr &&
                   who_dials(*were, item.second) != Dials::we;
        }))
        close_router();
    std::erase_if(dialled, [&](const auto& item) {
        const Peer* peer = table->find(item.first);
        return us == nullptr || peer == nullptr || who_dials(*us, *peer) != Dials::we ||
               peer->endpoints.front() != item.second.endpoint ||
               (peer->transport != item.second.server_key &&
                peer->former_transport != item.second.server_key);
    });
    if (us == nullptr) return;
    for (const auto& [id, peer] : table->nodes)
        if (id != self && peer.active && who_dials(*us, peer) == Dials::we && !dialled.contains(id))
            dial(id, peer.endpoints.front(), peer.transport);
}

void ZmqTransport::Sockets::redial(const NodeId& peer,
                                   const trust::TransportPublicKey& server_key) {
    const auto gone = dialled.extract(peer);
    dial(peer, gone.mapped().endpoint, server_key);
}

// Which of its two keys a peer has at the moment, only the peer knows.
void ZmqTransport::Sockets::try_other_key(const NodeId& id) {
    const auto table = peers.current();
    const Peer* peer = table->find(id);
    const auto one = dialled.find(id);
    if (peer == nullptr || one == dialled.end()) return;
    const auto last = turned.find(id);
    if (last != turned.end() && clock.elapsed() - last->second < turn_again) return;
    turned[id] = clock.elapsed();
    one->second.refused = false;
    if (one->second.server_key != peer->transport)
        redial(id, peer->transport);
    else if (peer->former_transport)
        redial(id, *peer->former_transport);
}

void ZmqTransport::Sockets::redial_silent() {
    std::vector<NodeId> silent, refused;
    for (const auto& [id, one] : dialled) {
        if (one.refused) refused.push_back(id);
        if (clock.elapsed() - one.heard > silence_max) silent.push_back(id);
    }
    for (const auto& id : silent) redial(id, dialled.at(id).server_key);
    for (const auto& id : refused) try_other_key(id);
}

void ZmqTransport::Sockets::receive_router(TransportEvents& events) {
    for (int i = 0; i < messages_at_once && !router_patience.ended(clock.elapsed()); ++i) {
        std::string routing_id;
        const auto frame = receive_last(router, &routing_id, counters);
        if (!frame) return;
        if (frame->size() == 0) {
            router_patience.note_dropped(clock.elapsed());
            continue;
        }
        const char* user = zmq_msg_gets(const_cast<zmq_msg_t*>(frame->handle()), "User-Id");
        if (user == nullptr) {
            counters.add("link.drop.nobody");
            router_patience.note_dropped(clock.elapsed());
            continue;
        }
        const NodeId peer{user};
        routes[peer] = std::move(routing_id);
        if (!events.received(peer, {frame->data<std::uint8_t>(), frame->size()}))
            router_patience.note_dropped(clock.elapsed());
    }
}

void ZmqTransport::Sockets::receive_dialled(Dialled& from, TransportEvents& events) {
    for (int i = 0; i < messages_at_once && !from.patience.ended(clock.elapsed()); ++i) {
        const auto frame = receive_last(*from.socket, nullptr, counters);
        if (!frame) return;
        from.heard = clock.elapsed();
        if (frame->size() == 0 ||
            !events.received(from.peer, {frame->data<std::uint8_t>(), frame->size()}))
            from.patience.note_dropped(clock.elapsed());
    }
}

void ZmqTransport::Sockets::receive_monitor(Dialled& from, TransportEvents& events) {
    while (const auto shaken = next_handshake(from.events)) {
        if (*shaken) {
            from.heard = clock.elapsed();
            events.connected(from.peer);
        } else {
            from.refused = true;
            counters.add("link.handshake_failed");
            log.warn(
                "link.handshake_failed",
                {{"peer", from.peer.text}, {"hint", "peer_key_mismatch_or_not_in_its_directory"}});
        }
    }
}

ZmqTransport::ZmqTransport(std::unique_ptr<Sockets> sockets) : sockets_(std::move(sockets)) {}
ZmqTransport::~ZmqTransport() = default;

Result<std::unique_ptr<ZmqTransport>> ZmqTransport::start(
    const Settings& settings, const NodeId& self, const trust::TransportKey& key,
    const Peers& peers, Entropy& entropy, const Clock& clock, Log& log, Counters& counters) {
    // The first automatic routing id comes from rand(): a peer that can guess the next one and
    // claims it would end the process.
    std::array<std::uint8_t, 4> seed{};
    entropy.fill(seed);
    std::srand(read_big_endian<std::uint32_t>(seed));
    try {
        auto sockets = std::make_unique<Sockets>(self, key, peers, clock, log, counters,
                                                 settings.memory_growth_max);
        sockets->wake_descriptor = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (sockets->wake_descriptor < 0) return fail(Fault::io, "eventfd");
        auto admission = Admission::start(sockets->context, peers, log, counters);
        if (!admission) return std::unexpected(admission.error());
        sockets->admission = std::move(*admission);
        if (!settings.bind.empty()) {
            const auto tested = sockets->admission->self_test(key, entropy);
            if (!tested) return std::unexpected(tested.error());
            sockets->bind(settings.bind);
        }
        sockets->follow_directory();
        return std::unique_ptr<ZmqTransport>(new ZmqTransport(std::move(sockets)));
    } catch (const std::exception& fault) {
        return fail(Fault::io, "bind " + settings.bind + ": " + fault.what());
    }
}

Result<void> ZmqTransport::send(const NodeId& peer, ByteView frame) {
    if (frame.size() > frame_bytes_max) return fail(Fault::bad_size, "frame");
    try {
        const auto bytes = zmq::buffer(frame.data(), frame.size());
        if (const auto found = sockets_->dialled.find(peer); found != sockets_->dialled.end()) {
            if (found->second.socket->send(bytes, zmq::send_flags::dontwait)) return {};
            return fail(Fault::busy, "no connection");
        }
        const auto route = sockets_->routes.find(peer);
        if (route == sockets_->routes.end()) return fail(Fault::busy, "no connection");
        const auto flags = zmq::send_flags::sndmore | zmq::send_flags::dontwait;
        if (!sockets_->router.send(zmq::buffer(route->second), flags))
            return fail(Fault::busy, "queue full");
        if (sockets_->router.send(bytes, zmq::send_flags::dontwait)) return {};
        return fail(Fault::busy, "queue full");
    } catch (const zmq::error_t& fault) {  // EHOSTUNREACH: it has gone
        return fail(Fault::busy, fault.what());
    }
}

void ZmqTransport::run(const std::stop_token& stop, TransportEvents& events,
                       const std::function<void()>& on_wake, const std::function<void()>& on_tick) {
    Duration tick_at = sockets_->clock.elapsed();
    while (!stop.stop_requested()) {
        std::vector<zmq::pollitem_t> items{{nullptr, sockets_->wake_descriptor, ZMQ_POLLIN, 0}};
        bool rests = false;
        const auto poll_for = [&](const Patience& patience) {
            const bool resting = patience.ended(sockets_->clock.elapsed());
            rests |= resting;
            return short(resting ? 0 : ZMQ_POLLIN);
        };
        if (sockets_->router)
            items.push_back(
                {sockets_->router.handle(), 0, poll_for(sockets_->router_patience), 0});
        for (auto& [id, one] : sockets_->dialled) {
            items.push_back({one.socket->handle(), 0, poll_for(one.patience), 0});
            items.push_back({one.events.handle(), 0, ZMQ_POLLIN, 0});
        }
        try {
            const auto wait =
                std::clamp(tick_at - sockets_->clock.elapsed(), Duration{0},
                           rests ? Patience::rest_length : tick_length);
            zmq::poll(items, wait);
            if ((items[0].revents & ZMQ_POLLIN) != 0) {
                std::uint64_t count = 0;
                [[maybe_unused]] const auto drained =
                    ::read(sockets_->wake_descriptor, &count, sizeof count);
                sockets_->awake.store(false);
                on_wake();
            }
            std::size_t item = 1;
            if (sockets_->router && (items[item++].revents & ZMQ_POLLIN) != 0)
                sockets_->receive_router(events);
            for (auto& [id, one] : sockets_->dialled) {
                const bool frames = (items[item++].revents & ZMQ_POLLIN) != 0;
                if ((items[item++].revents & ZMQ_POLLIN) != 0)
                    sockets_->receive_monitor(one, events);
                if (frames) sockets_->receive_dialled(one, events);
            }
            if (sockets_->clock.elapsed() < tick_at) continue;
            tick_at = sockets_->clock.elapsed() + tick_length;
            if (sockets_->is_within_memory()) {
                sockets_->follow_directory();
                sockets_->redial_silent();
            }
            on_tick();
        } catch (const zmq::error_t& fault) {
            if (fault.num() == ETERM) return;
            sockets_->log.error("transport.failed", {{"detail", fault.what()}});
        }
    }
}

void ZmqTransport::wake() {
    if (sockets_->awake.exchange(true)) return;  // it has been told and has not looked yet
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(sockets_->wake_descriptor, &one, sizeof one);
}

void ZmqTransport::rekey() { sockets_->rekeyed = true; }

std::string ZmqTransport::bound() const { return sockets_->bound; }

}  // namespace sanad::federation
