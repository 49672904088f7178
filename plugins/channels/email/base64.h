#pragma once

#include <string>
#include <string_view>

namespace sanad::email {

/// RFC 4648 base64 with padding, in one line.
std::string base64(std::string_view bytes);

}  // namespace sanad::email
