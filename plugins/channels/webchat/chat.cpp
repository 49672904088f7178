#include "plugins/channels/webchat/chat.h"

#include "plugins/channels/webchat/code.h"
#include "plugins/channels/webchat/token.h"
#include "plugins/channels/webchat/told.h"
#include "plugins/shared/by_node/by_node.h"
#include "plugins/shared/http/origin.h"

#include <algorithm>
#include <tuple>

namespace sanad::webchat {
namespace {

namespace schema = plugin::schema;

std::chrono::steady_clock::time_point now() { return std::chrono::steady_clock::now(); }

http::Options options_of(const Settings& settings) {
    http::Options options;
    options.address = settings.listen_address;
    options.port = settings.listen_port;
    options.limits.sockets = Chat::sockets_max;
    options.tls = {settings.certificate_file, settings.key_file, settings.allow_tls_1_2};
    if (settings.behind_proxy) {
        options.limits.connections_per_source = 0;
        options.limits.requests_per_second = 0;
        options.limits.connections = 2000;
    }
    return options;
}

}  // namespace

struct Chat::Front {
    explicit Front(const Settings& settings) : page(settings), origins(settings.origins) {}
    Page page;
    std::vector<std::string> origins;
};

Chat::Chat(plugin::Host& host, const Settings& settings)
    : host_(host),
      options_(options_of(settings)),
      resume_(settings.resume),
      front_(std::make_shared<const Front>(settings)),
      presence_(settings.behind_proxy ? 0 : settings.conversations_per_hour),
      plain_(host, presence_, lanes_,
             settings.behind_proxy ? Plain::Sources::one : Plain::Sources::apart,
             [this](const std::string& conversation, const Line& line) {
                 for (const SocketId socket : presence_.sockets_of(conversation))
                     server_->send(socket, message_frame(line));
             }) {}

// The server first: what it closes may still go to a lane.
Chat::~Chat() {
    if (server_) server_->stop();
    lanes_.stop();
}

std::expected<void, http::StartError> Chat::start() {
    http::Options options = options_;
    if (const auto ready = by_node::prepare(host_, options); !ready) return ready;
    auto started = http::Server::start(std::move(options), handlers());
    if (!started) return std::unexpected(started.error());
    server_ = std::move(*started);
    started_ = true;
    started_.notify_all();
    return {};
}

void Chat::change(const Settings& settings) {
    auto front = std::make_shared<const Front>(settings);
    const std::lock_guard lock(front_mutex_);
    front_ = std::move(front);
}

std::shared_ptr<const Chat::Front> Chat::front() const {
    const std::lock_guard lock(front_mutex_);
    return front_;
}

bool Chat::drain() {
    draining_ = true;
    return lanes_.waiting() == 0;
}

void Chat::deliver(const std::string& conversation, const Line& line,
                   schema::ConversationState state) {
    for (const SocketId socket : presence_.sockets_of(conversation)) {
        if (!line.text.empty()) server_->send(socket, message_frame(line));
        if (state != schema::ConversationState::NONE)
            server_->send(socket, state_frame(name_of(state)));
    }
}

// ---------------------------------------------------------------- the server's thread

http::Handlers Chat::handlers() {
    http::Handlers handlers;
    handlers.request = [this](const http::Request& request, const http::Responder& respond) {
        const auto at = front();
        if (request.method != "POST") return respond(at->page.answer(request));
        if (draining_) return respond(http::refusal(503, "stopping", "Try again in a moment."));
        plain_.take(request, std::shared_ptr<const Page>(at, &at->page), respond);
    };
    handlers.upgrade = [this](const http::Request& request) { return decide_upgrade(request); };
    handlers.opened = [this](SocketId socket, const http::Request& request) {
        started_.wait(false);  // a page may be faster than start()
        presence_.opened(socket, request.source);
    };
    handlers.message = [this](SocketId socket, const std::string& text) { take(socket, text); };
    handlers.closed = [this](SocketId socket) { closed(socket); };
    handlers.refused = [this](unsigned status, std::string_view code) {
        count_refusal(status, code);
    };
    return handlers;
}

http::Response Chat::decide_upgrade(const http::Request& request) const {
    if (request.path != "/chat")
        return http::refusal(404, "not_found", "There is nothing at this address.");
    const std::string* origin = request.header("origin");
    const std::string* site = request.header("sec-fetch-site");
    const auto& origins = front()->origins;
    const bool allowed =
        origin && (origins.empty() ? http::is_own_origin(*origin, request.header("host"))
                                   : std::ranges::find(origins, *origin) != origins.end());
    if (!allowed || (site && *site != "same-origin"))
        return http::refusal(403, "origin_not_allowed", "Open the page itself to write here.");
    http::Response accept;
    accept.status = 101;
    return accept;
}

void Chat::take(SocketId socket, const std::string& text) {
    if (!presence_.spend_frame(socket, now())) {
        count_refusal(http::close_policy, "too_many_frames");
        return server_->close(socket, http::close_policy);
    }
    auto frame = read_frame(text);
    if (!frame) return break_off(socket, "protocol");
    std::visit([&](auto& kind) { on(socket, std::move(kind)); }, *frame);
}

void Chat::on(SocketId socket, Hello hello) {
    if (!hello.token.empty()) return enter(socket, hello.token, {}, hello);
    // A new conversation: its key is made from its return code, which takes a moment. When many
    // come at once, one without a code is better than one that is late.
    if (lanes_.waiting() > codes_waiting_max) return enter(socket, make_token(), {}, hello);
    const bool added = add(make_token(), [this, socket, hello = std::move(hello)] {
        const std::string code = make_code();
        enter(socket, token_of_code(code), code, hello);
    });
    if (!added) server_->close(socket, http::close_try_later);
}

void Chat::on(SocketId socket, Say say) {
    const std::string conversation = presence_.conversation_of(socket);
    if (conversation.empty()) return break_off(socket, "protocol");
    if (!has_words(say.text)) return refuse(socket, say.cid, "empty");
    if (characters(say.text) > characters_max) return refuse(socket, say.cid, "too_long");
    if (const auto wait = presence_.spend_message(conversation, now()))
        return server_->send(socket,
                             later_frame(say.cid, static_cast<std::uint64_t>(wait->count())));
    const std::string cid = say.cid;
    const bool added =
        !draining_ && add(conversation, [this, socket, conversation, say = std::move(say)] {
            submit(socket, conversation, say);
        });
    if (!added) server_->send(socket, later_frame(cid, again_soon.count()));
}

void Chat::on(SocketId socket, const Seen& seen) {
    const std::string conversation = presence_.conversation_of(socket);
    if (conversation.empty()) return break_off(socket, "protocol");
    if (!presence_.note_seen(conversation, seen.seq)) return;
    add(conversation, [this, conversation, seq = seen.seq] {
        // A receipt that the node cannot take now is made good by the next one.
        std::ignore = host_.receipt(conversation, seq);
    });
}

void Chat::on(SocketId socket, const More& more) {
    const std::string conversation = presence_.conversation_of(socket);
    if (conversation.empty()) return break_off(socket, "protocol");
    const bool added = add(conversation, [this, socket, conversation, after = more.after] {
        send_page(socket, conversation, after);
    });
    if (!added) server_->close(socket, http::close_try_later);
}

void Chat::on(SocketId socket, const Typing&) {
    const std::string conversation = presence_.conversation_of(socket);
    if (conversation.empty() || !presence_.spend_typing(conversation, now())) return;
    add(conversation, [this, conversation] { host_.typing(conversation); });
}

void Chat::on(SocketId socket, const Leave& leave) {
    const std::string conversation = presence_.conversation_of(socket);
    if (conversation.empty()) return;
    presence_.note_left(conversation);
    const auto how = leave.quickly ? schema::Leave::How::QUICK_EXIT : schema::Leave::How::CLOSED;
    add(conversation, [this, conversation, how] { std::ignore = host_.leave(conversation, how); });
}

void Chat::on(SocketId socket, const Where&) {
    const std::string conversation = presence_.conversation_of(socket);
    if (conversation.empty() || !presence_.spend_where(conversation, now())) return;
    add(conversation, [this, socket, conversation] {
        const auto reply = host_.replay(conversation, UINT64_MAX, 1);
        if (reply)
            server_->send(socket, place_frame(name_of(reply->getState()), standing_of(*reply)));
    });
}

void Chat::on(SocketId socket, const Feel& feel) {
    const std::string conversation = presence_.conversation_of(socket);
    if (conversation.empty()) return break_off(socket, "protocol");
    add(conversation, [this, socket, conversation, answers = feel.answers] {
        server_->send(socket, thanks_frame(host_.feedback(conversation, answers) == SANAD_OK));
    });
}

void Chat::on(SocketId socket, const Ping&) { server_->send(socket, pong_frame()); }

void Chat::closed(SocketId socket) {
    const auto absence = presence_.closed(socket);
    if (!absence) return;
    lanes_.add_later(absence->conversation, resume_, [this, absence = *absence] {
        if (!presence_.still_absent(absence)) return;
        std::ignore = host_.leave(absence.conversation, schema::Leave::How::CONNECTION_LOST);
    });
}

// ---------------------------------------------------------------- a lane's thread

void Chat::welcome(SocketId socket, const std::string& token, const std::string& code,
                   const std::string& conversation, const Hello& hello) {
    const auto reply = host_.replay(conversation, hello.after, replay_limit);
    if (!reply) return server_->close(socket, http::close_try_later);
    const auto state = reply->getState();
    if (state == schema::ConversationState::NONE) {
        if (!presence_.admit(socket, now(), hello.pressed)) {
            presence_.unjoin(socket);
            return server_->send(socket, press_frame());
        }
    } else {
        presence_.note_written(conversation);
    }
    server_->send(socket, welcome_frame(token, name_of(state), lines_of(*reply), reply->getMore(),
                                        standing_of(*reply), code));
}

void Chat::send_page(SocketId socket, const std::string& conversation, std::uint64_t after) {
    const auto reply = host_.replay(conversation, after, replay_limit);
    if (!reply) return server_->close(socket, http::close_try_later);
    server_->send(socket, page_frame(lines_of(*reply), reply->getMore()));
}

void Chat::submit(SocketId socket, const std::string& conversation, const Say& say) {
    const auto reply = host_.submit(conversation, say.cid, say.text, say.language);
    if (is_refused_for_good(reply.status())) return refuse(socket, say.cid, "invalid");
    if (!reply) {
        const auto wait = reply.status() == SANAD_E_FULL ? again_when_full : again_soon;
        return server_->send(socket, later_frame(say.cid, wait.count()));
    }
    presence_.note_written(conversation);
    // Who comes from here on has it by replay.
    const auto here = presence_.sockets_of(conversation);
    server_->send(socket, ack_frame(say.cid, reply->getSeq()));
    if (reply->getDuplicate()) return;
    const std::string frame = message_frame(written_now(reply->getSeq(), say));
    for (const SocketId other : here)
        if (other != socket) server_->send(other, frame);
}

// ---------------------------------------------------------------- any thread

void Chat::enter(SocketId socket, const std::string& token, const std::string& code,
                 const Hello& hello) {
    const auto conversation = conversation_of(token);
    if (!conversation) return break_off(socket, "token_invalid");
    if (!presence_.join(socket, *conversation)) return break_off(socket, "protocol");
    for (const SocketId oldest : presence_.surplus(*conversation))
        server_->close(oldest, http::close_policy);
    const bool added =
        add(*conversation, [this, socket, token, code, hello, conversation = *conversation] {
            welcome(socket, token, code, conversation, hello);
        });
    if (!added) server_->close(socket, http::close_try_later);
}

void Chat::break_off(SocketId socket, std::string_view code) {
    server_->send(socket, error_frame(code));
    server_->close(socket, http::close_policy);
}

void Chat::refuse(SocketId socket, std::string_view cid, std::string_view code) {
    server_->send(socket, refused_frame(cid, code));
}

// What a job throws (a library's word for bad memory or a bad message) costs that job alone.
bool Chat::add(const std::string& conversation, lanes::Lanes::Job job) {
    return lanes_.add(conversation, [this, job = std::move(job)]() mutable {
        try {
            job();
        } catch (...) {
            host_.log(SANAD_LOG_ERROR, "webchat.job_failed");
        }
    });
}

void Chat::count_refusal(unsigned status, std::string_view code) {
    const auto count = refusals_.add(code);
    if (!count) return;
    host_.log(
        SANAD_LOG_INFO, "webchat.refused",
        {{"status", std::to_string(status)}, {"code", code}, {"count", std::to_string(*count)}});
}

}  // namespace sanad::webchat
