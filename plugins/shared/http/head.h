#pragma once

#include "plugins/shared/http/server.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

// The head of a request, read more strictly than the standard asks: whatever two programs could
// read in two ways is refused. Pure functions; Beast sees only what passed here.
namespace sanad::http {

/// Why a request is refused: the answer's status, and the texts of refusal().
struct Refused {
    unsigned status;
    std::string_view code;
    std::string_view sentence;
};

struct Head {
    std::size_t bytes = 0;  // of the input, up to and with the empty line
    Request request;        // all but body and source
    std::uint64_t content_length = 0;
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;
    bool upgrade = false;  // to a WebSocket, with everything RFC 6455 asks of the request
};

struct Incomplete {};

/// Reads the head that `input` begins with; `input` is all that has come of this request so far.
///
/// errors  400 malformed_request (also two lengths, a length and chunks, a bare LF, obs-fold, a
/// zero
///         byte), 400 target_invalid, 400 host_invalid, 405 method_not_allowed,
///         413 body_too_large, 414 request_line_too_long, 415 encoding_unsupported,
///         417 expectation_failed, 426 upgrade_unsupported, 431 head_too_large, 505 version
/// source  RFC 9112; RFC 6455, section 4.2.1; SECURITY.md, requirements 29 and 30
std::variant<Incomplete, Refused, Head> read_head(std::string_view input, const Limits& limits);

/// The path of a request target, decoded. Empty: it is none, or could name something twice.
std::optional<std::string> decode_path(std::string_view raw);

}  // namespace sanad::http
