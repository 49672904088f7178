#include "plugins/channels/phone/sip/sip_text.h"

#include "plugins/channels/phone/sip/handle.h"

#include <cstdint>
#include <cstring>

#include <re.h>

namespace sanad::phone {

void Release::operator()(void* object) const noexcept { mem_deref(object); }

std::string_view view(const pl& text) {
    return text.p ? std::string_view{text.p, text.l} : std::string_view{};
}

std::string text(const pl& text) { return std::string{view(text)}; }

HostAddress host(const sa& address) {
    HostAddress host;
    if (sa_af(&address) == AF_INET6) {
        sa_in6(&address, host.bytes.data());
        return host;
    }
    const std::uint32_t v4 = sa_in(&address);
    host.bytes[10] = host.bytes[11] = 0xff;
    for (std::size_t at = 0; at < 4; ++at)
        host.bytes[12 + at] = static_cast<std::uint8_t>(v4 >> (24 - 8 * at));
    return host;
}

std::string_view header(const sip_msg& message, int id) {
    const auto* found = sip_msg_hdr(&message, static_cast<sip_hdrid>(id));
    return found ? view(found->val) : std::string_view{};
}

bool has_token(const sip_msg& message, int id, const char* token) {
    return sip_msg_hdr_has_value(&message, static_cast<sip_hdrid>(id), token);
}

std::chrono::milliseconds clock_now() {
    return std::chrono::milliseconds{static_cast<std::int64_t>(tmr_jiffies())};
}

}  // namespace sanad::phone
