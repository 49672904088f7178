#pragma once

#include "plugins/channels/email/charset.h"

#include <optional>
#include <string_view>

// Which charset bytes are in when nobody says, or somebody says it wrongly: Arabic or Western.
namespace sanad::email {

/// Nothing: no such charset.
std::optional<Decoded> convert(std::string_view bytes, std::string_view charset);

/// How much `text` looks like words: letters beside letters of their own script, and no signs or
/// controls within words. Looks at the beginning of a long text.
long score(std::string_view text);

/// Decodes as whichever of UTF-8, windows-1256, ISO-8859-6, windows-1252 and `said` gives the best
/// words; `said` where two give the same.
std::optional<Decoded> guess(std::string_view bytes, std::string_view said);

}  // namespace sanad::email
