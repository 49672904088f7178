#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// An HTTP/1.1 and WebSocket server for plugins that face the outside. One thread of its own does
// all input and output and calls every handler; a handler must not block: hand slow work to a
// thread of yours and answer from there. What breaks the rules of HTTP or a limit is answered here
// and never reaches a handler. No address of a client is kept, given to a handler or logged.
namespace sanad::http {

using Header = std::pair<std::string, std::string>;
using Headers = std::vector<Header>;

/// What one client may ask of the server; each has a test on both sides.
struct Limits {
    std::size_t request_line_bytes = 4096;          // above: 414
    std::size_t head_bytes = 16 * 1024;             // all header lines together; above: 431
    std::size_t header_count = 64;                  // above: 431
    std::size_t body_bytes = 256 * 1024;            // above: 413
    std::chrono::milliseconds head_wait{10'000};    // TLS handshake and head; above: 408
    std::chrono::milliseconds body_wait{30'000};    // above: 408
    std::chrono::milliseconds answer_wait{30'000};  // for a handler's answer (then 503), then
                                                    // again for the client to read it
    std::size_t connections = 200;                  // open, not yet WebSockets; above: 503
    std::size_t connections_per_source = 100;       // above: 429; 0: no limit
    std::uint32_t requests_per_second = 5;          // per source; above: 429; 0: no limit
    std::uint32_t requests_burst = 100;            // what a source may do at once, such as a school
    std::size_t sockets = 4000;                    // WebSockets; above: 503
    std::size_t socket_message_bytes = 16 * 1024;  // above: close code 1009
    std::size_t socket_queue_bytes = 512 * 1024;   // not yet read by a slow client; above: cut
    std::uint32_t socket_pings_per_minute = 30;    // above: close code 1008
    std::chrono::milliseconds socket_idle{40'000};  // answers no ping in this time: cut
};

struct Tls {
    std::string certificate_file;  // PEM, the chain; empty: no TLS
    std::string key_file;          // PEM
    bool allow_tls_1_2 = false;    // with AEAD suites only; for old telephones
    std::string certificate{};     // what certificate_file holds; empty: it is read
    std::string key{};             // what key_file holds; empty: it is read

    bool on() const { return !certificate_file.empty(); }
};

struct Options {
    std::string address = "127.0.0.1";  // an IPv4 or IPv6 address of this machine
    std::uint16_t port = 0;             // 0: a free one, see Server::port
    int listening = -1;  // a listening TCP socket, the server's from now on; -1: it makes one
    Tls tls;
    Limits limits;
};

/// One request, complete and within the limits.
struct Request {
    std::string method;  // GET (also for HEAD), POST, PUT, PATCH, DELETE or OPTIONS
    std::string path;    // starts with '/', percent-decoded; no "..", no empty segment but the last
    std::string query;   // what follows '?', as it came
    Headers headers;     // in the order they came
    std::string body;
    std::uint64_t source = 0;  // the same for one client address for at most 24 h: a keyed hash

    /// The first header of that name (any case), or nullptr.
    const std::string* header(std::string_view name) const;
};

struct Response {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body{};
    Headers headers{};  // besides security_headers(), which a header of the same name here replaces
};

/// `{"error":code,"message":sentence}` with that status.
///
/// code      such as "body_too_large"; the list only grows
/// sentence  plain English: what, the limit, what to do; never a path, a key or what was sent
Response refusal(unsigned status, std::string_view code, std::string_view sentence);

/// What every response carries: a Content-Security-Policy that lets a page load its own scripts,
/// styles, images and connections and nothing else, no-store, nosniff, no-referrer, COOP, CORP,
/// Permissions-Policy with everything off; HSTS with TLS.
///
/// source  SECURITY.md, requirement 8
const Headers& security_headers();

/// Answers one request, once: the first call counts, and dropping the last copy unanswered is 503.
///
/// threads  any; also after the client or the server has gone, then without effect
using Responder = std::function<void(Response)>;

/// One WebSocket; never used twice in a server's life.
using SocketId = std::uint64_t;

inline constexpr std::uint16_t close_going_away = 1001;
inline constexpr std::uint16_t close_policy = 1008;
inline constexpr std::uint16_t close_try_later = 1013;

/// All are called on the server's thread. Each may be empty.
struct Handlers {
    /// Empty: everything is 404. The body of an answer to HEAD is cut off here.
    std::function<void(Request, Responder)> request;
    /// A WebSocket is asked for: check path and Origin here. 101 lets it in; else this is the
    /// answer. Empty: 404.
    std::function<Response(const Request&)> upgrade;
    std::function<void(SocketId, const Request&)> opened;
    /// One text message, valid UTF-8. A binary one closes with 1003.
    std::function<void(SocketId, std::string text)> message;
    /// After this the id means nothing. Also for sockets that stop() closes.
    std::function<void(SocketId)> closed;
    /// A request or socket was refused by a rule of this server; for counters and the log.
    std::function<void(unsigned status_or_close_code, std::string_view code)> refused;
};

/// Why a server did not start.
struct StartError {
    std::string code;    // address_invalid, listen_failed, certificate_unreadable, key_unreadable
    std::string detail;  // for the local log: the operating system's or OpenSSL's word for it
};

/// A running server. The destructor stops it.
///
/// threads  any, but stop and the destructor never from a handler
class Server {
public:
    static std::expected<std::unique_ptr<Server>, StartError> start(Options options,
                                                                    Handlers handlers);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    class Core;  // this folder's own: core.h

    /// The port that was bound.
    std::uint16_t port() const;

    /// Runs `work` on the server's thread, in the order of the calls; never after stop returned.
    void post(std::move_only_function<void()> work);

    /// Sends one text message, in the order of the calls; nothing when the socket has gone.
    void send(SocketId socket, std::string text);

    /// Sends what waits, then a close frame with `code`.
    void close(SocketId socket, std::uint16_t code);

    /// Takes no new connections, closes all (sockets with 1001) and joins the thread. Again:
    /// nothing.
    void stop();

private:
    explicit Server(std::shared_ptr<Core> core);
    std::shared_ptr<Core> core_;  // shared with responders that outlive the server
};

}  // namespace sanad::http
