#pragma once

#include <string>
#include <string_view>

namespace sanad {

/// `text` as it may stand in an element or in an attribute's double quotes.
std::string escape_html(std::string_view text);

}  // namespace sanad
