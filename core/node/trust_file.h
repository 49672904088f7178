#pragma once

#include "core/base/result.h"
#include "core/trust/note.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::node {

inline constexpr std::size_t trust_file_bytes_max = 16 * 1024;

/// The stewards whose directory this node believes, and how many of them must have signed it. The
/// administrator writes it once, by hand or by ceremony: everything else follows from it.
struct TrustedStewards {
    std::vector<trust::Verifier> stewards;
    std::uint32_t threshold = 0;
};

/// `sanad-trust/v1`, `threshold M`, then a line `steward <verifier string>` for each.
/// errors  malformed, unsupported (another type of key too), invalid: a threshold that cannot be met, or a key twice
Result<TrustedStewards> parse_trust(std::string_view text);
/// The one text that parse_trust() reads as `trusted`.
std::string write_trust(const TrustedStewards& trusted);
/// errors  those of parse_trust() and read_file(), the detail naming the file
Result<TrustedStewards> load_trust(const std::filesystem::path& file);

}  // namespace sanad::node
