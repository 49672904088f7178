#include "plugins/channels/email/documents.h"

#include "plugins/channels/email/html_entities.h"
#include "plugins/channels/email/packed.h"

#include <algorithm>
#include <array>

namespace sanad::email {
namespace {

// ------------------------------------------------------------ words

struct Dialect {
    std::string_view kind, entry, pictures;
    std::string_view words;  // only the text in this element counts; empty: in any paragraph
    std::array<std::string_view, 2> paragraphs;
    std::string_view cell, tab, line_break, space;
    std::array<std::string_view, 2> dropped;
};

constexpr Dialect dialects[] = {
    {"word",
     "word/document.xml",
     "word/media/",
     "w:t",
     {"w:p", ""},
     "w:tc",
     "w:tab",
     "w:br",
     "",
     {"w:binData", "w:del"}},
    {"open_document",
     "content.xml",
     "Pictures/",
     "",
     {"text:p", "text:h"},
     "table:table-cell",
     "text:tab",
     "text:line-break",
     "text:s",
     {"office:binary-data", "text:tracked-changes"}},
};

bool is_in(std::string_view name, const std::array<std::string_view, 2>& names) {
    return !name.empty() && std::ranges::find(names, name) != names.end();
}

class RunningText {
public:
    RunningText(std::string_view xml, const Dialect& dialect) : xml_(xml), dialect_(dialect) {}

    std::string read() {
        for (std::size_t at = 0; at < xml_.size();) {
            const auto tag = std::min(xml_.find('<', at), xml_.size());
            if (shows()) text_ += decode_entities(xml_.substr(at, tag - at));
            if (tag == xml_.size()) break;
            const auto end = std::min(xml_.find('>', tag), xml_.size());
            element(xml_.substr(tag + 1, end - tag - 1));
            at = end + 1;
        }
        return std::move(text_);
    }

private:
    bool shows() const {
        return dropped_ == 0 && (dialect_.words.empty() ? paragraph_ > 0 : words_ > 0);
    }
    void element(std::string_view tag) {
        const bool closing = tag.starts_with('/'), empty = tag.ends_with('/');
        if (closing) tag.remove_prefix(1);
        const auto name = tag.substr(0, tag.find_first_of(" \t\r\n/"));
        const int step = closing ? -1 : empty ? 0 : 1;
        if (is_in(name, dialect_.dropped)) dropped_ = std::max(dropped_ + step, 0);
        if (dropped_ > 0) return;
        if (name == dialect_.words) words_ = std::max(words_ + step, 0);
        if (is_in(name, dialect_.paragraphs)) {
            paragraph_ = std::max(paragraph_ + step, 0);
            if (closing && paragraph_ == 0) text_ += '\n';
        }
        if (closing && name == dialect_.cell) end_cell();
        if (closing) return;
        if (name == dialect_.tab) text_ += '\t';
        if (name == dialect_.line_break) text_ += '\n';
        if (!dialect_.space.empty() && name == dialect_.space) text_ += ' ';
    }
    void end_cell() {
        while (text_.ends_with('\n')) text_.pop_back();
        text_ += " | ";
    }

    std::string_view xml_;
    const Dialect& dialect_;
    std::string text_;
    int words_ = 0, paragraph_ = 0, dropped_ = 0;
};

// ------------------------------------------------------------ PDF

constexpr std::size_t pdf_streams_max = 20'000;

bool is_delimiter(char c) {
    return std::string_view("\0\t\n\f\r ()<>[]{}/%", 15).find(c) != std::string_view::npos;
}

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char low = static_cast<char>(c | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

// Names may be written with #49 for a letter.
std::string with_plain_names(std::string_view bytes) {
    std::string plain;
    plain.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        const bool escaped = bytes[at] == '#' && at + 2 < bytes.size() && hex(bytes[at + 1]) >= 0 &&
                             hex(bytes[at + 2]) >= 0;
        plain +=
            escaped ? static_cast<char>(hex(bytes[at + 1]) * 16 + hex(bytes[at + 2])) : bytes[at];
        at += escaped ? 2 : 0;
    }
    return plain;
}

bool has_name(std::string_view bytes, std::string_view name) {
    for (std::size_t at = 0; (at = bytes.find(name, at)) != bytes.npos; at += name.size())
        if (at + name.size() >= bytes.size() || is_delimiter(bytes[at + name.size()])) return true;
    return false;
}

template <std::size_t size>
bool has_any(std::string_view bytes, const std::array<std::string_view, size>& names) {
    return std::ranges::any_of(names, [&](std::string_view name) { return has_name(bytes, name); });
}

constexpr std::array<std::string_view, 6> picture_names{
    "/Image", "/DCTDecode", "/JPXDecode", "/JBIG2Decode", "/CCITTFaxDecode", "/Movie"};
constexpr std::array<std::string_view, 14> other_names{
    "/EmbeddedFile", "/EmbeddedFiles", "/JavaScript", "/Launch",        "/RichMedia",
    "/Encrypt",      "/XFA",           "/Sound",      "/Rendition",     "/GoToR",
    "/LZWDecode",    "/ASCII85Decode", "/Crypt",      "/ASCIIHexDecode"};

// BI /W 8 /H 8 ... ID bytes EI: a picture among the words of a page.
bool has_inline_picture(std::string_view page) {
    constexpr std::size_t pictures_looked_for = 10'000;
    std::size_t looked = 0;
    for (std::size_t at = 0; (at = page.find("BI", at)) != page.npos; at += 2) {
        const bool alone = (at == 0 || is_delimiter(page[at - 1])) && at + 2 < page.size() &&
                           is_delimiter(page[at + 2]);
        if (!alone) continue;
        if (++looked > pictures_looked_for) return true;  // nobody writes so
        const auto head = page.substr(at, 600);
        const auto data = head.find("ID");
        if (data == head.npos) continue;
        const auto keys = head.substr(0, data);
        if (keys.find("/W") != keys.npos && keys.find("/H") != keys.npos) return true;
    }
    return false;
}

PdfContent judge_plain(std::string_view bytes) {
    if (has_any(bytes, picture_names)) return PdfContent::pictures;
    return has_any(bytes, other_names) ? PdfContent::unclear : PdfContent::words;
}

// The two bytes that zlib begins with.
bool is_packed(std::string_view data) {
    if (data.size() < 3 || (data[0] & 0x0F) != 8) return false;
    return (static_cast<unsigned char>(data[0]) * 256U + static_cast<unsigned char>(data[1])) %
               31 ==
           0;
}

// Each `stream ... endstream`, unpacked; whoever reads it elsewhere finds what the plain look
// found.
PdfContent look_into_streams(std::string_view bytes) {
    std::size_t left = unpacked_bytes_max, streams = 0;
    for (std::size_t at = 0; (at = bytes.find("stream", at)) != bytes.npos;) {
        if (at >= 3 && bytes.substr(at - 3, 3) == "end") {
            at += 6;
            continue;
        }
        if (++streams > pdf_streams_max) return PdfContent::unclear;
        at += 6;
        at += bytes.substr(at, 2) == "\r\n" ? 2 : at < bytes.size() && bytes[at] == '\n' ? 1 : 0;
        const auto end = std::min(bytes.find("endstream", at), bytes.size());
        const auto data = bytes.substr(at, end - at);
        std::optional<std::string> content;
        if (is_packed(data)) {
            content = inflate_bytes(data, Wrapping::zlib, left);
            if (!content) return PdfContent::unclear;  // broken, or a bomb
        }
        if (has_inline_picture(content ? std::string_view(*content) : data))
            return PdfContent::pictures;
        if (content) {
            left -= content->size();
            const auto inside = judge_plain(with_plain_names(*content));
            if (inside != PdfContent::words) return inside;
        }
        at = end;
    }
    return PdfContent::words;
}

}  // namespace

std::optional<DocumentWords> words_of_document(std::string_view zip) {
    const auto entries = entries_of_zip(zip);
    if (!entries) return {};
    for (const auto& dialect : dialects) {
        const auto body = std::ranges::find(*entries, dialect.entry, &Entry::name);
        if (body == entries->end()) continue;
        const auto xml = unpack(*body, unpacked_bytes_max);
        if (!xml) return {};
        DocumentWords words;
        words.kind = dialect.kind;
        words.text = RunningText(*xml, dialect).read();
        words.pictures = std::ranges::any_of(*entries, [&](const Entry& entry) {
            return entry.name.starts_with(dialect.pictures) && !entry.name.ends_with('/');
        });
        return words;
    }
    return {};
}

PdfContent look_into_pdf(std::string_view bytes) {
    if (bytes.find("endobj") == bytes.npos) return PdfContent::unclear;
    const auto plain = judge_plain(with_plain_names(bytes));
    return plain == PdfContent::words ? look_into_streams(bytes) : plain;
}

}  // namespace sanad::email
