#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What headers and bodies of SIP say, where the library does not read them. Everything here is
// written by strangers.
namespace sanad::phone {

/// The digit of an INFO, or nothing. "Signal=5" of application/dtmf-relay, "5" of application/dtmf;
/// 10 and 11 are * and #.
std::optional<char> info_digit(std::string_view media_type, std::string_view body);

/// Whether Privacy (RFC 3323, RFC 3325) asks to hide the number.
bool hides_number(std::string_view privacy);

/// The number of a caller as the trunk gives it; nothing: hidden, or none.
///
/// asserted  user part of P-Asserted-Identity, or empty
/// from      user and host of From
std::optional<std::string> caller_number(std::string_view asserted, std::string_view from_user,
                                         std::string_view from_host, std::string_view privacy);

enum class Refresher : std::uint8_t { we, they };

/// A session timer, RFC 4028.
struct SessionTimer {
    std::chrono::seconds expires{0};
    Refresher refresher = Refresher::they;
    bool operator==(const SessionTimer&) const = default;
};

/// What we answer to a request's Session-Expires, such as "1800;refresher=uac". We refresh, unless
/// the other side wants to.
///
/// returns  nothing, if it says nothing usable
std::optional<SessionTimer> accept_timer(std::string_view session_expires);
/// What an answer to our own request has settled.
std::optional<SessionTimer> read_timer(std::string_view session_expires);

/// Words for a telephone's display: no control characters, quotes, or backslashes, 60 bytes.
std::string display_words(std::string_view words);

}  // namespace sanad::phone
