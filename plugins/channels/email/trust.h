#pragma once

#include "plugins/channels/email/headers.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What a mail's header says of who, or what, sent it, and what of that is believed.
namespace sanad::email {

enum class Verdict : std::uint8_t { none, pass, fail };

/// What the helpline's own mail server found out about the sender.
struct Authentication {
    Verdict spf = Verdict::none, dkim = Verdict::none, dmarc = Verdict::none;
    bool operator==(const Authentication&) const = default;
};

/// Who, or what, sent it: what an automatic answer is decided by.
struct Sending {
    std::optional<std::string> envelope_sender;  // of Return-Path; "" is `<>`: nobody to answer
    bool automatic = false;                      // Auto-Submitted, and not "no"
    bool list = false;                           // any List-*
    bool bulk = false;                           // Precedence: bulk, junk, list, auto_reply
    bool suppress = false;                       // X-Auto-Response-Suppress
    std::size_t received = 0;                    // servers that it came through
};

Sending read_sending(const Headers& headers);

/// Looks at the topmost Authentication-Results alone, and only when it names `authserv`: what is
/// below it may have been written by the sender. source  RFC 8601
Authentication read_authentication(const Headers& headers, std::string_view authserv);

}  // namespace sanad::email
