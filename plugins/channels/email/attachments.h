#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// What a file is, by its content and never by its name, and whether a helpline keeps it.
//
// Kept: plain text; PDF in which nothing is a picture, a file, a program or locked. Kept as text:
// the words of DOCX and ODT and of pages, since the file itself may hold pictures and macros, and
// LibreOffice puts a picture of the first page into each of its files. Left out: pictures, films,
// sound, archives, programs, RTF and old Office files (pictures and objects as digits inside a
// text), and what is not known. Keeping a picture may itself be an offence, and harms who looks.
namespace sanad::email {

inline constexpr std::size_t attachment_name_bytes_max = 200;
inline constexpr std::size_t unpacked_bytes_max = 16U << 20;  // of all that a file holds packed
inline constexpr std::size_t packed_entries_max = 2'000;
inline constexpr std::size_t encoded_run_max = 512;  // characters of base64 in a row

enum class Content : std::uint8_t {
    text,
    markup,
    pdf,
    word,
    open_document,
    image,
    video,
    audio,
    archive,
    program,
    encoded,
    other_document,
    unknown,
};

/// Looks at the first bytes, and at all of what seems to be text.
/// source  the signatures published with each format
Content content_of(std::string_view bytes);

struct Attachment {
    enum class Role : std::uint8_t {
        file,     // the sender attached it
        whole,    // all of a text that was cut
        earlier,  // messages that were quoted under the text
    };
    Role role = Role::file;
    std::string name;        // UTF-8, for people; controls and bidirectional marks escaped
    std::string media_type;  // "text/plain", "application/pdf"; of what was left out: its kind
    std::string bytes;       // empty when it was left out
    std::string left_out;    // why: image_left_out, file_left_out; empty: it is kept
    std::size_t size = 0;    // of what came
    std::string hash;        // SHA-256 of what came, 32 bytes: all that stays of what was left out
};

/// Decides about one file.
///
/// name   as the mail has it; shown escaped
/// bytes  decoded
/// threads  any; keeps no state
Attachment judge(std::string_view name, std::string_view bytes);

/// `text` without long runs of encoded bytes: the base64 of a picture whose mail was broken, data:
/// addresses, uuencode. "[…]" stands where something was.
struct Cleaned {
    std::string text;
    bool changed = false;
};
Cleaned without_encoded(std::string_view text);

/// SHA-256, 32 bytes.
std::string sha256(std::string_view bytes);

}  // namespace sanad::email
