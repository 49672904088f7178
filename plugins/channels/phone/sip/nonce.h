#pragma once

#include "plugins/channels/phone/sip/host_address.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

// Nonces of the digest that need no table: a time, and a keyed hash of it and of who asked.
namespace sanad::phone {

inline constexpr std::chrono::seconds nonce_lasts{60};

class Nonces {
public:
    /// A new key: nonces of another one are worth nothing here.
    Nonces();

    /// now  of a clock that only goes forward
    std::string make(const HostAddress& source, std::chrono::milliseconds now) const;
    bool good(std::string_view nonce, const HostAddress& source,
              std::chrono::milliseconds now) const;

private:
    std::array<std::uint8_t, 32> key_{};
};

}  // namespace sanad::phone
