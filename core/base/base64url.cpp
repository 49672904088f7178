#include "core/base/base64url.h"

#include "core/base/encoding.h"

#include <algorithm>

namespace sanad {

std::string to_base64url(ByteView bytes) {
    std::string text = to_base64(bytes);
    while (text.ends_with('=')) text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

Result<Bytes> from_base64url(std::string_view text) {
    if (text.find_first_of("+/=") != text.npos) return fail(Fault::malformed, "not base64url");
    std::string plain(text);
    std::ranges::replace(plain, '-', '+');
    std::ranges::replace(plain, '_', '/');
    while (plain.size() % 4 != 0) plain.push_back('=');
    return from_base64(plain);
}

}  // namespace sanad
