#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The parts of a mail: the only door to the library of MIME.
namespace sanad::email {

struct Part {
    std::string type;  // "text/plain", lower case; what is no type is application/octet-stream
    std::string charset;
    std::string name;                           // UTF-8, as the mail has it; may be empty
    bool attachment = false;                    // Content-Disposition: attachment
    bool flowed = false, delete_space = false;  // RFC 3676
    std::size_t depth = 0;
    // The nearest multipart/alternative above: parts of one are the same thing in other forms.
    std::size_t alternative = 0;  // 0: none; else its number
    std::size_t message = 0;      // the message/rfc822 that it is in; 0: the mail itself
    std::string bytes;            // transfer encoding undone
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

/// bytes  a whole mail, or one whose structure is hostile: never more work than its size allows
Parts read_parts(std::string_view bytes, const PartLimits& limits);

/// RFC 5322 date, seconds since 1970; nothing: it is none.
std::optional<std::int64_t> read_date(std::string_view text);

/// Once in the process.
void start_mime();

}  // namespace sanad::email
