#include "tests/unit/email/mails.h"

#include "plugins/channels/email/transfer.h"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <zlib.h>

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace sanad::email::test {
namespace {

std::string number(std::size_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
    return out;
}

std::string packed(std::string_view bytes, int window) {
    z_stream stream{};
    assert(deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(compressBound(bytes.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int done = deflate(&stream, Z_FINISH);
    assert(done == Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string lines_of(std::string text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += 76) out += text.substr(at, 76) + "\r\n";
    return out;
}

}  // namespace

std::string in_charset(std::string_view text, const char* charset) {
    const auto wide = icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
    UErrorCode status = U_ZERO_ERROR;
    UConverter* converter = ucnv_open(charset, &status);
    assert(U_SUCCESS(status));
    std::string out(text.size() * 4 + 16, '\0');
    const auto size =
        wide.extract(out.data(), static_cast<std::int32_t>(out.size()), converter, status);
    ucnv_close(converter);
    assert(U_SUCCESS(status));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string mail(std::string_view headers, std::string_view body) {
    return "From: Sami <sami@outside.example>\r\nTo: help@helpline.example\r\n"
           "Message-ID: <one@outside.example>\r\nDate: Tue, 01 Dec 2026 08:30:00 +0100\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
}

std::string base64_part(std::string_view type, std::string_view headers, std::string_view bytes) {
    return "Content-Type: " + std::string(type) + "\r\nContent-Transfer-Encoding: base64\r\n" +
           std::string(headers) + "\r\n" + lines_of(encode_base64(bytes));
}

std::string plain_part(std::string_view headers, std::string_view text) {
    return std::string(headers) + "\r\n" + std::string(text) + "\r\n";
}

std::string multipart(std::string_view subtype, const std::vector<std::string>& parts,
                      std::string_view headers) {
    std::string body = "For programs that know no MIME.\r\n";
    for (const auto& part : parts) body += "--edge\r\n" + part + "\r\n";
    return mail("MIME-Version: 1.0\r\nContent-Type: multipart/" + std::string(subtype) +
                    "; boundary=edge\r\n" + std::string(headers),
                body + "--edge--\r\n");
}

std::string zip(const std::vector<File>& files) {
    std::string out, table;
    for (const auto& file : files) {
        const std::string bytes = packed(file.bytes, -MAX_WBITS);
        const auto check = crc32(0, reinterpret_cast<const Bytef*>(file.bytes.data()),
                                 static_cast<uInt>(file.bytes.size()));
        const std::string sizes = number(check, 4) + number(bytes.size(), 4) +
                                  number(file.bytes.size(), 4) + number(file.name.size(), 2) +
                                  number(0, 2);
        const std::string head = number(20, 2) + number(0, 2) + number(8, 2) + number(0, 4);
        table += "PK\1\2" + number(20, 2) + head + sizes + number(0, 2) + number(0, 2) +
                 number(0, 2) + number(0, 4) + number(out.size(), 4) + file.name;
        out += "PK\3\4" + head + sizes + file.name + bytes;
    }
    return out + table + "PK\5\6" + number(0, 4) + number(files.size(), 2) +
           number(files.size(), 2) + number(table.size(), 4) + number(out.size(), 4) + number(0, 2);
}

std::string docx(std::string_view text, const std::vector<File>& more) {
    std::vector<File> files{
        {"[Content_Types].xml", "<?xml version=\"1.0\"?><Types/>"},
        {"word/document.xml", "<?xml version=\"1.0\"?><w:document><w:body><w:p><w:r><w:t>" +
                                  std::string(text) + "</w:t></w:r></w:p></w:body></w:document>"}};
    files.insert(files.end(), more.begin(), more.end());
    return zip(files);
}

std::string deflated(std::string_view bytes) { return packed(bytes, MAX_WBITS); }

std::string pdf(std::string_view more) {
    const std::string page = deflated("BT /F1 12 Tf 72 720 Td (A letter of the school) Tj ET");
    return "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
           "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
           "3 0 obj\n<</Type/Page/Parent 2 0 R/Contents 4 0 R>>\nendobj\n"
           "4 0 obj\n<</Filter/FlateDecode/Length " +
           std::to_string(page.size()) + ">>\nstream\n" + page + "\nendstream\nendobj\n" +
           std::string(more) + "trailer\n<</Root 1 0 R>>\n%%EOF\n";
}

std::string picture() {
    std::string bytes = "\x89PNG\r\n\x1a\n";
    for (unsigned i = 0; i < 4'000; ++i) bytes += static_cast<char>((i * 2654435761U) >> 24);
    return bytes;
}

bool has(const std::vector<std::string>& marks, std::string_view mark) {
    return std::ranges::find(marks, mark) != marks.end();
}

}  // namespace sanad::email::test
