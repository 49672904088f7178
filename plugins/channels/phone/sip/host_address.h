#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Addresses of machines, and the networks that a trunk calls from.
namespace sanad::phone {

/// IPv6, or IPv4 as "::ffff:a.b.c.d".
struct HostAddress {
    std::array<std::uint8_t, 16> bytes{};
    auto operator<=>(const HostAddress&) const = default;
};

std::optional<HostAddress> read_address(const std::string& text);

class Networks {
public:
    /// "192.0.2.1", "192.0.2.0/28", "2001:db8::/32"
    ///
    /// returns  nothing, if one of them is none
    static std::optional<Networks> read(const std::vector<std::string>& texts);

    /// The first that has it, counted from 0.
    std::optional<std::size_t> find(const HostAddress& address) const;
    void add(const HostAddress& address);

private:
    struct Network {
        HostAddress address;
        unsigned bits = 128;
    };
    std::vector<Network> networks_;
};

}  // namespace sanad::phone
