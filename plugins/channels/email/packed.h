#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What is packed inside a file, unpacked with a limit: a bomb costs no more than the limit.
namespace sanad::email {

inline constexpr std::size_t unpacked_bytes_max = 16U << 20;  // of all that one file holds
inline constexpr std::size_t packed_entries_max = 2'000;

enum class Wrapping : bool { raw, zlib };

/// Deflated bytes; nothing: broken from the first byte on, or more than `bytes_max`. What is cut
/// gives what there is. source  RFC 1950, RFC 1951
std::optional<std::string> inflate_bytes(std::string_view packed, Wrapping wrapping,
                                         std::size_t bytes_max);

struct Entry {
    std::string name;
    std::string_view packed;
    unsigned method = 0;  // 0 stored, 8 deflated
};

/// The table of contents at the end of a ZIP; nothing: it is none, or has more than
/// packed_entries_max entries, or one that is locked. source  APPNOTE 6.3.3
std::optional<std::vector<Entry>> entries_of_zip(std::string_view bytes);

/// Nothing: another method, broken, or more than `bytes_max`.
std::optional<std::string> unpack(const Entry& entry, std::size_t bytes_max);

}  // namespace sanad::email
