#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::email {

inline constexpr std::size_t mailbox_bytes_max = 254;  // RFC 5321 section 4.5.3.1.3
inline constexpr std::size_t shown_name_bytes_max = 200;

struct Address {
    std::string mailbox;  // "local@domain" without brackets; empty where none can be read
    std::string name;     // UTF-8 to be shown: controls and bidirectional marks escaped
    bool operator==(const Address&) const = default;
};

/// The addresses of a From, To or Cc; groups are opened, comments passed over. At most `most`.
/// source  RFC 5322 section 3.4
std::vector<Address> read_addresses(std::string_view value, std::size_t most);

/// The `<...>` of a Message-ID, In-Reply-To or References, with their brackets; at most `most`, and
/// of a longer list the first and the last ones.
std::vector<std::string> read_message_ids(std::string_view value, std::size_t most);

/// Whether `text` is one mailbox that SMTP can be given: no spaces, controls, quotes or brackets,
/// ASCII or UTF-8, at most mailbox_bytes_max bytes. Never a route, a list or a header.
bool is_mailbox(std::string_view text);

}  // namespace sanad::email
