#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// The fields of a mail's header: found, unfolded and decoded, with limits.
namespace sanad::email {

struct Header {
    std::string name;   // lower case
    std::string value;  // unfolded, as it came: any bytes but CR, LF and NUL
};
using Headers = std::vector<Header>;

struct HeaderLimits {
    std::size_t lines = 200;        // headers; those beyond are passed over
    std::size_t bytes = 64U << 10;  // of one value; the rest of it is cut
};

struct HeaderBlock {
    Headers headers;
    std::size_t bytes = 0;  // up to and with the empty line
    bool broken = false;    // a limit was met, or a line that is no header
};

/// Reads headers up to the first empty line, or to a line that is none: from there on it is text.
/// Lines may end in CR LF, LF or CR.
HeaderBlock read_headers(std::string_view bytes, const HeaderLimits& limits = {});

/// The first header of this name; null: none. name  lower case
const std::string* find(const Headers& headers, std::string_view name);
/// The same; "" where there is none.
std::string_view value_of(const Headers& headers, std::string_view name);

/// A header's text as UTF-8: encoded words, raw bytes of any charset, wrong labels. No control
/// character is left in it.
/// source  RFC 2047; encoded words in quotes and without spaces between are read as well
std::string decode_text(std::string_view value);

/// `text/plain; charset="x"; name*0*=...`: a value with parameters.
struct Parameters {
    std::string value;                         // lower case, without comments
    std::map<std::string, std::string> named;  // names lower case, values in UTF-8; at most 50

    std::string get(std::string_view name) const;  // "" when it is not there
};
/// source  RFC 2045 section 5.1, RFC 2231, and RFC 2047 where it is written against the rules
Parameters read_parameters(std::string_view value);

/// In normal form C, as the node wants names. Control characters, and those that turn the direction
/// of writing (U+202A..202E, 2066..2069, 200E, 200F, 061C), stand as \u{202E}.
///
/// bytes_max  at most; it is cut between characters
std::string shown(std::string_view text, std::size_t bytes_max);

/// ASCII letters only.
std::string lower(std::string_view text);
bool same_ignoring_case(std::string_view one, std::string_view other);
bool begins_ignoring_case(std::string_view text, std::string_view begin);
std::string_view trim(std::string_view text);

}  // namespace sanad::email
