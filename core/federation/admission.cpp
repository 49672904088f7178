#include "core/federation/admission.h"

#include <zmq.hpp>

#include <algorithm>
#include <cstring>
#include <thread>

namespace sanad::federation {
namespace {

constexpr const char* zap_endpoint = "inproc://zeromq.zap.01";
constexpr const char* stop_endpoint = "inproc://sanad.admission.stop";
constexpr const char* test_endpoint = "inproc://sanad.admission.test";
constexpr std::size_t zap_frames =
    7;  // version, request id, domain, address, identity, mechanism, key
constexpr int zap_enforce_domain =
    93;  // ZMQ_ZAP_ENFORCE_DOMAIN: honoured by 4.3.4, its macro is draft

std::vector<zmq::message_t> receive_all(zmq::socket_t& socket) {
    std::vector<zmq::message_t> frames;
    for (bool more = true; more;) {
        zmq::message_t frame;
        if (!socket.recv(frame)) break;
        more = frame.more();
        if (frames.size() <= zap_frames) frames.push_back(std::move(frame));
    }
    return frames;
}

void send_all(zmq::socket_t& socket, std::initializer_list<std::string_view> frames) {
    std::size_t left = frames.size();
    for (const auto frame : frames)
        socket.send(zmq::buffer(frame),
                    --left > 0 ? zmq::send_flags::sndmore : zmq::send_flags::none);
}

}  // namespace

struct Admission::Handler {
    Handler(zmq::context_t& guarded, const Peers& known, Log& to, Counters& counts)
        : context(guarded), peers(known), log(to), counters(counts) {}

    zmq::context_t& context;
    const Peers& peers;
    Log& log;
    Counters& counters;
    std::unique_ptr<zmq::socket_t> stop;
    std::thread thread;

    void serve(zmq::socket_t requests, zmq::socket_t stopped) {
        try {
            zmq::pollitem_t items[] = {{requests.handle(), 0, ZMQ_POLLIN, 0},
                                       {stopped.handle(), 0, ZMQ_POLLIN, 0}};
            for (;;) {
                zmq::poll(items, 2, std::chrono::milliseconds(-1));
                if ((items[1].revents & ZMQ_POLLIN) != 0) return;
                if ((items[0].revents & ZMQ_POLLIN) != 0) answer(requests);
            }
        } catch (const zmq::error_t&) {
            // The context is ending: so does its guard.
        }
    }

    // 300 makes a refused peer try again later; 400 would kill its endpoint for good, and it may
    // be in the next directory. The address it came from is neither looked at nor kept.
    void answer(zmq::socket_t& requests) {
        const auto frames = receive_all(requests);
        std::string user;
        if (frames.size() == zap_frames && frames[0].to_string_view() == "1.0" &&
            frames[2].to_string_view() == admission_domain &&
            frames[5].to_string_view() == "CURVE" && frames[6].size() == 32) {
            trust::TransportPublicKey key;
            std::memcpy(key.bytes.data(), frames[6].data(), key.bytes.size());
            const auto table = peers.current();  // kept: a newer one may take its place meanwhile
            if (const Peer* peer = table->find(key)) user = peer->id.text;
        }
        const std::string_view request = frames.size() > 1 ? frames[1].to_string_view() : "";
        if (user.empty()) {
            counters.add("admission.refused");
            send_all(requests, {"1.0", request, "300", "peer unknown", "", ""});
        } else {
            counters.add("admission.admitted");
            send_all(requests, {"1.0", request, "200", "", user, ""});
        }
    }
};

Admission::Admission(std::unique_ptr<Handler> handler) : handler_(std::move(handler)) {}

Result<std::unique_ptr<Admission>> Admission::start(zmq::context_t& context, const Peers& peers,
                                                    Log& log, Counters& counters) {
    auto handler = std::make_unique<Handler>(context, peers, log, counters);
    try {
        zmq::socket_t requests(context, ZMQ_REP);
        requests.set(zmq::sockopt::linger, 0);
        requests.bind(zap_endpoint);
        zmq::socket_t stopped(context, ZMQ_PAIR);
        stopped.bind(stop_endpoint);
        handler->stop = std::make_unique<zmq::socket_t>(context, ZMQ_PAIR);
        handler->stop->connect(stop_endpoint);
        handler->thread = std::thread([raw = handler.get(), requests = std::move(requests),
                                       stopped = std::move(stopped)]() mutable {
            raw->serve(std::move(requests), std::move(stopped));
        });
    } catch (const std::exception& fault) {
        return fail(Fault::io, std::string("admission: ") + fault.what());
    }
    return std::unique_ptr<Admission>(new Admission(std::move(handler)));
}

Admission::~Admission() {
    try {
        handler_->stop->send(zmq::buffer("stop", 4), zmq::send_flags::dontwait);
    } catch (const zmq::error_t&) {
        // The context has ended: the thread saw that too.
    }
    handler_->thread.join();
}

Result<void> Admission::self_test(const trust::TransportKey& server_key, Entropy& entropy) {
    const auto stranger = trust::TransportKey::generate(entropy);
    try {
        zmq::context_t& context = handler_->context;
        zmq::socket_t server(context, ZMQ_ROUTER);
        zmq::socket_t client(context, ZMQ_DEALER);
        for (auto* socket : {&server, &client}) socket->set(zmq::sockopt::linger, 0);
        const auto raw = [](const auto& bytes) { return zmq::buffer(bytes.data(), bytes.size()); };
        server.set(zmq::sockopt::curve_server, true);
        server.set(zmq::sockopt::curve_secretkey, raw(server_key.secret().bytes()));
        server.set(zmq::sockopt::zap_domain, admission_domain);
        const int enforce = 1;
        zmq_setsockopt(server.handle(), zap_enforce_domain, &enforce, sizeof enforce);
        // The server's side tells: a client that gets 300 is cut off without a word (ZMTP 3.1).
        zmq_socket_monitor(server.handle(), test_endpoint,
                           ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
        zmq::socket_t events(context, ZMQ_PAIR);
        events.connect(test_endpoint);
        events.set(zmq::sockopt::rcvtimeo, 2'000);
        server.bind("tcp://127.0.0.1:*");
        client.set(zmq::sockopt::curve_serverkey, raw(server_key.public_key().bytes));
        client.set(zmq::sockopt::curve_publickey, raw(stranger.public_key().bytes));
        client.set(zmq::sockopt::curve_secretkey, raw(stranger.secret().bytes()));
        client.connect(server.get(zmq::sockopt::last_endpoint));
        zmq::message_t event;
        const bool told = events.recv(event).has_value();
        std::uint16_t number = 0;
        if (told && event.size() >= sizeof number)
            std::memcpy(&number, event.data(), sizeof number);
        zmq_socket_monitor(server.handle(), nullptr, 0);
        if (number == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) return {};
        return fail(Fault::denied, "admission self-test: a stranger's key was not refused");
    } catch (const std::exception& fault) {
        return fail(Fault::io, std::string("admission self-test: ") + fault.what());
    }
}

}  // namespace sanad::federation
