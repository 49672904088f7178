#pragma once

#include "plugins/channels/phone/sip/crypto_line.h"

#include <memory>
#include <optional>

struct udp_sock;

namespace sanad::phone {

/// Encrypts and decrypts what passes the two sockets of a leg, RTP and RTCP. Internal. threads  the
/// loop's
class SrtpKeys {
public:
    SrtpKeys();
    ~SrtpKeys();
    SrtpKeys(const SrtpKeys&) = delete;
    SrtpKeys& operator=(const SrtpKeys&) = delete;

    /// Nothing passes in a direction that has no key yet.
    ///
    /// returns  false: no memory
    bool guard(udp_sock* rtp, udp_sock* rtcp);
    bool send_with(const CryptoLine& line);
    /// The same key again keeps the replay window.
    bool receive_with(const CryptoLine& line);
    const std::optional<CryptoLine>& sending() const;
    bool receives() const;
    std::uint64_t refused() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace sanad::phone
