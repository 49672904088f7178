#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sanad {

/// Checks what a person wrote: valid UTF-8 of 1..`bytes_max` bytes, no control character but
/// newline and tab. Bidirectional marks are allowed: Arabic needs them. errors  malformed, bad_size
Result<void> check_prose(std::string_view text, std::size_t bytes_max);

/// Checks a name or code that is shown beside others: as check_prose, and in NFC, one line, no
/// bidirectional control. errors  malformed, bad_size
Result<void> check_label(std::string_view text, std::size_t bytes_max);

/// The code point at `at`, which moves behind it; negative where there is no UTF-8. `at` is before
/// the end.
std::int32_t next_code_point(std::string_view text, std::size_t& at);

/// `text` in Unicode normalisation form C. errors  malformed (not UTF-8)
Result<std::string> to_nfc(std::string_view text);

}  // namespace sanad
