#pragma once

#include "plugins/channels/webchat/page.h"
#include "plugins/channels/webchat/presence.h"
#include "plugins/shared/http/server.h"
#include "plugins/shared/lanes/lanes.h"

#include <sanad/host.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace sanad::webchat {

/// The chat by forms, for a browser that runs no scripts: every answer is a whole page with the
/// conversation in it. The conversation's key comes and goes in a hidden field, never in an address
/// and never in a cookie; limits are those of the sockets.
class Plain {
public:
    static constexpr std::uint32_t replay_limit = 100;
    static constexpr std::size_t lines_max = 500;  // of one page: the newest
    using Wrote = std::function<void(const std::string& conversation, const Line& line)>;

    /// Whether clients can be told apart by where they come from: not behind a web server.
    enum class Sources : std::uint8_t { apart, one };

    /// All of it outlives this. wrote  somebody wrote by a form: for the pages with a socket
    Plain(plugin::Host& host, Presence& presence, lanes::Lanes& lanes, Sources sources,
          Wrote wrote);

    /// POST of /say, /look, /leave, /feel, /back and /bye; anything else is 404. /back answers in
    /// JSON (key_json) when that is accepted.
    ///
    /// threads  the server's
    void take(const http::Request& request, std::shared_ptr<const Page> page,
              const http::Responder& respond);

private:
    using Fields = std::map<std::string, std::string>;
    struct Visit;  // one form and where its answer goes

    void say(Visit visit);
    void look(Visit visit);
    void leave(Visit visit);
    void feel(Visit visit);
    void back(Visit visit);

    // These run in a lane: they wait for the node.
    void begin(Visit& visit);
    void submit(Visit& visit);
    void open(Visit& visit);
    void thank(Visit& visit);
    void look_again(Visit& visit);
    void show(Visit& visit, unsigned status, std::string_view notice);

    void later(const std::string& conversation, Visit visit, void (Plain::*job)(Visit&));

    plugin::Host& host_;
    Presence& presence_;
    lanes::Lanes& lanes_;
    const Sources sources_;
    Wrote wrote_;
    const std::string seed_;  // of the codes of conversations that begin by a form
};

}  // namespace sanad::webchat
