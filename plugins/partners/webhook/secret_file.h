#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

// Secrets come from files that only their owner reads, never from the configuration itself.
namespace sanad::webhook {

inline constexpr std::size_t secret_file_bytes_max = 256;

enum class SecretFileFault {
    unreadable,   // absent, a symbolic link, or not ours to read
    not_a_file,   // a folder, a pipe, a device
    not_ours,     // another user owns it
    not_private,  // others may read or write it: chmod 600
    bad_size      // empty or above secret_file_bytes_max
};

/// A code for the log, such as "not_private".
std::string_view name(SecretFileFault fault);

/// What the file holds, without the white space at its end.
///
/// source  SECURITY.md, requirement 18: mode 0600, owner checked
std::expected<std::string, SecretFileFault> read_secret_file(const std::string& path);

/// The same of what somebody else has read from such a file. errors  bad_size
std::expected<std::string, SecretFileFault> secret_in(std::string content);

}  // namespace sanad::webhook
