#include "core/casework/media.h"

#include "core/base/text.h"

#include <algorithm>
#include <array>
#include <string>

namespace sanad::casework {
namespace {

using namespace std::string_view_literals;

struct Signature {
    std::size_t offset;
    std::string_view bytes;
    Media media;
};

// The longer of two that begin alike stands first.
constexpr auto signatures = std::to_array<Signature>({
    {0, "\xFF\xD8\xFF"sv, Media::image},
    {0, "\x89PNG"sv, Media::image},
    {0, "GIF8"sv, Media::image},
    {8, "WEBP"sv, Media::image},
    {0, "BM"sv, Media::image},
    {0, "II*\0"sv, Media::image},
    {0, "MM\0*"sv, Media::image},
    {0, "\0\0\1\0"sv, Media::image},
    {0, "8BPS"sv, Media::image},
    {0, "\0\0\0\x0CjP"sv, Media::image},
    {0, "\xFF\x0A"sv, Media::image},
    {4, "ftypheic"sv, Media::image},
    {4, "ftypheix"sv, Media::image},
    {4, "ftypmif1"sv, Media::image},
    {4, "ftypavif"sv, Media::image},
    {4, "ftyp"sv, Media::video},
    {4, "moov"sv, Media::video},
    {4, "mdat"sv, Media::video},
    {0, "\x1A\x45\xDF\xA3"sv, Media::video},
    {8, "AVI "sv, Media::video},
    {0, "\0\0\1\xBA"sv, Media::video},
    {0, "\0\0\1\xB3"sv, Media::video},
    {0, "FLV\1"sv, Media::video},
    {0, "OggS"sv, Media::video},
    {0, "\x30\x26\xB2\x75"sv, Media::video},
    {0, "ID3"sv, Media::audio},
    {8, "WAVE"sv, Media::audio},
    {0, "fLaC"sv, Media::audio},
    {0, "#!AMR"sv, Media::audio},
    {0, "\xFF\xFB"sv, Media::audio},
    {0, "PK\3\4"sv, Media::archive},
    {0, "PK\5\6"sv, Media::archive},
    {0, "Rar!"sv, Media::archive},
    {0, "7z\xBC\xAF\x27\x1C"sv, Media::archive},
    {0, "\x1F\x8B"sv, Media::archive},
    {0, "BZh"sv, Media::archive},
    {0, "\xFD\x37zXZ"sv, Media::archive},
    {0, "\x28\xB5\x2F\xFD"sv, Media::archive},
    {257, "ustar"sv, Media::archive},
    {0, "%PDF"sv, Media::document},
    {0, "{\\rtf"sv, Media::document},
    {0, "\xD0\xCF\x11\xE0"sv, Media::document},
    {0, "%!PS"sv, Media::document},
    {0,
     "\x7F"
     "ELF"sv,
     Media::program},
    {0, "MZ"sv, Media::program},
    {0, "#!"sv, Media::program},
});

constexpr std::array<std::string_view, 10> names{"text",    "image",    "video",  "audio",
                                                 "archive", "document", "markup", "program",
                                                 "encoded", "unknown"};

bool is_base64(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=' || c == '-' || c == '_';
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool contains(std::string_view text, std::string_view lower_case) {
    return std::search(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                       [](char left, char right) { return lower(left) == right; }) != text.end();
}

// Lines may be broken anywhere, as mail does it.
bool carries_bytes(std::string_view text) {
    std::size_t run = 0;
    for (const char c : text) {
        if (c == '\n' || c == '\r') continue;
        run = is_base64(c) ? run + 1 : 0;
        if (run >= encoded_run_max) return true;
    }
    return contains(text, "data:image") || contains(text, "data:video");
}

Media of_markup(std::string_view text) {
    const auto start = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (start == std::string_view::npos) return Media::text;
    const auto head = text.substr(start, 512);
    if (contains(head, "<svg")) return Media::image;
    for (const auto tag : {"<!doctype"sv, "<html"sv, "<?xml"sv, "<script"sv, "<body"sv})
        if (contains(head.substr(0, tag.size()), tag)) return Media::markup;
    return Media::text;
}

}  // namespace

std::string_view name(Media media) { return names.at(std::size_t(media)); }

Media media_of_part(ByteView part) {
    std::string plain(text_of(part));
    // Taken out, it could make a character of two broken pieces.
    std::ranges::replace(plain, '\r', '\n');
    if (!check_prose(plain, plain.size())) return Media::unknown;
    return carries_bytes(plain) ? Media::encoded : Media::text;
}

Media media_of(ByteView content) {
    const std::string_view text = text_of(content);
    for (const auto& signature : signatures)
        if (text.size() > signature.offset &&
            text.substr(signature.offset).starts_with(signature.bytes)) {
            // Two letters may begin an honest text as well.
            const bool weak = signature.bytes == "BM"sv || signature.bytes == "MZ"sv ||
                              signature.bytes == "ID3"sv || signature.bytes == "BZh"sv;
            if (weak && media_of_part(content) == Media::text) continue;
            return signature.media;
        }
    const Media part = media_of_part(content);
    return part == Media::text ? of_markup(text) : part;
}

}  // namespace sanad::casework
