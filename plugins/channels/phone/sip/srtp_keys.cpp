#include "plugins/channels/phone/sip/srtp_keys.h"

#include "plugins/channels/phone/sip/handle.h"

#include <cstdint>

#include <re.h>

namespace sanad::phone {
namespace {

Handle<srtp> make(const CryptoLine& line) {
    srtp* made = nullptr;
    const auto suite = line.suite == SrtpSuite::aes_cm_128_hmac_sha1_80
                           ? SRTP_AES_CM_128_HMAC_SHA1_80
                           : SRTP_AES_CM_128_HMAC_SHA1_32;
    if (srtp_alloc(&made, suite, line.key.data(), line.key.size(), 0) != 0) return {};
    return Handle<srtp>{made};
}

}  // namespace

struct SrtpKeys::Parts {
    std::optional<CryptoLine> sending, receiving;
    Handle<srtp> out, in;
    Handle<udp_helper> rtp, rtcp;  // before the keys they use
    std::uint64_t refused = 0;

    // A helper answers whether it has dealt with the packet itself; then it goes no further.
    static bool send_rtp(int* error, sa*, mbuf* packet, void* self) {
        const auto& parts = *static_cast<Parts*>(self);
        if (!parts.out) return true;
        *error = srtp_encrypt(parts.out.get(), packet);
        return *error != 0;
    }
    static bool send_rtcp(int* error, sa*, mbuf* packet, void* self) {
        const auto& parts = *static_cast<Parts*>(self);
        if (!parts.out) return true;
        *error = srtcp_encrypt(parts.out.get(), packet);
        return *error != 0;
    }
    static bool receive_rtp(sa*, mbuf* packet, void* self) {
        auto& parts = *static_cast<Parts*>(self);
        if (parts.in && srtp_decrypt(parts.in.get(), packet) == 0) return false;
        ++parts.refused;
        return true;
    }
    static bool receive_rtcp(sa*, mbuf* packet, void* self) {
        auto& parts = *static_cast<Parts*>(self);
        return !parts.in || srtcp_decrypt(parts.in.get(), packet) != 0;
    }
};

SrtpKeys::SrtpKeys() : parts_(std::make_unique<Parts>()) {}
SrtpKeys::~SrtpKeys() = default;

bool SrtpKeys::guard(udp_sock* rtp, udp_sock* rtcp) {
    if (parts_->rtp) return true;
    udp_helper* first = nullptr;
    udp_helper* second = nullptr;
    if (udp_register_helper(&first, rtp, 0, Parts::send_rtp, Parts::receive_rtp, parts_.get()) != 0)
        return false;
    parts_->rtp.reset(first);
    if (udp_register_helper(&second, rtcp, 0, Parts::send_rtcp, Parts::receive_rtcp,
                            parts_.get()) != 0)
        return false;
    parts_->rtcp.reset(second);
    return true;
}

bool SrtpKeys::send_with(const CryptoLine& line) {
    if (parts_->sending == line) return true;
    parts_->out = make(line);
    parts_->sending = line;
    return parts_->out != nullptr;
}

bool SrtpKeys::receive_with(const CryptoLine& line) {
    if (parts_->receiving == line) return true;
    parts_->in = make(line);
    parts_->receiving = line;
    return parts_->in != nullptr;
}

const std::optional<CryptoLine>& SrtpKeys::sending() const { return parts_->sending; }
bool SrtpKeys::receives() const { return parts_->in != nullptr; }
std::uint64_t SrtpKeys::refused() const { return parts_->refused; }

}  // namespace sanad::phone
