#include "core/base/text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace sanad {
namespace {

bool is_bidi_control(UChar32 c) {
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

enum class Kind : bool { prose, label };

bool allowed(UChar32 c, Kind kind) {
    if (c < 0) return false;
    if (kind == Kind::prose && (c == '\n' || c == '\t')) return true;
    if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029) return false;
    return kind == Kind::prose || !is_bidi_control(c);
}

Result<void> check(std::string_view text, std::size_t bytes_max, Kind kind) {
    if (text.empty() || text.size() > bytes_max) return fail(Fault::bad_size, "text");
    for (std::size_t at = 0; at < text.size();) {
        const UChar32 c = next_code_point(text, at);
        if (!allowed(c, kind))
            return fail(Fault::malformed, "text: not UTF-8, or a control character");
    }
    return {};
}

}  // namespace

std::int32_t next_code_point(std::string_view text, std::size_t& at) {
    UChar32 c = 0;
    auto place = static_cast<std::int32_t>(at);
    const auto size = static_cast<std::int32_t>(text.size());
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // inside ICU's macro
    U8_NEXT(text.data(), place, size, c);
#pragma GCC diagnostic pop
    at = static_cast<std::size_t>(place);
    return c;
}

Result<void> check_prose(std::string_view text, std::size_t bytes_max) {
    return check(text, bytes_max, Kind::prose);
}

Result<void> check_label(std::string_view text, std::size_t bytes_max) {
    if (const auto plain = check(text, bytes_max, Kind::label); !plain) return plain;
    UErrorCode status = U_ZERO_ERROR;
    const auto* nfc = icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status)) return fail(Fault::io, "ICU normaliser");
    if (!nfc->isNormalizedUTF8({text.data(), static_cast<std::int32_t>(text.size())}, status))
        return fail(Fault::malformed, "text: not in normal form C");
    return {};
}

Result<std::string> to_nfc(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const auto* nfc = icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status)) return fail(Fault::io, "ICU normaliser");
    std::string normal;
    icu::StringByteSink<std::string> sink(&normal);
    nfc->normalizeUTF8(0, {text.data(), static_cast<std::int32_t>(text.size())}, sink, nullptr,
                       status);
    if (U_FAILURE(status)) return fail(Fault::malformed, "text: not UTF-8");
    return normal;
}

}  // namespace sanad
