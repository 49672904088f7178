#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What is inside a document, without opening it as a program would.
namespace sanad::email {

struct DocumentWords {
    std::string kind;  // "word", "open_document"
    std::string text;  // UTF-8: a paragraph is a line, cells are parted by " | "
    bool pictures = false;
};

/// The words of a DOCX or ODT. Nothing: another ZIP, a locked or broken one, or more than
/// unpacked_bytes_max inside.
///
/// source  ECMA-376 (WordprocessingML), OASIS OpenDocument 1.2: the elements of running text
std::optional<DocumentWords> words_of_document(std::string_view zip);

enum class PdfContent : std::uint8_t {
    words,     // text and lines
    pictures,  // an image, or a filter for one
    unclear,   // files, scripts, forms of programs, locked, packed in a way that is not looked into
};

/// Looks at all of a PDF, and into its packed streams up to unpacked_bytes_max. When in doubt it is
/// unclear. source  ISO 32000-1: 7.3.5 (names), 7.4 (filters), 8.9 (images)
PdfContent look_into_pdf(std::string_view bytes);

}  // namespace sanad::email
