#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <string>
#include <string_view>

namespace sanad {

/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(ByteView bytes);
/// Either case. errors  malformed
Result<Bytes> from_hex(std::string_view hex);

/// RFC 4648 section 4, with padding: as signed notes and Standard Webhooks want it.
std::string to_base64(ByteView bytes);
/// Exactly what to_base64 would write: one text per byte string. errors  malformed
Result<Bytes> from_base64(std::string_view text);

}  // namespace sanad
