#pragma once

#include "nodes/passport-verifier/findings.h"

#include <optional>
#include <string>
#include <string_view>

namespace sanad::verifier {

enum class Language : std::uint8_t { english, french, arabic };

/// `en`, `fr` or `ar`.
std::optional<Language> language_from(std::string_view code);

/// What the passport proves, in plain words; nothing in it can move a terminal's cursor or turn a
/// line's direction.
std::string in_words(const Findings& findings, Language language);
std::string in_json(const Findings& findings);

/// One line: what does not hold.
std::string refusal_in_words(const Error& error, Language language);

}  // namespace sanad::verifier
