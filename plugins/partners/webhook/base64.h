#pragma once

#include <optional>
#include <string>
#include <string_view>

// RFC 4648, strictly: one text per byte string. Bytes are std::string throughout this plugin.
namespace sanad::webhook {

/// Section 4, with padding: keys and signatures.
std::string to_base64(std::string_view bytes);
/// Nothing when `text` is not exactly what to_base64 writes.
std::optional<std::string> from_base64(std::string_view text);

/// Section 5, without padding: references in links.
std::string to_base64url(std::string_view bytes);
/// Nothing when `text` is not exactly what to_base64url writes.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace sanad::webhook
