#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sanad::node {

class Settings;

inline constexpr std::size_t origins_max = 8;

/// `[accounts]`: where people sign in at a desk.
struct AccountSettings {
    std::vector<std::string> origins;  // such as "https://desk.example.org"; none: no passkeys
    std::string relying_party;         // the domain that passkeys are for; empty: no passkeys
    std::string phone_server;  // where telephones of the staff register, for people; or empty
};

/// The host of an origin as a browser writes it: https, and http only of this machine; a name in
/// lower case, and a port where it is not the scheme's own. Empty: it is none.
std::string origin_host(std::string_view origin);

/// Reads and finishes the table.
AccountSettings read_accounts(Settings& settings);

}  // namespace sanad::node
