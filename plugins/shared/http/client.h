#pragma once

#include "plugins/shared/http/server.h"

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// An HTTP/1.1 client for plugins that call an organisation's server. One request a connection; no
// redirect is followed, no proxy used, no cookie kept, nothing compressed. Without TLS it speaks to
// this machine only.
namespace sanad::http {

inline constexpr std::size_t url_bytes_max = 2048;

/// Where to: `https://host[:port][/path][?query]`.
struct Url {
    bool tls = true;
    std::string host;  // lower case; an IPv6 address without its brackets
    std::uint16_t port = 443;
    std::string target = "/";  // path and query, as written

    friend bool operator==(const Url&, const Url&) = default;
};

/// Reads an absolute http or https URL of at most url_bytes_max bytes. Refused: a user name, a
/// fragment, port 0, anything but visible ASCII.
///
/// returns  nothing when it is no such URL
std::optional<Url> parse_url(std::string_view text);

/// True when `host` is "localhost" or a loopback address.
bool names_this_machine(std::string_view host);

/// scheme, host and port as a browser writes an origin: without the port when it is the usual one.
std::string origin_of(const Url& url);

enum class ClientFault;

struct ClientOptions {
    /// Makes a connection, and waits for it at most `limit`: a connected TCP socket, the client's
    /// from then on. threads  any
    using Connect = std::function<std::expected<int, ClientFault>(
        const std::string& host, std::uint16_t port, std::chrono::milliseconds limit)>;

    std::string ca_file;                            // PEM; empty: what this machine trusts
    std::string ca{};                               // what ca_file holds; empty: it is read
    Connect connect{};                              // empty: the client connects by itself
    std::chrono::milliseconds connect_wait{5'000};  // name, connection and TLS together
    std::chrono::milliseconds answer_wait{20'000};  // from then on, all of it
    std::size_t head_bytes_max = 16 * 1024;         // above: malformed
    std::size_t body_bytes_max = 64 * 1024;         // above: cut off, see ClientResponse
};

struct ClientRequest {
    std::string method = "POST";
    Url url;
    Headers headers;  // besides Host, Content-Length, Connection and User-Agent
    std::string body;
};

/// An answer counts from the end of its head: what the body does after that changes no outcome.
struct ClientResponse {
    unsigned status = 0;  // 200..599
    Headers headers;
    std::string body;
    bool body_cut = false;  // it was longer than body_bytes_max, or broke off

    /// The first header of that name (any case), or nullptr.
    const std::string* header(std::string_view name) const;
};

enum class ClientFault {
    ca_unreadable,   // the CA file holds no certificate
    not_private,     // no TLS, and the host is not this machine
    resolve_failed,  // no address has that name
    connect_failed,
    tls_failed,  // also: a certificate nobody here trusts, or of another name
    timed_out,
    malformed,   // the answer is not HTTP, or its head is too long
    broken_off,  // the connection ended before the head of an answer
    cancelled
};

/// A code for logs, such as "timed_out".
std::string_view name(ClientFault fault);

/// threads  any; several may send at once
class Client {
public:
    explicit Client(ClientOptions options);
    ~Client();  // after every send has returned
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Sends one request and waits for the answer: at most connect_wait + answer_wait, but a name
    /// server that does not answer may hold it longer (getaddrinfo cannot be interrupted).
    ///
    /// source  TLS 1.2 with AEAD suites or 1.3; RFC 9112
    std::expected<ClientResponse, ClientFault> send(const ClientRequest& request);

    /// Ends every send now and from now on with `cancelled`.
    void cancel();

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace sanad::http
