#pragma once

#include "plugins/shared/http/server.h"
#include "plugins/shared/http/sources.h"
#include "plugins/shared/http/stream.h"

#include <atomic>
#include <map>
#include <memory>
#include <thread>

namespace sanad::http {

/// A connection or socket as the core sees it, so that it can end them all.
class Ending {
public:
    virtual ~Ending() = default;
    virtual void end() = 0;
};

/// One open WebSocket.
class Socket {
public:
    virtual ~Socket() = default;
    virtual void send(std::string text) = 0;
    virtual void close(std::uint16_t code) = 0;
};

class Listener;

/// What the parts of one server share.
///
/// threads  the server's, but for post
class Server::Core : public std::enable_shared_from_this<Server::Core> {
public:
    Core(Options options_given, Handlers handlers_given);
    ~Core();

    /// threads  any
    void post(std::move_only_function<void()> work);

    void refused(unsigned status_or_code, std::string_view code) const {
        if (handlers.refused) handlers.refused(status_or_code, code);
    }

    const Options options;
    const Handlers handlers;
    Sources sources;
    std::unique_ptr<boost::asio::io_context> loop;
    std::unique_ptr<Listener> listener;
    std::thread thread;
    std::atomic<bool> stopped{false};
    bool stopping = false;
    std::uint16_t port = 0;

    std::uint64_t next_id = 1;
    std::size_t connections = 0;
    std::map<std::uint64_t, std::shared_ptr<Ending>> endings;  // connections: ours until their end
    std::map<SocketId, std::shared_ptr<Socket>> sockets;       // ours until their end
};

}  // namespace sanad::http
