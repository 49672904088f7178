#pragma once

#include <string>
#include <string_view>

namespace sanad::email {

/// `text` with &amp;, &eacute;, &#1587; and &#x633; as the characters that they stand for: the
/// names of HTML 4 for Latin letters, quotes, dashes and direction marks. What is unknown stays as
/// it is.
std::string decode_entities(std::string_view text);

}  // namespace sanad::email
