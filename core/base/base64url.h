#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <string>
#include <string_view>

namespace sanad {

/// RFC 4648 section 5, without padding: as WebAuthn and cookies want it.
std::string to_base64url(ByteView bytes);
/// Exactly what to_base64url would write: one text per byte string. errors  malformed
Result<Bytes> from_base64url(std::string_view text);

}  // namespace sanad
