#pragma once

#include <string>
#include <string_view>

namespace sanad::email {

/// What language somebody writes in, as far as letters and common words tell.
///
/// returns  "ar" (Arabic script, also Darija in it), "fr", "en", "ary-Latn" (Darija in Latin
///          letters and digits), "zgh-Tfng"; empty: too little to say
std::string language_of(std::string_view text);

}  // namespace sanad::email
