#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

// A courier file as lines of text, each short enough for one printed QR code: for where nothing but
// paper goes. A line is
//
//     SANAD-COURIER 2/5 9C3F01AB KREU2YLON...
//
// which page of how many it is, the first four bytes of the file's SHA-256 in hexadecimal, and in
// base32 (RFC 4648, section 6, without padding) a piece of the file and behind it the first four
// bytes of the SHA-256 of all that stands before: `SANAD-COURIER 2/5 9C3F01AB ` and the piece. Only
// characters of QR's alphanumeric mode (ISO/IEC 18004) are in it, and no space at an end.
namespace sanad::node {

inline constexpr std::size_t courier_pages_bytes_max = 24 << 10;  // of the file
inline constexpr std::size_t courier_piece_bytes_max = 871;       // of the file, in one page
inline constexpr std::size_t courier_pages_max =
    (courier_pages_bytes_max + courier_piece_bytes_max - 1) / courier_piece_bytes_max;
/// 871 bytes and the check are 1,400 characters; QR version 25-M takes 1,451.
inline constexpr std::size_t courier_page_chars_max = 1'430;

/// What the pages of one file have in common, for people: the hexadecimal digits of its SHA-256.
std::string courier_mark(ByteView file);

/// The pages of a file, in order, of about the same length.
/// errors  bad_size: it is empty, or over courier_pages_bytes_max. threads  any
Result<std::vector<std::string>> write_courier_pages(ByteView file);

/// Whether this is text with pages in it, and no courier file itself.
bool is_courier_pages(ByteView content);

/// The file whose pages stand in `text`, from anyone: one a line, in any order, some of them
/// repeatedly, among other lines. What stands before and behind a page on its line does not count,
/// so a scanner may add what it likes. A page with a wrong character is not taken.
///
/// errors   each with a detail that is whole words for a person, with how to mend it.
///          not_found: pages are missing, named by their numbers · conflict: pages of two files ·
///          malformed: there is no page, or none that can be read · bad_signature: the whole is not
///          the file
/// threads  any
Result<Bytes> read_courier_pages(std::string_view text);

}  // namespace sanad::node
