#pragma once

#include "plugins/channels/webchat/frames.h"
#include "plugins/channels/webchat/page.h"
#include "plugins/channels/webchat/plain.h"
#include "plugins/channels/webchat/presence.h"
#include "plugins/shared/http/refusals.h"
#include "plugins/shared/http/server.h"
#include "plugins/shared/lanes/lanes.h"

#include <sanad/host.hpp>

#include <atomic>
#include <expected>
#include <map>
#include <memory>
#include <mutex>

namespace sanad::webchat {

/// The running chat: a server, its pages' sockets, and the node behind them. A message gets its
/// acknowledgement when the node has it on disk, and not before.
class Chat {
public:
    static constexpr std::uint32_t replay_limit = 100;  // messages of one page of a replay
    static constexpr std::size_t sockets_max = 12'000;  // open chats; each takes a file descriptor
    static constexpr std::size_t codes_waiting_max = 50;  // jobs; above: no return code
    static constexpr std::chrono::milliseconds again_soon{1000};
    static constexpr std::chrono::milliseconds again_when_full{10'000};

    /// host  outlives the chat
    Chat(plugin::Host& host, const Settings& settings);
    ~Chat();
    Chat(const Chat&) = delete;
    Chat& operator=(const Chat&) = delete;

    /// errors  those of http::Server::start
    std::expected<void, http::StartError> start();
    std::uint16_t port() const { return server_->port(); }

    /// Other texts, numbers, origins; where it listens stays.
    ///
    /// threads  any
    void change(const Settings& settings);

    /// What the helpline wrote, to every open page of the conversation.
    ///
    /// line   an empty text: only the state changed
    /// threads  any
    void deliver(const std::string& conversation, const Line& line,
                 plugin::schema::ConversationState state);

    /// From now on nothing new is taken; true once nothing is under way.
    bool drain();
    std::size_t queued() const { return lanes_.waiting(); }

private:
    struct Front;  // what configuration decides
    using SocketId = http::SocketId;

    std::shared_ptr<const Front> front() const;
    http::Handlers handlers();
    http::Response decide_upgrade(const http::Request& request) const;
    void take(SocketId socket, const std::string& text);
    void closed(SocketId socket);

    void on(SocketId socket, Hello hello);
    void on(SocketId socket, Say say);
    void on(SocketId socket, const Seen& seen);
    void on(SocketId socket, const More& more);
    void on(SocketId socket, const Typing& typing);
    void on(SocketId socket, const Leave& leave);
    void on(SocketId socket, const Where& where);
    void on(SocketId socket, const Feel& feel);
    void on(SocketId socket, const Ping& ping);

    // These run in a lane: they wait for the node.
    void welcome(SocketId socket, const std::string& token, const std::string& code,
                 const std::string& conversation, const Hello& hello);
    void send_page(SocketId socket, const std::string& conversation, std::uint64_t after);
    void submit(SocketId socket, const std::string& conversation, const Say& say);

    void enter(SocketId socket, const std::string& token, const std::string& code,
               const Hello& hello);
    void break_off(SocketId socket, std::string_view code);
    void refuse(SocketId socket, std::string_view cid, std::string_view code);
    bool add(const std::string& conversation, lanes::Lanes::Job job);
    void count_refusal(unsigned status, std::string_view code);

    plugin::Host& host_;
    const http::Options options_;
    const std::chrono::minutes resume_;
    mutable std::mutex front_mutex_;  // guards front_
    std::shared_ptr<const Front> front_;
    Presence presence_;
    std::atomic<bool> draining_{false};
    http::Refusals refusals_;  // the server's thread
    lanes::Lanes lanes_;
    Plain plain_;
    std::unique_ptr<http::Server> server_;
    std::atomic<bool> started_{false};  // server_ is there
};

}  // namespace sanad::webchat
