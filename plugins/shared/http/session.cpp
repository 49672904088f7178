#include "plugins/shared/http/session.h"

#include "plugins/shared/http/head.h"
#include "plugins/shared/http/response.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <cassert>
#include <optional>

namespace sanad::http {
namespace {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t chunk_line_bytes_max = 16 * 1024;  // kept unread while a body comes
constexpr std::size_t drained_bytes_max = 1024 * 1024;   // read and dropped behind a refusal
constexpr std::chrono::milliseconds drain_wait{1000};

class Session final : public Ending, public std::enable_shared_from_this<Session> {
public:
    Session(Server::Core& core, std::unique_ptr<ByteStream> stream, std::uint64_t source,
            std::uint64_t entered)
        : core_(core),
          limits_(core.options.limits),
          stream_(std::move(stream)),
          timer_(*core.loop),
          source_(source),
          entered_(entered),
          id_(core.next_id++) {
        ++core_.connections;
    }

    ~Session() override {
        if (registered_) leave();
    }

    void start() {
        core_.endings.emplace(id_, shared_from_this());
        within(limits_.head_wait);
        stream_->handshake([self = shared_from_this()](const error_code& error, std::size_t) {
            if (error) return self->finish();
            self->read();
        });
    }

    /// Answers the request `turn`, unless that happened already.
    void answer(std::uint64_t turn, Response response) {
        if (phase_ != Phase::answer || turn != turn_) return;
        send(std::move(response));
    }

    // Ending: a request that is being answered may finish.
    void end() override {
        keep_alive_ = false;
        if (phase_ == Phase::head || phase_ == Phase::body) finish();
    }

private:
    enum class Phase : std::uint8_t { head, body, answer, write, drain, over };

    // ------------------------------------------------------------ time

    void within(std::chrono::milliseconds wait) {
        timer_.expires_after(wait);
        timer_.async_wait([weak = weak_from_this()](const error_code& error) {
            const auto self = error ? nullptr : weak.lock();
            // A timer that was set anew while this call was already on its way has not expired.
            if (self && self->timer_.expiry() <= std::chrono::steady_clock::now()) self->too_late();
        });
    }

    void too_late() {
        switch (phase_) {
            case Phase::head:
                return in_.empty() ? finish() : refuse(request_too_slow);
            case Phase::body:
                return refuse(request_too_slow);
            case Phase::answer:
                return refuse({503, "answer_too_slow", "The answer took too long. Try again."});
            case Phase::write:
            case Phase::drain:
                return finish();
            case Phase::over:
                return;
        }
    }

    // ------------------------------------------------------------ reading

    void read() {
        if (reading_ || phase_ == Phase::over) return;
        reading_ = true;
        stream_->read_some(chunk_.data(), chunk_.size(),
                           [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                               self->reading_ = false;
                               self->take(error, bytes);
                           });
    }

    void take(const error_code& error, std::size_t bytes) {
        if (error) {
            other_side_ended_ = true;
            const bool answering = phase_ == Phase::answer || phase_ == Phase::write;
            return answering ? void() : finish();
        }
        switch (phase_) {
            case Phase::head:
                in_.append(chunk_.data(), bytes);
                return look_at_head();
            case Phase::body:
                in_.append(chunk_.data(), bytes);
                return feed_body();
            case Phase::drain:
                drained_ += bytes;
                return drained_ > drained_bytes_max ? finish() : read();
            case Phase::answer:
            case Phase::write:
            case Phase::over:
                return;
        }
    }

    void look_at_head() {
        auto result = read_head(in_, limits_);
        if (std::holds_alternative<Incomplete>(result)) return read();
        if (const auto* refused = std::get_if<Refused>(&result)) return refuse(*refused);
        head_ = std::move(std::get<Head>(result));
        head_.request.source = source_;
        keep_alive_ = head_.keep_alive && !core_.stopping;
        head_only_ = head_.request.method == "HEAD";
        if (head_only_) head_.request.method = "GET";
        if (!core_.sources.spend(source_, std::chrono::steady_clock::now()))
            return refuse({429, "too_many_requests", "Too many requests from this network."});
        if (head_.upgrade) return upgrade();

        parser_.emplace();
        parser_->header_limit(std::uint32_t(head_.bytes + 1));
        parser_->body_limit(limits_.body_bytes);
        error_code error;
        const auto used = parser_->put(asio::buffer(in_.data(), head_.bytes), error);
        if (error || used != head_.bytes) return refuse(malformed);
        in_.erase(0, head_.bytes);
        phase_ = Phase::body;
        within(limits_.body_wait);
        if (head_.expects_continue && !parser_->is_done() && in_.empty()) return send_continue();
        feed_body();
    }

    void send_continue() {
        out_ = "HTTP/1.1 100 Continue\r\n\r\n";
        sent_ = 0;
        write([self = shared_from_this()] {
            if (self->phase_ == Phase::body) self->feed_body();
        });
    }

    void feed_body() {
        while (!parser_->is_done()) {
            error_code error;
            const auto used = parser_->put(asio::buffer(in_), error);
            in_.erase(0, used);
            if (error == beast_http::error::need_more) {
                if (in_.size() > chunk_line_bytes_max) return refuse(malformed);
                return read();
            }
            if (error == beast_http::error::body_limit || error == beast_http::error::bad_chunk)
                return refuse(error == beast_http::error::body_limit ? body_too_large : malformed);
            if (error) return refuse(malformed);
            if (used == 0) return read();
        }
        head_.request.body = std::move(parser_->get().body());
        parser_.reset();
        dispatch();
    }

    // ------------------------------------------------------------ answering

    // Answers by its owner's last word, or by 503 when the owner lets go of it.
    class Pending {
    public:
        Pending(std::weak_ptr<Server::Core> core, std::weak_ptr<Session> session,
                std::uint64_t turn)
            : core_(std::move(core)), session_(std::move(session)), turn_(turn) {}
        ~Pending() { send(refusal(503, "not_answered", "This cannot be answered now.")); }
        Pending(const Pending&) = delete;
        Pending& operator=(const Pending&) = delete;

        void send(Response response) {
            if (used_.exchange(true)) return;
            const auto core = core_.lock();
            if (!core) return;
            core->post(
                [session = session_, turn = turn_, response = std::move(response)]() mutable {
                    if (const auto self = session.lock()) self->answer(turn, std::move(response));
                });
        }

    private:
        std::weak_ptr<Server::Core> core_;
        std::weak_ptr<Session> session_;
        std::uint64_t turn_;
        std::atomic<bool> used_{false};
    };

    void dispatch() {
        phase_ = Phase::answer;
        ++turn_;
        within(limits_.answer_wait);
        if (!core_.handlers.request) return send(not_found());
        auto pending = std::make_shared<Pending>(core_.weak_from_this(), weak_from_this(), turn_);
        try {
            core_.handlers.request(std::move(head_.request), [pending](Response response) {
                pending->send(std::move(response));
            });
        } catch (...) {  // a plugin's handler may use a library that throws
            send(refusal(500, "handler_failed", "This could not be done here."));
        }
    }

    void upgrade() {
        if (!core_.handlers.upgrade) return send(not_found());
        if (core_.sockets.size() >= limits_.sockets || core_.stopping)
            return refuse({503, "sockets_full", "Too many people at once. Try again."});
        Response decided;
        try {
            decided = core_.handlers.upgrade(head_.request);
        } catch (...) {
            decided = refusal(500, "handler_failed", "This could not be done here.");
        }
        if (decided.status != 101) {
            keep_alive_ = false;
            return send(std::move(decided));
        }
        phase_ = Phase::over;
        timer_.cancel();
        leave();
        serve_socket(core_, std::move(stream_), std::move(head_.request), std::move(in_));
    }

    void refuse(const Refused& why) {
        core_.refused(why.status, why.code);
        keep_alive_ = false;
        send(refusal(why.status, why.code, why.sentence));
    }

    void send(Response response) {
        phase_ = Phase::write;
        parser_.reset();
        within(limits_.answer_wait);
        const bool tls = core_.options.tls.on();
        if (other_side_ended_) keep_alive_ = false;
        out_ = serialise(response, {tls, keep_alive_, head_only_});
        sent_ = 0;
        write([self = shared_from_this()] { self->sent(); });
    }

    void write(std::move_only_function<void()> then) {
        stream_->write_some(out_.data() + sent_, out_.size() - sent_,
                            [self = shared_from_this(), then = std::move(then)](
                                const error_code& error, std::size_t bytes) mutable {
                                if (error) return self->finish();
                                self->sent_ += bytes;
                                if (self->sent_ < self->out_.size())
                                    return self->write(std::move(then));
                                then();
                            });
    }

    void sent() {
        if (phase_ == Phase::over) return;
        out_.clear();
        if (!keep_alive_) return drain();
        phase_ = Phase::head;
        head_ = {};
        within(limits_.head_wait);
        if (in_.empty()) return read();
        look_at_head();
    }

    // Closing with bytes unread would make the kernel drop the answer that was just sent.
    void drain() {
        if (other_side_ended_) return finish();
        phase_ = Phase::drain;
        within(drain_wait);
        stream_->end_sending([self = shared_from_this()](const error_code&, std::size_t) {
            const bool tls = self->core_.options.tls.on();
            return tls ? self->finish() : self->read();
        });
    }

    void finish() {
        if (phase_ == Phase::over) return;
        phase_ = Phase::over;
        timer_.cancel();
        stream_->cut();
        leave();
    }

    void leave() {
        registered_ = false;
        core_.endings.erase(id_);
        core_.sources.leave(entered_);
        --core_.connections;
    }

    static Response not_found() {
        return refusal(404, "not_found", "There is nothing at this address.");
    }

    static constexpr Refused malformed{400, "malformed_request",
                                       "The request is not valid HTTP/1.1."};
    static constexpr Refused request_too_slow{408, "request_too_slow",
                                              "The request took too long to arrive."};
    static constexpr Refused body_too_large{413, "body_too_large", "The body is over the limit."};

    Server::Core& core_;  // outlives every session: it owns the loop that holds them
    const Limits& limits_;
    std::unique_ptr<ByteStream> stream_;
    asio::steady_timer timer_;
    const std::uint64_t source_;
    const std::uint64_t entered_;
    const std::uint64_t id_;
    bool registered_ = true;

    Phase phase_ = Phase::head;
    bool reading_ = false;
    bool other_side_ended_ = false;
    bool keep_alive_ = true;
    bool head_only_ = false;
    std::uint64_t turn_ = 0;
    std::size_t drained_ = 0;
    std::array<char, 8192> chunk_{};
    std::string in_;  // what has come and was not used yet
    std::string out_;
    std::size_t sent_ = 0;
    Head head_;
    std::optional<beast_http::request_parser<beast_http::string_body>> parser_;
};

}  // namespace

void serve_connection(Server::Core& core, std::unique_ptr<ByteStream> stream, std::uint64_t source,
                      std::uint64_t entered) {
    std::make_shared<Session>(core, std::move(stream), source, entered)->start();
}

}  // namespace sanad::http
