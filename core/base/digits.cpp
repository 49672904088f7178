#include "core/base/digits.h"

#include "core/base/text.h"

#include <unicode/uchar.h>

namespace sanad {

std::optional<std::string> ascii_digits(std::string_view text, std::size_t digits_max) {
    if (text.size() > 8 * digits_max) return std::nullopt;  // 4 bytes a digit, and spaces
    std::string digits;
    for (std::size_t at = 0; at < text.size();) {
        const UChar32 c = next_code_point(text, at);
        if (c < 0) return std::nullopt;
        if (c == ' ' || c == 0xA0 || c == 0x202F) continue;
        const int value = u_charDigitValue(c);
        if (value < 0 || digits.size() == digits_max) return std::nullopt;
        digits.push_back(static_cast<char>('0' + value));
    }
    return digits;
}

}  // namespace sanad
