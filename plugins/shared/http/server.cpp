#include "plugins/shared/http/server.h"

#include "plugins/shared/http/core.h"
#include "plugins/shared/http/listener.h"
#include "plugins/shared/http/response.h"
#include "plugins/shared/http/session.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace sanad::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// How long stop() lets clients read what was sent to them, and how often it looks whether they did.
constexpr std::chrono::milliseconds stop_wait{500};
constexpr std::chrono::milliseconds stop_step{5};

// A connection over the limit is told so, in one attempt, and closed.
void turn_away(std::shared_ptr<ByteStream> stream, const Response& response, bool tls) {
    if (tls) return stream->cut();
    auto bytes = std::make_shared<std::string>(serialise(response, {}));
    stream->write_some(bytes->data(), bytes->size(),
                       [stream, bytes](const error_code&, std::size_t) { stream->cut(); });
}

void take_connection(Server::Core& core, std::unique_ptr<ByteStream> stream,
                     std::span<const unsigned char> address) {
    const auto now = std::chrono::steady_clock::now();
    const std::uint64_t source = core.sources.source_of(address, now);
    const bool tls = core.options.tls.on();
    if (core.connections >= core.options.limits.connections) {
        core.refused(503, "connections_full");
        return turn_away(std::move(stream),
                         refusal(503, "connections_full", "Too many people at once. Try again."),
                         tls);
    }
    const auto entered = core.sources.enter(source, now);
    if (!entered) {
        core.refused(429, "source_connections_full");
        return turn_away(
            std::move(stream),
            refusal(429, "source_connections_full", "Too many connections from this network."),
            tls);
    }
    serve_connection(core, std::move(stream), source, *entered);
}

void end_all(Server::Core& core) {
    core.stopping = true;
    core.listener->close();
    const auto endings = core.endings;  // each takes itself out of the original
    for (const auto& [id, ending] : endings) ending->end();
    const auto sockets = core.sockets;
    for (const auto& [id, socket] : sockets) socket->close(close_going_away);
}

void wait_for_all(Server::Core& core, std::shared_ptr<asio::steady_timer> timer,
                  std::chrono::milliseconds left) {
    if ((core.connections == 0 && core.sockets.empty()) || left.count() <= 0) {
        const auto sockets = std::exchange(core.sockets, {});
        for (const auto& [id, socket] : sockets)
            if (core.handlers.closed) core.handlers.closed(id);
        return core.loop->stop();
    }
    timer->expires_after(stop_step);
    timer->async_wait(
        [&core, timer, left](const error_code&) { wait_for_all(core, timer, left - stop_step); });
}

}  // namespace

Server::Core::Core(Options options_given, Handlers handlers_given)
    : options(std::move(options_given)),
      handlers(std::move(handlers_given)),
      sources(options.limits),
      loop(std::make_unique<asio::io_context>(1)) {}

// What the loop still holds looks at the rest of the core when it goes.
Server::Core::~Core() {
    std::exchange(endings, {}).clear();
    sockets.clear();
    listener.reset();
    loop.reset();
}

void Server::Core::post(std::move_only_function<void()> work) {
    if (!stopped) asio::post(*loop, std::move(work));
}

Server::Server(std::shared_ptr<Core> core) : core_(std::move(core)) {}

std::expected<std::unique_ptr<Server>, StartError> Server::start(Options options,
                                                                 Handlers handlers) {
    auto core = std::make_shared<Core>(std::move(options), std::move(handlers));
    auto listener = Listener::open(*core->loop, core->options);
    if (!listener) return std::unexpected(listener.error());
    core->listener = std::move(*listener);
    core->port = core->listener->port();
    core->listener->run([raw = core.get()](auto stream, auto address) {
        take_connection(*raw, std::move(stream), address);
    });
    core->thread = std::thread([raw = core.get()] {
        const auto keep = asio::make_work_guard(*raw->loop);
        raw->loop->run();
    });
    return std::unique_ptr<Server>(new Server(std::move(core)));
}

Server::~Server() { stop(); }

std::uint16_t Server::port() const { return core_->port; }

void Server::post(std::move_only_function<void()> work) { core_->post(std::move(work)); }

void Server::send(SocketId socket, std::string text) {
    core_->post([core = core_.get(), socket, text = std::move(text)]() mutable {
        if (const auto found = core->sockets.find(socket); found != core->sockets.end())
            found->second->send(std::move(text));
    });
}

void Server::close(SocketId socket, std::uint16_t code) {
    core_->post([core = core_.get(), socket, code] {
        if (const auto found = core->sockets.find(socket); found != core->sockets.end()) {
            const auto open = found->second;  // it may take itself out of the map
            open->close(code);
        }
    });
}

void Server::stop() {
    if (!core_->thread.joinable()) return;
    core_->post([core = core_.get()] {
        end_all(*core);
        wait_for_all(*core, std::make_shared<asio::steady_timer>(*core->loop), stop_wait);
    });
    core_->thread.join();
    core_->stopped = true;
}

}  // namespace sanad::http
