#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/node/trust_file.h"

#include <optional>
#include <string>

namespace sanad::node {

inline constexpr std::size_t passport_file_bytes_max = 16 << 20;

/// What a passport proves, for a person and for a program.
struct PassportWords {
    std::string text;  // lines; what people wrote in it is not escaped
    std::string json;  // one object, with `"passport":"valid"` or `"passport":"not_judged"`
};

/// Judges a passport by the stewards that the reader trusts; without them it only shows what is in
/// it, and says so. Needs no node and no network.
/// errors  those of federation::verify_passport(); the detail says what and where
/// threads  any
Result<PassportWords> describe_passport(ByteView file,
                                        const std::optional<TrustedStewards>& trusted);

}  // namespace sanad::node
