#pragma once

#include "plugins/channels/email/content.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Whether a helpline keeps a file, and what of it.
//
// Kept as it is: plain text; PDF in which nothing is a picture, a file, a script or locked. Kept as
// text: the words of DOCX, ODT and web pages, because the file itself may hold pictures and macros,
// and LibreOffice puts a picture of the first page into each of its own. Left out: pictures, films,
// sound, archives, programs, RTF and old Office files, and what is not known. Keeping a picture may
// itself be an offence, and harms whoever looks; a person who reads gets words, and asks for more.
namespace sanad::email {

inline constexpr std::size_t attachment_name_bytes_max = 200;

struct Attachment {
    enum class Role : std::uint8_t {
        file,     // the sender attached it
        whole,    // all of a text that was cut
        earlier,  // messages that were quoted under the text
    };
    Role role = Role::file;
    std::string name;        // UTF-8, for people; controls and bidirectional marks escaped
    std::string media_type;  // of what is kept: "text/plain", "application/pdf"
    std::string bytes;       // what is kept; empty: nothing
    std::string left_out;    // image_left_out, file_left_out: of all of it or of a part; or empty
    std::string kind;        // what came: name() of its Content, "word", "open_document"
    std::size_t size = 0;    // of what came
    std::string hash;        // SHA-256 of what came, 32 bytes: all that stays of what is left out

    bool kept() const { return !bytes.empty(); }
};

/// Decides about one file by its content.
///
/// name     as the mail has it; shown escaped
/// bytes    decoded
/// charset  of a text, as the mail has it; may be empty or wrong
/// threads  any; keeps no state
Attachment judge(std::string_view name, std::string_view bytes, std::string_view charset = {});

/// An attachment that we made of a text. text  UTF-8
Attachment text_attachment(Attachment::Role role, std::string_view name, std::string_view text);

/// SHA-256, 32 bytes.
std::string sha256(std::string_view bytes);

}  // namespace sanad::email
