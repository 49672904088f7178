#include "plugins/channels/phone/sip/host_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace sanad::phone {
namespace {

bool same(const HostAddress& a, const HostAddress& b, unsigned bits) {
    const unsigned whole = bits / 8;
    if (!std::equal(a.bytes.begin(), a.bytes.begin() + whole, b.bytes.begin())) return false;
    if (bits % 8 == 0) return true;
    const int mask = 0xff << (8 - bits % 8) & 0xff;
    return (a.bytes[whole] & mask) == (b.bytes[whole] & mask);
}

}  // namespace

std::optional<HostAddress> read_address(const std::string& text) {
    HostAddress address;
    if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) return address;
    address.bytes[10] = address.bytes[11] = 0xff;
    if (inet_pton(AF_INET, text.c_str(), address.bytes.data() + 12) == 1) return address;
    return {};
}

std::optional<Networks> Networks::read(const std::vector<std::string>& texts) {
    Networks networks;
    for (const auto& text : texts) {
        const auto slash = text.find('/');
        const auto address = read_address(text.substr(0, slash));
        if (!address) return {};
        unsigned bits = 128;
        if (slash != text.npos) {
            const char* const end = text.data() + text.size();
            const auto read = std::from_chars(text.data() + slash + 1, end, bits);
            if (read.ec != std::errc{} || read.ptr != end) return {};
            if (text.find(':') == text.npos) bits += 96;
            if (bits > 128 || bits < 8) return {};
        }
        networks.networks_.push_back({*address, bits});
    }
    return networks;
}

std::optional<std::size_t> Networks::find(const HostAddress& address) const {
    const auto found = std::ranges::find_if(networks_, [&](const Network& network) {
        return same(network.address, address, network.bits);
    });
    if (found == networks_.end()) return {};
    return static_cast<std::size_t>(found - networks_.begin());
}

void Networks::add(const HostAddress& address) { networks_.push_back({address, 128}); }

}  // namespace sanad::phone
