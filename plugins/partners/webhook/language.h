#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::webhook {

/// The languages of the pickup page.
enum class Language { ar, fr, en };
inline constexpr std::size_t language_count = 3;

/// One text per Language, in its order.
using InLanguages = std::array<std::string, language_count>;

inline std::size_t index_of(Language language) { return static_cast<std::size_t>(language); }

/// BCP 47: "ar", "fr", "en".
std::string_view tag(Language language);
/// The language itself: "العربية", "Français", "English".
std::string_view own_name(Language language);
std::optional<Language> parse_language(std::string_view tag);

/// The first of the reader's languages that is among `offered`, else the first of `offered`.
/// Regions are ignored; so are weights: browsers write the list in their order.
///
/// accept_language  the header as it came, or empty
Language choose_language(const std::vector<Language>& offered, std::string_view accept_language);

}  // namespace sanad::webhook
