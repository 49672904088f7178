#pragma once

#include <string>
#include <string_view>
#include <vector>

// Mails for the tests, put together from their pieces. All of it is invented.
namespace sanad::email::test {

/// UTF-8 `text` in another charset.
std::string in_charset(std::string_view text, const char* charset);

/// Headers that an ordinary mail has, then `headers`, an empty line and `body`.
std::string mail(std::string_view headers, std::string_view body);

/// "Content-Type: type\r\n...\r\n\r\nbytes" as a part of a multipart; `bytes` as base64.
std::string base64_part(std::string_view type, std::string_view headers, std::string_view bytes);
std::string plain_part(std::string_view headers, std::string_view text);

/// A mail of these parts. subtype  "mixed", "alternative", "report; report-type=..."
std::string multipart(std::string_view subtype, const std::vector<std::string>& parts,
                      std::string_view headers = {});

/// A ZIP with these files, deflated.
struct File {
    std::string name, bytes;
};
std::string zip(const std::vector<File>& files);

/// A DOCX whose one paragraph is `text`, with more files in it.
std::string docx(std::string_view text, const std::vector<File>& more = {});

/// A PDF with one page of words; `more` stands as an object in it.
std::string pdf(std::string_view more = {});

/// zlib
std::string deflated(std::string_view bytes);

/// The first bytes of a PNG, and then bytes that no text has.
std::string picture();

bool has(const std::vector<std::string>& marks, std::string_view mark);

}  // namespace sanad::email::test
