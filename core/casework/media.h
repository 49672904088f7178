#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <cstdint>
#include <string_view>

// What a file really is, by its content and never by its name. A helpline keeps text; a picture, a
// film or an archive is refused where it comes in, because keeping one may itself be an offence,
// and harms whoever has to look at it.
namespace sanad::casework {

enum class Media : std::uint8_t {
    text,      // plain text, and nothing that hides something else
    image,     // JPEG, PNG, GIF, WebP, BMP, TIFF, HEIF, AVIF, ICO, PSD, SVG
    video,     // MP4 and QuickTime, WebM and Matroska, AVI, MPEG, FLV, Ogg
    audio,     // MP3, WAV, FLAC, AMR
    archive,   // ZIP and what is made of it, RAR, 7z, gzip, bzip2, xz, zstd, tar
    document,  // PDF, RTF, old Office files: they may hold pictures
    markup,    // HTML and XML: they may run, or load, something
    program,   // ELF, PE, scripts
    encoded,   // text that carries bytes: base64 of encoded_run_max characters, data: addresses
    unknown,   // none of these, and no text
};
/// "text", "image", ...
std::string_view name(Media media);

inline constexpr std::size_t encoded_run_max = 512;

/// What `content` is; empty content is unknown. Looks at all of it.
/// source  the signatures published with each format; RFC 4648 (base64), RFC 2397 (data:)
/// threads any
Media media_of(ByteView content);

/// Whether a later part of a text is itself text: the same tests, but for those of a file's first
/// bytes. A text is parted between characters.
Media media_of_part(ByteView part);

}  // namespace sanad::casework
