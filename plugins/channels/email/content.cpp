#include "plugins/channels/email/content.h"

#include "plugins/channels/email/charset.h"
#include "plugins/channels/email/headers.h"
#include "plugins/channels/email/transfer.h"

#include <algorithm>
#include <array>
#include <bitset>

namespace sanad::email {
namespace {

using namespace std::string_view_literals;

struct Signature {
    std::size_t offset;
    std::string_view bytes;
    Content content;
    bool weak = false;  // letters that an honest text may begin with
};

constexpr auto signatures = std::to_array<Signature>({
    {0, "\xFF\xD8\xFF"sv, Content::image},             // JPEG
    {0, "\x89PNG"sv, Content::image},                  //
    {0, "\x8AMNG"sv, Content::image},                  //
    {0, "GIF8"sv, Content::image, true},               //
    {8, "WEBP"sv, Content::image},                     //
    {0, "BM"sv, Content::image, true},                 // BMP
    {0, "II*\0"sv, Content::image},                    // TIFF
    {0, "II+\0"sv, Content::image},                    // BigTIFF
    {0, "MM\0*"sv, Content::image},                    //
    {0, "MM\0+"sv, Content::image},                    //
    {0, "\0\0\1\0"sv, Content::image},                 // ICO
    {0, "\0\0\2\0"sv, Content::image},                 // CUR
    {0, "8BPS"sv, Content::image},                     // PSD
    {0, "\0\0\0\x0CjP"sv, Content::image},             // JPEG 2000
    {0, "\xFF\x4F\xFF\x51"sv, Content::image},         // its stream
    {0, "\0\0\0\x0CJXL "sv, Content::image},           // JPEG XL
    {0, "\xFF\x0A"sv, Content::image},                 // its stream
    {0, "\xD7\xCD\xC6\x9A"sv, Content::image},         // WMF
    {40, " EMF"sv, Content::image},                    //
    {0, "\x0A\5\1\x08"sv, Content::image},             // PCX
    {0, "gimp xcf"sv, Content::image},                 //
    {0, "AT&TFORM"sv, Content::image},                 // DjVu
    {0, "qoif"sv, Content::image, true},               //
    {4, "ftyphei"sv, Content::image},                  // HEIC
    {4, "ftyphev"sv, Content::image},                  //
    {4, "ftypmif1"sv, Content::image},                 //
    {4, "ftypmsf1"sv, Content::image},                 //
    {4, "ftypavi"sv, Content::image},                  // AVIF
    {4, "ftypcrx "sv, Content::image},                 // camera files
    {4, "ftypM4A"sv, Content::audio},                  //
    {4, "ftyp"sv, Content::video},                     // MP4, MOV, 3GP
    {4, "moov"sv, Content::video},                     //
    {4, "mdat"sv, Content::video},                     //
    {4, "wide"sv, Content::video, true},               //
    {4, "skip"sv, Content::video, true},               //
    {0, "\x1A\x45\xDF\xA3"sv, Content::video},         // WebM, Matroska
    {8, "AVI "sv, Content::video},                     //
    {0, "\0\0\1\xBA"sv, Content::video},               // MPEG
    {0, "\0\0\1\xB3"sv, Content::video},               //
    {0, "FLV\1"sv, Content::video},                    //
    {0, "OggS"sv, Content::video},                     //
    {0, "\x30\x26\xB2\x75"sv, Content::video},         // ASF, WMV
    {0, ".RMF"sv, Content::video},                     //
    {0, "FWS"sv, Content::video, true},                // Flash
    {0, "CWS"sv, Content::video, true},                //
    {0, "ID3"sv, Content::audio, true},                //
    {8, "WAVE"sv, Content::audio},                     //
    {8, "AIFF"sv, Content::audio},                     //
    {0, "fLaC"sv, Content::audio},                     //
    {0, "#!AMR"sv, Content::audio},                    //
    {0, "MThd"sv, Content::audio},                     //
    {0, ".snd"sv, Content::audio},                     //
    {0, "\xFF\xFB"sv, Content::audio},                 // MP3
    {0, "\xFF\xF3"sv, Content::audio},                 //
    {0, "\xFF\xF2"sv, Content::audio},                 //
    {0, "\xFF\xF1"sv, Content::audio},                 // AAC
    {0, "\xFF\xF9"sv, Content::audio},                 //
    {0, "PK\3\4"sv, Content::zip},                     //
    {0, "PK\5\6"sv, Content::zip},                     //
    {0, "PK\7\x08"sv, Content::zip},                   //
    {0, "Rar!"sv, Content::archive},                   //
    {0, "7z\xBC\xAF\x27\x1C"sv, Content::archive},     //
    {0, "\x1F\x8B"sv, Content::archive},               // gzip
    {0, "\x1F\x9D"sv, Content::archive},               // compress
    {0, "BZh"sv, Content::archive, true},              //
    {0, "\xFD\x37zXZ"sv, Content::archive},            //
    {0, "\x28\xB5\x2F\xFD"sv, Content::archive},       // zstd
    {0, "\x04\x22\x4D\x18"sv, Content::archive},       // lz4
    {0, "MSCF"sv, Content::archive},                   // CAB
    {0, "ITSF"sv, Content::archive},                   // CHM
    {0, "!<arch>"sv, Content::archive},                //
    {257, "ustar"sv, Content::archive},                //
    {0x8001, "CD001"sv, Content::archive},             // ISO 9660
    {0, "{\\rtf"sv, Content::old_document},            //
    {0, "\xD0\xCF\x11\xE0"sv, Content::old_document},  // Word, Excel, Outlook
    {0, "%!PS"sv, Content::old_document},              //
    {0,
     "\x7F"
     "ELF"sv,
     Content::program},                            //
    {0, "MZ"sv, Content::program, true},           //
    {0, "#!"sv, Content::program},                 //
    {0, "\xCA\xFE\xBA\xBE"sv, Content::program},   // Java, Mach-O
    {0, "\xCF\xFA\xED\xFE"sv, Content::program},   //
    {0, "L\0\0\0\1\x14\2\0"sv, Content::program},  // a shortcut of Windows
    {0, "dex\n"sv, Content::program},              //
});

constexpr std::array<std::string_view, 12> names{"text",    "markup",  "pdf",      "zip",
                                                 "image",   "video",   "audio",    "archive",
                                                 "program", "encoded", "document", "unknown"};

constexpr std::size_t pdf_header_place_max = 1024;  // readers look for it that far

bool is_base64(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=' || c == '-' || c == '_';
}

// Whether a long run is bytes and not a key that somebody holds down.
bool carries_bytes(std::string_view run) {
    std::bitset<256> seen;
    std::size_t digits = 0, letters = 0, upper = 0;
    for (const char c : run) {
        seen.set(static_cast<unsigned char>(c));
        digits += c >= '0' && c <= '9';
        upper += c >= 'A' && c <= 'Z';
        letters += (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    }
    return seen.count() >= 12 && letters > 0 && (digits > 0 || (upper > 0 && upper < letters));
}

// The end of the run of base64 that begins at `at`. It goes on over the end of a long line, as mail
// breaks it, and not over that of a short one: a word in each line is no run.
std::size_t run_end(std::string_view text, std::size_t at, std::size_t& characters) {
    constexpr std::size_t line_least = 40;
    characters = 0;
    std::size_t line = 0, end = at;
    for (; at < text.size(); ++at) {
        if (text[at] == '\r') continue;
        if (text[at] == '\n') {
            if (line < line_least) break;
            line = 0;
            continue;
        }
        if (!is_base64(text[at])) break;
        ++characters;
        ++line;
        end = at + 1;
    }
    return end;
}

// begin 644 name, then lines whose first character says how long they are.
std::size_t uuencode_end(std::string_view text, std::size_t at) {
    const auto line = text.substr(at, std::min<std::size_t>(text.find('\n', at) - at, 200));
    if (!line.starts_with("begin ") || line.size() < 11) return at;
    if (line.substr(6, 3).find_first_not_of("01234567") != line.npos || line[9] != ' ') return at;
    std::size_t lines = 0, end = at;
    for (std::size_t next = text.find('\n', at); next != text.npos;) {
        const auto begin = next + 1;
        next = text.find('\n', begin);
        const auto row = trim(text.substr(begin, std::min(next, text.size()) - begin));
        if (row == "end") return std::min(begin + 3, text.size());
        const bool data = !row.empty() && row[0] >= ' ' && row[0] <= '`' && row.size() <= 64;
        if (!data && !row.empty()) break;
        end = std::min(next, text.size());
        ++lines;
    }
    return lines >= 8 ? end : at;
}

bool is_data_address(std::string_view text) {
    return begins_ignoring_case(text, "data:image") || begins_ignoring_case(text, "data:video") ||
           begins_ignoring_case(text, "data:audio") || begins_ignoring_case(text, "data:appl");
}

Content of_text(std::string_view text) {
    const auto start = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (start == text.npos) return Content::text;
    const auto head = lower(text.substr(start, 1024));
    const bool tagged = head.starts_with('<');
    if (tagged && head.find("<svg") != head.npos) return Content::image;
    for (const auto tag : {"<!doctype"sv, "<html"sv, "<?xml"sv, "<script"sv, "<body"sv, "<head"sv})
        if (head.starts_with(tag)) return Content::markup;
    if (without_encoded(text).changed) return Content::encoded;
    return Content::text;
}

}  // namespace

std::string_view name(Content content) { return names.at(static_cast<std::size_t>(content)); }

bool is_prose(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto before = at;
        const char32_t c = next_character(text, at);
        if (c == '\n' || c == '\r' || c == '\t' || c == '\f') continue;
        if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return false;
        if (c == 0xFFFD && text.substr(before, 3) != "\xEF\xBF\xBD") return false;
    }
    return true;
}

Content content_of(std::string_view bytes) {
    if (bytes.empty()) return Content::unknown;
    const bool prose = is_prose(bytes);
    for (const auto& signature : signatures)
        if (bytes.size() > signature.offset && !(signature.weak && prose) &&
            bytes.substr(signature.offset).starts_with(signature.bytes))
            return signature.content;
    if (bytes.substr(0, pdf_header_place_max).find("%PDF-") != bytes.npos) return Content::pdf;
    return prose ? of_text(bytes) : Content::unknown;
}

Cleaned without_encoded(std::string_view text) {
    Cleaned cleaned;
    const auto leave_out = [&](std::string_view run) {
        const auto bytes = decode_base64(run.substr(0, 64));
        const auto what = content_of(bytes.substr(0, 40));
        cleaned.image = cleaned.image || what == Content::image || what == Content::video;
        cleaned.changed = true;
        cleaned.text += "[…]";
    };
    bool line_begins = true;
    for (std::size_t at = 0; at < text.size();) {
        if (line_begins && text[at] == 'b')
            if (const auto end = uuencode_end(text, at); end > at) {
                leave_out({});
                at = end;
                continue;
            }
        if (text[at] == 'd' || text[at] == 'D')
            if (is_data_address(text.substr(at, 10))) {
                const auto end = std::min(text.find_first_of(" \n\r\t\"'<>)", at), text.size());
                cleaned.image = cleaned.image || !begins_ignoring_case(text.substr(at), "data:ap");
                leave_out({});
                at = end;
                continue;
            }
        if (!is_base64(text[at])) {
            line_begins = text[at] == '\n';
            cleaned.text += text[at++];
            continue;
        }
        std::size_t characters = 0;
        const auto end = run_end(text, at, characters);
        const auto run = text.substr(at, end - at);
        if (characters >= encoded_run_max && carries_bytes(run))
            leave_out(run);
        else
            cleaned.text += run;
        at = end;
        line_begins = false;
    }
    return cleaned;
}

}  // namespace sanad::email
