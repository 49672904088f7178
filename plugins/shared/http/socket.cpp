#include "plugins/shared/http/session.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <deque>
#include <memory>

namespace sanad::http {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

constexpr std::size_t joined_bytes = 16 * 1024;
constexpr std::uint16_t close_unsupported_data = 1003;
constexpr std::uint16_t close_internal_error = 1011;

// A ByteStream as Beast wants to see one.
class Layer {
public:
    using executor_type = asio::io_context::executor_type;

    explicit Layer(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

    executor_type get_executor() { return stream_->loop().get_executor(); }
    ByteStream& stream() { return *stream_; }

    template <typename Buffers, typename Handler>
    auto async_read_some(const Buffers& buffers, Handler&& handler) {
        return asio::async_initiate<Handler, void(error_code, std::size_t)>(
            [this](auto done, asio::mutable_buffer to) {
                stream_->read_some(to.data(), to.size(), adapt(std::move(done)));
            },
            handler, first_of<asio::mutable_buffer>(buffers));
    }

    // Frame header and payload leave in one piece: one packet, one TLS record. It is kept no longer
    // than it is on its way: most sockets are silent.
    template <typename Buffers, typename Handler>
    auto async_write_some(const Buffers& buffers, Handler&& handler) {
        const std::size_t bytes = std::min(asio::buffer_size(buffers), joined_bytes);
        auto joined = std::make_unique<char[]>(bytes);
        asio::buffer_copy(asio::buffer(joined.get(), bytes), buffers);
        return asio::async_initiate<Handler, void(error_code, std::size_t)>(
            [this, bytes, joined = std::move(joined)](auto done) mutable {
                const char* from = joined.get();
                stream_->write_some(from, bytes,
                                    [joined = std::move(joined), done = adapt(std::move(done))](
                                        const error_code& error, std::size_t sent) mutable {
                                        joined.reset();
                                        done(error, sent);
                                    });
            },
            handler);
    }

private:
    template <typename Done>
    static ByteStream::Done adapt(Done done) {
        return [done = std::move(done)](const error_code& error, std::size_t bytes) mutable {
            std::move(done)(error, bytes);
        };
    }

    template <typename Buffer, typename Buffers>
    static Buffer first_of(const Buffers& buffers) {
        const auto end = asio::buffer_sequence_end(buffers);
        for (auto i = asio::buffer_sequence_begin(buffers); i != end; ++i)
            if (const Buffer buffer = *i; buffer.size() != 0) return buffer;
        return {};
    }

    std::unique_ptr<ByteStream> stream_;
};

// Found by Beast through the type of their argument.
void beast_close_socket(Layer& layer) { layer.stream().cut(); }

template <typename Handler>
void async_teardown(boost::beast::role_type, Layer& layer, Handler&& handler) {
    layer.stream().end_sending([&layer, done = std::forward<Handler>(handler)](
                                   const error_code& error, std::size_t) mutable {
        layer.stream().cut();
        std::move(done)(error);
    });
}

class OpenSocket final : public Socket, public std::enable_shared_from_this<OpenSocket> {
public:
    OpenSocket(Server::Core& core, std::unique_ptr<ByteStream> stream, Request request)
        : core_(core),
          limits_(core.options.limits),
          socket_(std::move(stream)),
          id_(core.next_id++),
          request_(std::move(request)) {}

    void start(std::string raw) {
        core_.sockets.emplace(id_, shared_from_this());
        websocket::stream_base::timeout timeout{};
        timeout.handshake_timeout = limits_.head_wait;
        timeout.idle_timeout = limits_.socket_idle;
        timeout.keep_alive_pings = true;
        socket_.set_option(timeout);
        socket_.set_option(websocket::stream_base::decorator([](websocket::response_type& reply) {
            reply.set(boost::beast::http::field::server, "web");  // else Beast names itself
            reply.set(boost::beast::http::field::cache_control, "no-store");
        }));
        socket_.auto_fragment(false);
        socket_.read_message_max(limits_.socket_message_bytes);
        socket_.control_callback(
            [this](websocket::frame_type kind, boost::beast::string_view) { control(kind); });
        raw_ = std::move(raw);
        socket_.async_accept(asio::buffer(raw_), [self = shared_from_this()](error_code error) {
            if (error) return self->finish(error);
            self->raw_ = {};
            self->opened();
        });
    }

    void send(std::string text) override {
        if (closing_) return;
        queued_bytes_ += text.size();
        if (queued_bytes_ > limits_.socket_queue_bytes) {
            core_.refused(close_policy, "slow_reader");
            closing_ = true;
            return socket_.next_layer().stream().cut();
        }
        queue_.push_back(std::move(text));
        if (open_ && !writing_) write();
    }

    void close(std::uint16_t code) override {
        if (closing_) return;
        closing_ = true;
        close_code_ = code;
        if (open_ && !writing_) end();
    }

private:
    void opened() {
        open_ = true;
        socket_.text(true);
        guarded([this] {
            if (core_.handlers.opened) core_.handlers.opened(id_, request_);
        });
        request_ = {};
        if (!queue_.empty() && !writing_)
            write();
        else if (closing_ && !writing_)
            end();
        read();
    }

    void read() {
        socket_.async_read(in_, [self = shared_from_this()](error_code error, std::size_t) {
            if (error) return self->finish(error);
            self->take();
        });
    }

    void take() {
        if (socket_.got_binary()) {
            core_.refused(close_unsupported_data, "binary_message");
            close(close_unsupported_data);
        } else if (!closing_) {
            const auto data = in_.cdata();
            std::string text(static_cast<const char*>(data.data()), data.size());
            guarded([&] {
                if (core_.handlers.message) core_.handlers.message(id_, std::move(text));
            });
        }
        in_.consume(in_.size());
        in_.shrink_to_fit();
        read();
    }

    // A plugin's handler may use a library that throws; that ends this socket and nothing else.
    template <typename Work>
    void guarded(Work work) {
        try {
            work();
        } catch (...) {
            close(close_internal_error);
        }
    }

    void write() {
        writing_ = true;
        socket_.async_write(asio::buffer(queue_.front()),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                self->writing_ = false;
                                if (error) return;  // reading ends too and tidies up
                                self->written();
                            });
    }

    void written() {
        queued_bytes_ -= queue_.front().size();
        queue_.pop_front();
        if (!queue_.empty()) return write();
        if (closing_) end();
    }

    void end() {
        if (ending_) return;
        ending_ = true;
        socket_.async_close(websocket::close_reason(close_code_),
                            [self = shared_from_this()](error_code) {});
    }

    // Called by Beast in the middle of a read: nothing is done to the socket here.
    void control(websocket::frame_type kind) {
        if (kind != websocket::frame_type::ping || closing_) return;
        const auto now = std::chrono::steady_clock::now();
        if (now - pings_since_ > std::chrono::minutes(1)) {
            pings_since_ = now;
            pings_ = 0;
        }
        if (++pings_ != limits_.socket_pings_per_minute + 1) return;
        core_.refused(close_policy, "ping_flood");
        asio::post(*core_.loop, [self = shared_from_this()] { self->close(close_policy); });
    }

    void finish(const error_code& error) {
        if (finished_) return;
        finished_ = true;
        closing_ = true;
        if (error == websocket::error::message_too_big) core_.refused(1009, "message_too_big");
        if (error == websocket::error::bad_frame_payload) core_.refused(1007, "bad_text");
        socket_.next_layer().stream().cut();  // Beast has sent the close frame where one is due
        const bool known = core_.sockets.erase(id_) != 0;
        if (open_ && known && core_.handlers.closed) core_.handlers.closed(id_);
    }

    Server::Core& core_;  // outlives every socket: it owns the loop that holds them
    const Limits& limits_;
    websocket::stream<Layer, false> socket_;
    const SocketId id_;
    Request request_;
    std::string raw_;
    boost::beast::flat_buffer in_;
    std::deque<std::string> queue_;
    std::size_t queued_bytes_ = 0;
    bool open_ = false;
    bool writing_ = false;
    bool closing_ = false;  // nothing more is queued or handed to a handler
    bool ending_ = false;
    bool finished_ = false;
    std::uint16_t close_code_ = close_going_away;
    std::uint32_t pings_ = 0;
    std::chrono::steady_clock::time_point pings_since_{};
};

}  // namespace

void serve_socket(Server::Core& core, std::unique_ptr<ByteStream> stream, Request request,
                  std::string raw) {
    std::make_shared<OpenSocket>(core, std::move(stream), std::move(request))
        ->start(std::move(raw));
}

}  // namespace sanad::http
