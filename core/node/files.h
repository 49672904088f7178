#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

// Files of a node: small, read whole, written so that a power cut leaves the old one or the new
// one. Every error's detail is `path: what is wrong: how to mend it`.
namespace sanad::node {

/// Whose a file must be. `own`: ours or root's, no link, closed to all others but our group, and
/// written by nobody else: it steers the node. `any`: from wherever; a link is followed.
enum class FileTrust : std::uint8_t { own, any };

/// The content of a regular file. A FIFO or a device is refused without waiting.
/// errors  not_found · denied: kind, owner, mode or link · bad_size: longer than `bytes_max` · io
Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max,
                              FileTrust trust);

/// Makes a file and its content durable. errors  conflict: it is there already · not_found: no
/// folder · denied · exhausted: no room · io
Result<void> create_file(const std::filesystem::path& path, std::string_view content,
                         ::mode_t mode);

/// The same, over one that may be there, through a name beside it.
Result<void> replace_file(const std::filesystem::path& path, std::string_view content,
                          ::mode_t mode);

/// What the system said of a file, as an error of this header. error  an errno
std::unexpected<Error> file_error(int error, const std::filesystem::path& path);

/// Writes all of it to an open file; nothing is durable yet. errors  exhausted, io
Result<void> write_all(int file, ByteView content, const std::filesystem::path& path);

/// Makes a rename or a new name in `folder` durable. errors  as create_file
Result<void> sync_folder(const std::filesystem::path& folder);

/// That the folder is a folder, no link, ours, and closed to everybody else.
/// errors  not_found, denied
Result<void> check_private_folder(const std::filesystem::path& folder);

}  // namespace sanad::node
