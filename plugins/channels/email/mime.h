#pragma once

#include "plugins/channels/email/headers.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The parts of a mail: the only door to the library of MIME.
namespace sanad::email {

struct Part {
    std::string type;  // "text/plain", lower case; what names none is application/octet-stream
    std::string charset;
    std::string name;                           // UTF-8, as the mail has it; may be empty
    bool attachment = false;                    // Content-Disposition: attachment
    bool flowed = false, delete_space = false;  // RFC 3676
    std::size_t alternative = 0;  // the multipart/alternative that it is in: the same in other
                                  // forms; 0: none
    std::size_t message = 0;      // the message/rfc822 that it is in; 0: the mail itself
    std::string bytes;            // transfer encoding undone; of message/rfc822 its header alone
};

struct PartLimits {
    std::size_t parts = 50;
    std::size_t depth = 10;
};

struct Parts {
    std::vector<Part> parts;
    bool is_report = false;  // multipart/report
    bool broken = false;     // a limit was met, or something is missing
};

/// Takes a body apart as its headers say. However hostile its structure, it is never more work than
/// its size allows.
///
/// headers  of the mail: Content-Type and Content-Transfer-Encoding are looked at
Parts read_parts(const Headers& headers, std::string_view body, const PartLimits& limits);

/// Seconds since 1970 of a Date; nothing: it is none. source  RFC 5322 section 3.3
std::optional<std::int64_t> read_date(std::string_view text);

/// Once in the process, before its sandbox shuts.
void start_mime();

}  // namespace sanad::email
