#include "plugins/desks/console/console.h"

#include "plugins/desks/console/assets.h"
#include "plugins/desks/console/cookie.h"
#include "plugins/desks/console/json_door.h"
#include "plugins/desks/console/secret.h"
#include "plugins/shared/by_node/by_node.h"
#include "plugins/shared/http/origin.h"
#include "plugins/shared/http/packed.h"

#include <algorithm>
#include <charconv>

namespace sanad::console {
namespace {

http::Options options_of(const Settings& settings) {
    http::Options options;
    options.address = settings.listen_address;
    options.port = settings.listen_port;
    options.tls = {settings.certificate_file, settings.key_file, false};
    // A whole office sits behind one address; each page asks a few times for one thing that
    // happens.
    options.limits.requests_per_second = settings.behind_proxy ? 0 : 100;
    options.limits.requests_burst = 500;
    options.limits.connections_per_source = settings.behind_proxy ? 0 : 400;
    options.limits.connections = 2000;
    return options;
}

http::Response json(unsigned status, std::string body) {
    http::Response response;
    response.status = status;
    response.content_type = "application/json; charset=utf-8";
    response.body = std::move(body);
    return response;
}

http::Response no_session() {
    auto response =
        json(401, error_json("session_ended", "Nobody is signed in here.", "Sign in again."));
    response.headers.push_back(forget_session());
    return response;
}

http::Response file(const http::Request& request, const Asset& asset) {
    auto response = http::packed(request, asset.type, asset.plain, asset.gzipped);
    response.headers.emplace_back(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; "
        "require-trusted-types-for 'script'");
    // The name of an asset changes with what is in it.
    if (asset.path.starts_with("/assets/"))
        response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
    return response;
}

/// The text of `field` in {"ticket":"…","after":"…"}: both are plain hexadecimal or decimal digits.
std::string_view digits_of(std::string_view json, std::string_view field) {
    const std::string wanted = '"' + std::string(field) + "\":\"";
    const auto at = json.find(wanted);
    if (at == json.npos) return {};
    const auto rest = json.substr(at + wanted.size());
    const auto end = rest.find('"');
    return end == rest.npos ? std::string_view() : rest.substr(0, end);
}

}  // namespace

Console::Console(plugin::Host& host, const Settings& settings)
    : host_(host),
      options_(options_of(settings)),
      key_(random_secret()),
      origins_(settings.origins) {}

Console::~Console() {
    if (news_.joinable()) {
        news_.request_stop();
        news_.join();
    }
    if (server_) server_->stop();
    lanes_.stop();
}

std::expected<void, http::StartError> Console::start() {
    http::Options options = options_;
    if (const auto ready = by_node::prepare(host_, options); !ready) return ready;
    auto started = http::Server::start(std::move(options), handlers());
    if (!started) return std::unexpected(started.error());
    server_ = std::move(*started);
    started_ = true;
    started_.notify_all();
    news_ = std::jthread([this](const std::stop_token& stop) { run_news(stop); });
    return {};
}

void Console::change(const Settings& settings) {
    const std::lock_guard lock(mutex_);
    origins_ = settings.origins;
}

bool Console::drain() {
    draining_ = true;
    return lanes_.waiting() == 0;
}

// ---------------------------------------------------------------- the server's thread

http::Handlers Console::handlers() {
    http::Handlers handlers;
    handlers.request = [this](const http::Request& request, const http::Responder& respond) {
        started_.wait(false);  // a page may be faster than start()
        answer(request, respond);
    };
    handlers.upgrade = [this](const http::Request& request) {
        if (request.path != "/feed")
            return http::refusal(404, "not_found", "There is nothing at this address.");
        if (!is_allowed(request))
            return http::refusal(403, "origin_not_allowed", "Open the desk itself.");
        http::Response accept;
        accept.status = 101;
        return accept;
    };
    handlers.opened = [this](SocketId socket, const http::Request&) {
        started_.wait(false);
        const std::lock_guard lock(mutex_);
        pages_[socket];
    };
    handlers.message = [this](SocketId socket, const std::string& text) { enter(socket, text); };
    handlers.closed = [this](SocketId socket) {
        const std::lock_guard lock(mutex_);
        pages_.erase(socket);
    };
    handlers.refused = [this](unsigned status, std::string_view code) {
        count_refusal(status, code);
    };
    return handlers;
}

void Console::answer(const http::Request& request, const http::Responder& respond) {
    if (request.method == "POST" && request.path == "/api") return ask(request, respond);
    if (request.method == "POST" && request.path == "/ticket") return respond(ticket(request));
    if (request.method != "GET")
        return respond(http::refusal(405, "method_not_allowed", "This can only be read."));
    if (request.path == "/token") return respond(token(request));
    const auto all = assets();
    const auto asset = std::ranges::find(all, request.path, &Asset::path);
    respond(asset == all.end()
                ? http::refusal(404, "not_found", "There is nothing at this address.")
                : file(request, *asset));
}

bool Console::is_allowed(const http::Request& request) const {
    const std::string* origin = request.header("origin");
    const std::string* host = request.header("host");
    const std::string* site = request.header("sec-fetch-site");
    if (!origin || !host || (site && *site != "same-origin")) return false;
    const std::lock_guard lock(mutex_);
    return origins_.empty() ? http::is_own_origin(*origin, host)
                            : std::ranges::find(origins_, *origin) != origins_.end();
}

http::Response Console::token(const http::Request& request) const {
    const std::string* site = request.header("sec-fetch-site");
    if (!site || *site != "same-origin")
        return http::refusal(403, "origin_not_allowed", "Open the desk itself.");
    return json(200, R"({"token":")" + seal_of(key_, session_of(request)) + R"("})");
}

std::expected<void, http::Response> Console::from_own_page(const http::Request& request) const {
    const std::string* site = request.header("sec-fetch-site");
    if (!is_allowed(request) || !site)
        return std::unexpected(
            http::refusal(403, "origin_not_allowed", "Ask from the desk's own page."));
    const std::string* given = request.header("x-sanad-token");
    if (!given || !equal(*given, seal_of(key_, session_of(request))))
        return std::unexpected(
            http::refusal(403, "token_invalid", "Fetch /token again and try once more."));
    return {};
}

http::Response Console::ticket(const http::Request& request) {
    if (const auto own = from_own_page(request); !own) return own.error();
    const std::string session = session_of(request);
    if (session.empty()) return no_session();
    const auto now = Clock::now();
    std::string ticket = random_secret();
    const std::lock_guard lock(mutex_);
    std::erase_if(tickets_, [&](const auto& each) { return each.second.until <= now; });
    if (tickets_.size() >= tickets_max)
        return http::refusal(503, "busy", "Too many at once: try again in a moment.");
    tickets_[ticket] = {session, now + ticket_life};
    return json(200, R"({"ticket":")" + ticket + R"("})");
}

void Console::ask(const http::Request& request, const http::Responder& respond) {
    if (const auto own = from_own_page(request); !own) return respond(own.error());
    const std::string* type = request.header("content-type");
    if (!type || !type->starts_with("application/json"))
        return respond(http::refusal(415, "type_not_json", "Send application/json."));
    if (draining_)
        return respond(http::refusal(503, "restarting", "The desk restarts: try again at once."));
    const std::string session = session_of(request);
    const std::string lane = session.empty() ? random_secret() : session;
    const bool added = lanes_.add(lane, [this, session, body = request.body, respond] {
        try {
            respond(asked(session, body));
        } catch (...) {  // no memory: the server answers 503
            host_.log(SANAD_LOG_ERROR, "console.request_failed");
        }
    });
    if (!added) respond(http::refusal(503, "busy", "Too many at once: try again in a moment."));
}

void Console::enter(SocketId socket, const std::string& text) {
    const auto ticket = digits_of(text, "ticket");
    const auto after = digits_of(text, "after");
    std::uint64_t number = 0;
    const auto read = std::from_chars(after.data(), after.data() + after.size(), number);
    const bool is_number =
        !after.empty() && read.ec == std::errc() && read.ptr == after.data() + after.size();
    bool entered = false;
    {
        const std::lock_guard lock(mutex_);
        const auto page = pages_.find(socket);
        const auto known = tickets_.find(ticket);
        if (is_number && page != pages_.end() && page->second.session.empty() &&
            known != tickets_.end() && known->second.until > Clock::now()) {
            page->second.session = known->second.session;
            page->second.after = number;
            entered = true;
        }
        if (known != tickets_.end()) tickets_.erase(known);
    }
    if (!entered) {
        count_refusal(http::close_policy, "ticket_invalid");
        return server_->close(socket, http::close_policy);
    }
    changed_.notify_all();
    look(socket);
}

// ---------------------------------------------------------------- a lane's thread

http::Response Console::asked(const std::string& session, const std::string& body) {
    const auto request = read_request(body);
    if (!request)
        return json(422, error_json("malformed", request.error(), "Load the page again."));
    const auto answer = host_.ask_for(session, request->flat);
    if (answer.status != SANAD_OK)
        return json(503, error_json("busy", "The node does not answer now.", "Try again."));
    auto reply = write_reply(answer.reply);
    if (reply.is_error && reply.code == "signed_out") return no_session();
    auto response = json(200, std::move(reply.json));
    if (!answer.session.empty()) response.headers.push_back(keep_session(answer.session));
    if (request->ends_session && !reply.is_error) {
        response.headers.push_back(forget_session());
        response.headers.emplace_back("Clear-Site-Data", R"("cache", "storage")");
    }
    return response;
}

// One reader a page; what happens meanwhile has it look once more.
void Console::look(SocketId socket) {
    std::string session;
    {
        const std::lock_guard lock(mutex_);
        const auto page = pages_.find(socket);
        if (page == pages_.end() || page->second.session.empty()) return;
        page->second.looked = Clock::now();
        if (page->second.busy) {
            page->second.more = true;
            return;
        }
        page->second.busy = true;
        session = page->second.session;
    }
    // Not behind what the same person asks: that may wait for a commit.
    if (!lanes_.add(session + " feed", [this, socket] { read_feed(socket); }))
        server_->close(socket, http::close_try_later);
}

void Console::read_feed(SocketId socket) {
    for (;;) {
        std::string session;
        std::uint64_t after = 0;
        {
            const std::lock_guard lock(mutex_);
            const auto page = pages_.find(socket);
            if (page == pages_.end()) return;
            session = page->second.session;
            after = page->second.after;
            page->second.more = false;
        }
        std::uint32_t events = 0;
        if (after == 0) {  // from now on
            const auto news = host_.news(session, 0, std::chrono::milliseconds(0));
            if (news && news->getEnded()) return server_->close(socket, close_session_ended);
            if (!news) return server_->close(socket, http::close_try_later);
            after = std::max<std::uint64_t>(news->getSequence(), 1);
            server_->send(socket, R"({"feed":[]})");
        } else {
            const auto answer = host_.ask_for(session, feed_request(after, feed_events_max));
            if (answer.status != SANAD_OK) return server_->close(socket, http::close_try_later);
            if (answer.ended) return server_->close(socket, close_session_ended);
            auto reply = write_reply(answer.reply);
            if (reply.is_error) return server_->close(socket, http::close_try_later);
            events = reply.events;
            if (events > 0) {
                after = reply.sequence;
                server_->send(socket, std::move(reply.json));
            }
        }
        const std::lock_guard lock(mutex_);
        const auto page = pages_.find(socket);
        if (page == pages_.end()) return;
        page->second.after = after;
        if (events == feed_events_max || page->second.more) continue;
        page->second.busy = false;
        return;
    }
}

// ---------------------------------------------------------------- its own thread

// It asks with the session of anybody who is there, and learns no more than that something
// happened.
void Console::run_news(const std::stop_token& stop) {
    std::uint64_t newest = 0;
    while (!stop.stop_requested()) {
        std::string session;
        {
            std::unique_lock lock(mutex_);
            const auto seated = [this] {
                return std::ranges::find_if(
                    pages_, [](const auto& page) { return !page.second.session.empty(); });
            };
            changed_.wait(lock, stop, [&] { return seated() != pages_.end(); });
            if (stop.stop_requested()) return;
            session = seated()->second.session;
        }
        const auto news = host_.news(session, newest, news_wait);
        const bool failed = !news;
        const bool happened = news && news->getSequence() > newest;
        if (happened) newest = news->getSequence();
        const bool ended = news && news->getEnded();
        const auto stale = Clock::now() - look_again;
        std::vector<SocketId> sockets;
        {
            std::unique_lock lock(mutex_);
            for (const auto& [socket, page] : pages_)
                if (happened || page.looked < stale || (ended && page.session == session))
                    sockets.push_back(socket);
        }
        for (const SocketId socket : sockets) look(socket);
        if (failed || ended) {  // until the node is back, or that page has gone
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, stop, std::chrono::milliseconds(100), [] { return false; });
        }
    }
}

void Console::count_refusal(unsigned status, std::string_view code) {
    const auto count = refusals_.add(code);
    if (!count) return;
    host_.log(
        SANAD_LOG_INFO, "console.refused",
        {{"status", std::to_string(status)}, {"code", code}, {"count", std::to_string(*count)}});
}

}  // namespace sanad::console
