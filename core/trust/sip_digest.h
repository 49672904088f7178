#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sanad::trust {

/// What a SIP telephone's password becomes before it is stored: MD5(name ":" realm ":" password),
/// the HA1 of digest authentication. MD5, because nearly every telephone knows nothing else (RFC
/// 3261, section 22.4; RFC 7616, section 3.4.2); so the password must be random and long, since
/// whoever has an HA1 can try passwords fast, and can sign in with it in this realm.
///
/// source  RFC 7616; MD5 by OpenSSL
/// threads any
std::array<std::uint8_t, 16> sip_ha1(std::string_view name, std::string_view realm,
                                     std::string_view password);

}  // namespace sanad::trust
