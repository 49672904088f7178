#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

// Connections to mail servers. The plugin can open no socket: the node hands over one that is
// connected, and here TLS is spoken on it with OpenSSL, through memory. Not by libcurl: 7.88.1
// calls connect() on a socket that it was told is connected (CURL_SOCKOPT_ALREADY_CONNECTED), and a
// plugin that does so is refused by the sandbox.
namespace sanad::email {

enum class WireFault : std::uint8_t {
    connect_failed,
    tls_failed,  // also: a certificate nobody here trusts, or of another name
    closed,      // by the other side
    timed_out,
    cancelled,
};
/// "connect_failed", ...
std::string_view name(WireFault fault);

/// Wakes whoever waits on a wire, from any thread, once and for all.
class Cancel {
public:
    Cancel();  // throws  plugin::Error when there is no descriptor left
    ~Cancel();
    Cancel(const Cancel&) = delete;
    Cancel& operator=(const Cancel&) = delete;

    void now();
    bool asked() const;
    int descriptor() const { return event_; }
    /// Sleeps so long. returns  false: it was cancelled
    bool wait(std::chrono::milliseconds time) const;

private:
    int event_;
};

/// Bytes there and back. threads  one at a time
class Wire {
public:
    virtual ~Wire() = default;
    /// What has come, at least one byte. errors  timed_out after `limit`, closed, cancelled
    virtual std::expected<std::string, WireFault> receive(std::chrono::milliseconds limit) = 0;
    /// All of it, within `limit`.
    virtual std::expected<void, WireFault> send(std::string_view bytes,
                                                std::chrono::milliseconds limit) = 0;
    /// From here on with TLS; the server's certificate is checked. Bytes that came before and were
    /// not received are an attack: tls_failed.
    virtual std::expected<void, WireFault> secure(std::chrono::milliseconds limit) = 0;
};

struct Place {
    std::string host;
    std::uint16_t port = 0;
    bool tls = true;  // from the first byte
};

/// How to get there.
struct Way {
    /// A connected TCP socket, the caller's from then on; -1: there is none.
    using Connect = std::function<int(const std::string& host, std::uint16_t port,
                                      std::chrono::milliseconds limit)>;
    Connect connect;
    std::string authorities;  // PEM: whose certificates are trusted
    std::chrono::milliseconds connect_limit{20'000};
};

/// Opens a connection, with TLS when the place says so.
///
/// way, cancel  outlive the wire
/// source       TLS 1.2 or 1.3, RFC 6125
std::expected<std::unique_ptr<Wire>, WireFault> open_wire(const Place& place, const Way& way,
                                                          const Cancel& cancel);

}  // namespace sanad::email
