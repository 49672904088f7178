#include "plugins/shared/http/client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/multi_buffer.hpp>
#include <boost/beast/http.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <set>

namespace sanad::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ssl = asio::ssl;
using asio::ip::tcp;
using Code = boost::system::error_code;

constexpr int informational_max = 4;  // 1xx answers before the real one

/// One request on a connection of its own. Everything runs inside run().
class Exchange {
public:
    Exchange(const ClientOptions& options, const ClientRequest& request, ssl::context& tls)
        : options_(options),
          request_(request),
          loop_(1),
          resolver_(loop_),
          timer_(loop_),
          stream_(loop_, tls) {}

    std::expected<ClientResponse, ClientFault> run() {
        arm(options_.connect_wait);
        resolve();
        loop_.run();
        if (fault_) return std::unexpected(*fault_);
        return std::move(response_);
    }

    /// threads  any
    void cancel() {
        asio::post(loop_, [this] { fail(ClientFault::cancelled); });
    }

private:
    tcp::socket& socket() { return stream_.next_layer(); }

    void arm(std::chrono::milliseconds wait) {
        timer_.expires_after(wait);
        timer_.async_wait([this](Code error) {
            if (!error) fail(ClientFault::timed_out);
        });
    }

    /// The first word counts; what is still under way ends without effect.
    void fail(ClientFault fault) {
        if (finished_) return;
        if (have_head_) return succeed(true);
        fault_ = fault;
        finish();
    }

    void finish() {
        finished_ = true;
        Code ignored;
        timer_.cancel();
        resolver_.cancel();
        socket().close(ignored);
        loop_.stop();
    }

    void resolve() {
        const auto& url = request_.url;
        if (options_.connect)
            return take(options_.connect(url.host, url.port, options_.connect_wait));
        Code not_an_address;
        const auto address = asio::ip::make_address(url.host, not_an_address);
        if (!not_an_address) return connect({tcp::endpoint(address, url.port)});
        resolver_.async_resolve(url.host, std::to_string(url.port),
                                [this](Code error, const tcp::resolver::results_type& found) {
                                    if (error) return fail(ClientFault::resolve_failed);
                                    std::vector<tcp::endpoint> endpoints;
                                    for (const auto& entry : found)
                                        endpoints.push_back(entry.endpoint());
                                    connect(std::move(endpoints));
                                });
    }

    void take(std::expected<int, ClientFault> connection) {
        if (!connection) return fail(connection.error());
        sockaddr_storage own{};
        socklen_t size = sizeof own;
        ::getsockname(*connection, reinterpret_cast<sockaddr*>(&own), &size);
        Code error;
        socket().assign(own.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), *connection, error);
        if (error) ::close(*connection);
        const bool here = !error && socket().remote_endpoint(error).address().is_loopback();
        if (error) return fail(ClientFault::connect_failed);
        if (!request_.url.tls && !here) return fail(ClientFault::not_private);
        connected();
    }

    void connect(std::vector<tcp::endpoint> endpoints) {
        endpoints_ = std::move(endpoints);
        const bool all_here = std::ranges::all_of(
            endpoints_, [](const auto& endpoint) { return endpoint.address().is_loopback(); });
        if (!request_.url.tls && !all_here) return fail(ClientFault::not_private);
        asio::async_connect(socket(), endpoints_, [this](Code error, const tcp::endpoint&) {
            if (error) return fail(ClientFault::connect_failed);
            connected();
        });
    }

    void connected() {
        Code ignored;
        socket().set_option(tcp::no_delay(true), ignored);
        request_.url.tls ? handshake() : write(socket());
    }

    void handshake() {
        const std::string& host = request_.url.host;
        Code is_name;
        asio::ip::make_address(host, is_name);
        // SSL_set_tlsext_host_name, written out: the macro casts in the old style.
        if (is_name && SSL_ctrl(stream_.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME,
                                TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str())) != 1)
            return fail(ClientFault::tls_failed);
        stream_.set_verify_callback(ssl::host_name_verification(host));
        stream_.async_handshake(ssl::stream_base::client, [this](Code error) {
            if (error) return fail(ClientFault::tls_failed);
            write(stream_);
        });
    }

    template <typename Stream>
    void write(Stream& stream) {
        arm(options_.answer_wait);
        message_.method_string(request_.method);
        message_.target(request_.url.target);
        message_.version(11);
        for (const auto& [field, value] : request_.headers) message_.insert(field, value);
        message_.set(beast::http::field::host,
                     origin_of(request_.url).substr(request_.url.tls ? 8 : 7));
        message_.set(beast::http::field::user_agent, "sanad");
        message_.set(beast::http::field::connection, "close");
        message_.body() = request_.body;
        message_.prepare_payload();
        beast::http::async_write(stream, message_, [this, &stream](Code error, std::size_t) {
            // A server may answer and close before it has read everything: look for the answer.
            if (error && error != asio::error::broken_pipe &&
                error != asio::error::connection_reset)
                return fail(ClientFault::broken_off);
            read_head(stream);
        });
    }

    template <typename Stream>
    void read_head(Stream& stream) {
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(options_.head_bytes_max));
        // Our own limit, which cuts; Beast's would refuse the head that promises too much.
        parser_->body_limit(boost::none);
        parser_->get().body().max_size(options_.body_bytes_max);
        beast::http::async_read_header(
            stream, buffer_, *parser_, [this, &stream](Code error, std::size_t) {
                if (error) return fail(head_fault(error));
                const unsigned status = parser_->get().result_int();
                if (status < 200 && ++informational_ <= informational_max) return read_head(stream);
                if (status < 200 || status > 599) return fail(ClientFault::malformed);
                have_head_ = true;
                read_body(stream);
            });
    }

    static ClientFault head_fault(Code error) {
        if (error == beast::http::error::end_of_stream ||
            error == beast::http::error::partial_message)
            return ClientFault::broken_off;
        const auto of_http = beast::http::make_error_code(beast::http::error::end_of_stream);
        if (error.category() == of_http.category()) return ClientFault::malformed;
        return ClientFault::broken_off;
    }

    template <typename Stream>
    void read_body(Stream& stream) {
        beast::http::async_read(stream, buffer_, *parser_,
                                [this](Code error, std::size_t) { succeed(bool(error)); });
    }

    void succeed(bool body_cut) {
        if (finished_) return;
        auto& message = parser_->get();
        response_.status = message.result_int();
        for (const auto& field : message)
            response_.headers.emplace_back(std::string(field.name_string()),
                                           std::string(field.value()));
        response_.body = beast::buffers_to_string(message.body().data());
        response_.body_cut = body_cut;
        finish();
    }

    const ClientOptions& options_;
    const ClientRequest& request_;
    asio::io_context loop_;
    tcp::resolver resolver_;
    asio::steady_timer timer_;
    ssl::stream<tcp::socket> stream_;
    std::vector<tcp::endpoint> endpoints_;
    beast::http::request<beast::http::string_body> message_;
    beast::flat_buffer buffer_;
    std::optional<beast::http::response_parser<beast::http::dynamic_body>> parser_;
    int informational_ = 0;
    bool have_head_ = false;
    bool finished_ = false;
    ClientResponse response_;
    std::optional<ClientFault> fault_;
};

bool same_name(std::string_view a, std::string_view b) { return beast::iequals(a, b); }

/// Peers are verified; TLS 1.2 only with forward secrecy and AEAD, or 1.3.
bool prepare(ssl::context& tls, const ClientOptions& options) {
    Code error;
    tls.set_verify_mode(ssl::verify_peer, error);
    if (error || SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(tls.native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
        return false;
    if (!options.ca.empty())
        tls.add_certificate_authority(asio::buffer(options.ca), error);
    else if (options.ca_file.empty())
        tls.set_default_verify_paths(error);
    else
        tls.load_verify_file(options.ca_file, error);
    return !error;
}

}  // namespace

class Client::State {
public:
    explicit State(ClientOptions given) : options(std::move(given)) {}

    /// Reads the trusted authorities at the first use: there are many, and without TLS none
    /// matters.
    bool tls_ready() {
        std::call_once(prepared_, [this] { ready_ = prepare(tls, options); });
        return ready_;
    }

    const ClientOptions options;
    ssl::context tls{ssl::context::tls_client};
    std::mutex mutex;
    bool cancelled = false;
    std::set<Exchange*> under_way;

private:
    std::once_flag prepared_;
    bool ready_ = false;
};

Client::Client(ClientOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Client::~Client() = default;

std::expected<ClientResponse, ClientFault> Client::send(const ClientRequest& request) {
    if (request.url.tls && !state_->tls_ready()) return std::unexpected(ClientFault::ca_unreadable);
    Exchange exchange(state_->options, request, state_->tls);
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->cancelled) return std::unexpected(ClientFault::cancelled);
        state_->under_way.insert(&exchange);
    }
    auto result = exchange.run();
    const std::lock_guard lock(state_->mutex);
    state_->under_way.erase(&exchange);
    return result;
}

void Client::cancel() {
    const std::lock_guard lock(state_->mutex);
    state_->cancelled = true;
    for (Exchange* exchange : state_->under_way) exchange->cancel();
}

const std::string* ClientResponse::header(std::string_view wanted) const {
    for (const auto& [field, value] : headers)
        if (same_name(field, wanted)) return &value;
    return nullptr;
}

std::string_view name(ClientFault fault) {
    switch (fault) {
        case ClientFault::ca_unreadable:
            return "ca_unreadable";
        case ClientFault::not_private:
            return "not_private";
        case ClientFault::resolve_failed:
            return "resolve_failed";
        case ClientFault::connect_failed:
            return "connect_failed";
        case ClientFault::tls_failed:
            return "tls_failed";
        case ClientFault::timed_out:
            return "timed_out";
        case ClientFault::malformed:
            return "malformed";
        case ClientFault::broken_off:
            return "broken_off";
        case ClientFault::cancelled:
            return "cancelled";
    }
    return "unknown";
}

}  // namespace sanad::http
