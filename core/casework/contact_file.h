#pragma once

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/result.h"

#include <array>
#include <string>

// A file that came with a contact: a document of a mail, a recorded voice. It comes in parts.
namespace sanad::casework {

inline constexpr std::size_t file_part_bytes_max = 16 * 1024;
inline constexpr std::size_t file_bytes_max = 25 * 1024 * 1024;
inline constexpr std::size_t file_name_bytes_max = 200;
inline constexpr std::size_t media_type_bytes_max = 100;
/// Part 0 has at least so many bytes, or is the last one: what a file really is stands there.
inline constexpr std::size_t file_first_part_bytes_min = 512;

/// Chosen by the channel.
using ContactFileId = std::array<std::uint8_t, 16>;

struct ContactFile {
    ContactFileId id{};
    std::uint32_t number = 0;  // of the contact's files, from 0, in the order of their coming
    std::string name;          // as its sender called it, for people; may be empty
    std::string media_type;    // such as application/pdf
    std::uint32_t bytes = 0, parts = 0;
    bool whole = false;  // the last part came; until then it is shown as cut
    Time at;
    bool operator==(const ContactFile&) const = default;
};

struct ContactFilePart {
    std::uint32_t index = 0;
    Bytes bytes;
    bool last = false;
    std::string name{}, media_type{};  // of part 0
};

/// Whether `part` may follow what there is of the file: `file` is empty before part 0. Pictures and
/// films are refused by their media type, and by what their first bytes say, whatever it is called:
/// keeping one may itself be an offence (SECURITY K40).
///
/// errors   bad_size, malformed: of the part, its name or media type · conflict: it is not the next
///          one, or the file is whole · exhausted: over file_bytes_max · denied: media_refused
/// threads  any
Result<void> check_part(const ContactFile& file, const ContactFilePart& part);

Bytes write_record(const ContactFile& file);
Result<ContactFile> read_contact_file(ByteView bytes);

}  // namespace sanad::casework
