#pragma once

#include "plugins/partners/webhook/callback.h"
#include "plugins/partners/webhook/pickup.h"
#include "plugins/partners/webhook/settings.h"
#include "plugins/shared/http/server.h"

#include <sanad/host.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

namespace sanad::webhook {

inline constexpr std::size_t visits_max = 64;  // waiting for the node; above: 503

/// The plugin's HTTP server. Its own thread reads and writes; what asks the node, which waits for
/// the disk, runs on one thread here, in the order in which it came.
///
/// threads  strand
class Door {
public:
    /// settings, host  outlive it
    static std::expected<std::unique_ptr<Door>, http::StartError> open(const Settings& settings,
                                                                       plugin::Host& host);
    ~Door();  // stops the server, answers what waits with 503, joins
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    std::uint16_t port() const { return server_->port(); }
    /// From now on every request is 503.
    void drain();

private:
    struct Visitor {
        http::Request request;
        http::Responder respond;
    };

    Door(const Settings& settings, plugin::Host& host);
    void take(http::Request request, http::Responder respond);
    void work();
    http::Response answer(const http::Request& request);

    plugin::Host& host_;
    Callback callback_;
    Pickup pickup_;
    const bool takes_callbacks_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Visitor> visitors_;
    bool draining_ = false;
    bool stopping_ = false;
    std::thread thread_;
    std::unique_ptr<http::Server> server_;
};

}  // namespace sanad::webhook
