#pragma once

#include "plugins/desks/console/settings.h"
#include "plugins/shared/http/refusals.h"
#include "plugins/shared/http/server.h"
#include "plugins/shared/lanes/lanes.h"

#include <sanad/host.hpp>

#include <atomic>
#include <condition_variable>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace sanad::console {

inline constexpr std::uint16_t close_session_ended = 4401;

/// The running desk: a server, its pages' sockets, and the node behind them. It has no authority of
/// its own: what a page asks goes to the node with the session of who sits there.
///
/// GET / and /assets/…  the page            POST /api     a request of the door, as JSON
/// GET /token           against forgery     POST /ticket  for /feed, once, within 30 s
/// WebSocket /feed      what happened, as the door's feed, from the number that the page says
class Console {
public:
    static constexpr std::uint32_t feed_events_max = 200;  // of one frame
    static constexpr std::chrono::seconds news_wait{2};
    static constexpr std::chrono::seconds look_again{30};  // at a session of which nothing is heard
    static constexpr std::chrono::seconds ticket_life{30};
    static constexpr std::size_t tickets_max = 2000;

    /// host  outlives the console
    Console(plugin::Host& host, const Settings& settings);
    ~Console();
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    /// errors  those of http::Server::start
    std::expected<void, http::StartError> start();
    std::uint16_t port() const { return server_->port(); }

    /// Other origins; where it listens stays. threads  any
    void change(const Settings& settings);

    /// From now on nothing new is taken; true once nothing is under way.
    bool drain();
    std::size_t queued() const { return lanes_.waiting(); }

private:
    using SocketId = http::SocketId;
    using Clock = std::chrono::steady_clock;
    struct Page {                 // a WebSocket
        std::string session;      // empty: not told yet with a ticket
        std::uint64_t after = 0;  // the newest event that it has; 0: none yet
        bool busy = false;        // a lane reads for it
        bool more = false;        // and has to look again
        Clock::time_point looked{};
    };
    struct Ticket {
        std::string session;
        Clock::time_point until;
    };

    http::Handlers handlers();
    void answer(const http::Request& request, const http::Responder& respond);
    http::Response token(const http::Request& request) const;
    http::Response ticket(const http::Request& request);
    void ask(const http::Request& request, const http::Responder& respond);
    http::Response asked(const std::string& session, const std::string& body);

    /// Nothing: the request comes from our own page; else why it is not taken.
    std::expected<void, http::Response> from_own_page(const http::Request& request) const;
    bool is_allowed(const http::Request& request) const;

    void enter(SocketId socket, const std::string& text);
    void look(SocketId socket);       // threads  any
    void read_feed(SocketId socket);  // a lane's thread
    void run_news(const std::stop_token& stop);
    void count_refusal(unsigned status, std::string_view code);

    plugin::Host& host_;
    const http::Options options_;
    const std::string key_;  // of the tokens against forgery

    mutable std::mutex mutex_;  // guards the next block
    std::condition_variable_any changed_;
    std::vector<std::string> origins_;
    std::map<SocketId, Page> pages_;
    std::map<std::string, Ticket, std::less<>> tickets_;

    std::atomic<bool> draining_{false};
    http::Refusals refusals_;  // the server's thread
    lanes::Lanes lanes_;
    std::unique_ptr<http::Server> server_;
    std::atomic<bool> started_{false};  // server_ is there
    std::jthread news_;                 // last: it ends before what it uses
};

}  // namespace sanad::console
