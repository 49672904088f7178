#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sanad::email {

inline constexpr std::size_t encoded_run_max = 512;  // characters of base64 in a row

enum class Content : std::uint8_t {
    text,
    markup,  // HTML and XML
    pdf,
    zip,    // also DOCX, ODT and what else is made of it
    image,  // also SVG
    video,
    audio,
    archive,  // but ZIP
    program,
    encoded,       // text that carries bytes: base64 of encoded_run_max characters, data:, uuencode
    old_document,  // RTF, PostScript, OLE: pictures and objects as digits inside
    unknown,
};
/// "text", "image", ...: what stands for a file that was left out.
std::string_view name(Content content);

/// What a file is by its content, never by its name: its first bytes, and all of what seems to be
/// text. Empty: unknown.
///
/// source  the signatures published with each format; RFC 4648, RFC 2397
/// threads any
Content content_of(std::string_view bytes);

/// Whether it is UTF-8 without control characters but line ends and tabs.
bool is_prose(std::string_view bytes);

/// `text` without long runs of encoded bytes: the base64 of a picture whose mail was broken, data:
/// addresses, uuencode. "[…]" stands where something was.
struct Cleaned {
    std::string text;
    bool changed = false;
    bool image = false;  // of a picture, as far as its first bytes say
};
Cleaned without_encoded(std::string_view text);

}  // namespace sanad::email
