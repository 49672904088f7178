#pragma once

#include <string>
#include <string_view>

// The encodings that mail puts bytes into, undone. What does not belong there is passed over.
namespace sanad::email {

/// RFC 4648 section 4; line ends, spaces and foreign characters between do not matter.
std::string decode_base64(std::string_view text);

/// RFC 4648 section 4, without line ends.
std::string encode_base64(std::string_view bytes);

/// The Q encoding of RFC 2047 section 4.2.
std::string decode_q(std::string_view text);

/// %41 as in RFC 2231 and in addresses of the web.
std::string decode_percent(std::string_view text);

/// RFC 2045 section 6.7 with lines of at most `line_max` characters that end in CR LF; `text` has
/// lines that end in LF.
std::string encode_quoted_printable(std::string_view text, std::size_t line_max);

}  // namespace sanad::email
