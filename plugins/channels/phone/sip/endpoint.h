#pragma once

#include "plugins/channels/phone/calls/lines.h"
#include "plugins/channels/phone/sip/call_back_rules.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The node's own telephone exchange: SIP (RFC 3261) over UDP, TCP and TLS, voices in G.711 by RTP
// or SRTP, registrations of counsellors' telephones. Nothing of the library behind it shows here.
//
// What holds for every setting:
//   - a call from outside ends here. It is never sent on to another address outside; REFER and 3xx
//     are not followed. The one way out is `call_out`, and it obeys CallBackRules;
//   - no number, digit, address or SIP body is logged, at any level: nothing here writes a log;
//   - every table is bounded, and a source that sends too much hears nothing more for a while.
//     Except: TCP and TLS connections that are opened and left idle. The library accepts them, for
//     15 minutes, as long as there are descriptors; a port that the internet reaches wants a limit
//     of connections for each address in front of it (nftables, Kamailio).
namespace sanad::phone {

inline constexpr std::size_t legs_max = 4000;                 // two sockets each, of 8,192 per loop
inline constexpr std::size_t registrations_max = 2000;        // devices
inline constexpr std::size_t credentials_asked_max = 64;      // registrations waiting for the node
inline constexpr std::chrono::seconds silence_ends_call{60};  // no packet at all
inline constexpr std::chrono::seconds session_min{90}, session_max{7200};  // RFC 4028
inline constexpr std::chrono::seconds retry_after{10};                     // in 486 and 503
inline constexpr std::chrono::seconds unanswered_max{120};  // a call that nobody answers or refuses

/// MD5(name ":" realm ":" password), RFC 2617: what the node keeps of a device's password.
using Ha1 = std::array<std::uint8_t, 16>;

/// Asks the node for a device's HA1 and gives it, or nothing, to `answer`: once, from any thread,
/// and only while the endpoint is there. threads  that of the lines: it must not wait
using Credential =
    std::function<void(const std::string& device, std::function<void(std::optional<Ha1>)> answer)>;

/// Where this node registers, and through which it calls people back.
struct Registration {
    std::string address;  // "sip:192.0.2.1:5060;transport=tls": a number, not a name
    std::string user, password;
    std::string from;         // shown to who is called back; empty: `user`
    std::string authorities;  // PEM: only these vouch for its certificate. Empty: TLS is refused
    std::chrono::seconds every{600};
};

struct EndpointSettings {
    std::string listen_address = "127.0.0.1";
    std::string media_address;  // in SDP; empty: listen_address
    /// Nothing: not offered. 0: any free one, see Endpoint::ports.
    std::optional<std::uint16_t> udp_port, tcp_port, tls_port;
    std::string certificate, certificate_key;  // PEM; for TLS
    std::uint16_t first_media_port = 20000, last_media_port = 23999;

    std::vector<std::string> numbers;  // that are answered, as the trunk writes them; else 404
    std::vector<std::string> trunks;   // addresses or networks that calls come from
    std::optional<Registration> registration;
    CallBackRules call_back;

    std::string realm = "sanad";
    Credential credential;  // none: no device can register
    std::chrono::seconds registration_shortest{60}, registration_longest{3600};
    bool devices_in_clear = false;      // registrations without TLS; for tests and private networks
    std::size_t calls_max = 240;        // legs of callers; more get 486
    unsigned requests_per_second = 50;  // of one source; a trunk has ten times that
};

struct Ports {
    std::uint16_t udp = 0, tcp = 0, tls = 0;  // 0: none
};

/// What is heard on a leg, while it lasts or when it has ended.
struct Quality {
    std::uint64_t received = 0, sent = 0;  // packets
    std::uint64_t lost = 0;                // by sequence numbers
    std::uint64_t refused = 0;             // from another address, or not to be decrypted
    std::chrono::microseconds jitter{0};   // RFC 3550, 6.4.1
};

class Exchange;

/// threads  as Lines says; start, stop and the destructor: one other thread
class Endpoint final : public Lines {
public:
    explicit Endpoint(EndpointSettings settings);
    /// Stops.
    ~Endpoint() override;
    Endpoint(const Endpoint&) = delete;
    Endpoint& operator=(const Endpoint&) = delete;

    /// Listens, and calls `events` on its own thread until `stop` has returned.
    ///
    /// events   outlives that
    /// returns  nothing, or what is wrong, such as "phone.sip.tls_port": the setting's name
    std::optional<std::string> start(LineEvents& events);
    /// Says BYE to all, waits for the answers at most two seconds, ends the thread. No event
    /// follows. May be started again.
    void stop();
    /// After `start`.
    Ports ports() const;
    /// Of a leg that is there. threads  that of the lines
    Quality quality(LegId leg) const;
    /// No trunk to register with, or it has accepted the last registration. threads  any
    bool trunk_registered() const;

    void post(std::function<void()> work) override;
    void after(std::chrono::milliseconds wait, std::function<void()> work) override;
    void answer(LegId leg) override;
    void refuse(LegId leg, Refusal why) override;
    void play(LegId leg, std::uint32_t id, std::vector<std::shared_ptr<const Prompt>> prompts,
              bool loop) override;
    void stop_playing(LegId leg) override;
    void listen(LegId leg, bool on) override;
    void part(LegId leg) override;
    void hang_up(LegId leg) override;
    std::vector<std::string> devices() const override;
    LegId ring(const std::string& device, const std::string& words,
               std::chrono::seconds at_most) override;
    LegId call_out(const CallOut& to, std::chrono::seconds at_most) override;
    void join(LegId person, LegId device) override;
    void take_part(LegId person, LegId supervisor, Part part) override;

private:
    std::unique_ptr<Exchange> exchange_;
};

}  // namespace sanad::phone
