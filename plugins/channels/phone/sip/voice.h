#pragma once

#include "plugins/channels/phone/sip/endpoint.h"
#include "plugins/channels/phone/sip/handle.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

struct sa;

// The sound of one leg: its sockets, its SDP, its keys. Internal. threads  the loop's
namespace sanad::phone {

enum class Law : std::uint8_t { a, u };            // G.711: PCMA, PCMU
enum class Turn : std::uint8_t { offer, answer };  // RFC 3264
enum class Secrecy : std::uint8_t {
    clear,   // RTP
    either,  // what is offered: the SIP comes over TLS
    keyed,   // SRTP, or nothing
};
/// Whose sound it is.
enum class Far : std::uint8_t {
    trunk,   // only the address of its SDP
    device,  // perhaps behind a router: where its SIP comes from, then its first packet's port
};

inline constexpr std::size_t payload_bytes_max = 480;  // 60 ms
inline constexpr std::uint32_t gap_max = 8000;         // samples; more is a new beginning

/// A packet of sound.
struct Sound {
    Law law{};
    std::span<const std::uint8_t> payload;
    std::uint32_t gap = 0;  // samples that were not sent between the last one and this
    std::uint32_t timestamp = 0;
};

class Voice {
public:
    struct Handlers {
        std::function<void(const Sound&)> sound;
        std::function<void(char)> digit;  // RFC 4733, once for each
    };
    /// returns  null: no port is free
    static std::unique_ptr<Voice> open(const EndpointSettings& settings, Far far, Secrecy secrecy,
                                       Handlers handlers);
    ~Voice();

    /// Reads the other side's SDP.
    ///
    /// signalled  where its SIP came from
    /// returns    false: nothing in it that both can, or no key where one must be
    bool take(mbuf& body, Turn turn, const sa& signalled);
    /// Ours. Null: no memory.
    Handle<mbuf> describe(Turn turn);

    /// In `law`; up to payload_bytes_max. Nothing happens where the other side does not listen.
    void send(std::span<const std::uint8_t> payload, std::uint32_t gap = 0);
    Law law() const;
    /// The other side wants to be heard: it is not on hold.
    bool expects_sound() const;
    bool takes_digit_events() const;
    std::chrono::milliseconds last_heard() const;
    Quality quality() const;

private:
    struct Parts;
    explicit Voice(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace sanad::phone
