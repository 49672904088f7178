#include "core/base/digits.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace sanad {

std::optional<std::string> ascii_digits(std::string_view text, std::size_t digits_max) {
    if (text.size() > 8 * digits_max) return std::nullopt;  // 4 bytes a digit, and spaces
    std::string digits;
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < size;) {
        UChar32 c = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // inside ICU's macro
        U8_NEXT(text.data(), i, size, c);
#pragma GCC diagnostic pop
        if (c < 0) return std::nullopt;
        if (c == ' ' || c == 0xA0 || c == 0x202F) continue;
        const int value = u_charDigitValue(c);
        if (value < 0 || digits.size() == digits_max) return std::nullopt;
        digits.push_back(static_cast<char>('0' + value));
    }
    return digits;
}

}  // namespace sanad
