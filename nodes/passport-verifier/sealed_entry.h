#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace sanad::verifier {

/// What is inside an entry of a link log, when it is about a referral.
struct OpenedBody {
    std::array<std::uint8_t, 16> subject{};
    Bytes payload;
};

/// Opens one raw schemas/wire.capnp Entry with the key that a passport discloses for it.
///
/// key     32 bytes
/// origin, index  where the entry stands: it opens nowhere else
/// errors  malformed, bad_size · bad_signature: another key, another place, or changed · invalid:
/// no
///         sealed entry, or not about a referral
Result<OpenedBody> open_sealed(ByteView entry, ByteView key, std::string_view origin,
                               std::uint64_t index);

}  // namespace sanad::verifier
