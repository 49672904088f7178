#include "plugins/partners/webhook/language.h"

#include <algorithm>

namespace sanad::webhook {
namespace {

constexpr std::array<std::string_view, language_count> tags{"ar", "fr", "en"};
constexpr std::array<std::string_view, language_count> own_names{"العربية", "Français", "English"};

}  // namespace

std::string_view tag(Language language) { return tags[index_of(language)]; }
std::string_view own_name(Language language) { return own_names[index_of(language)]; }

std::optional<Language> parse_language(std::string_view text) {
    const auto found = std::ranges::find(tags, text);
    if (found == tags.end()) return {};
    return static_cast<Language>(found - tags.begin());
}

Language choose_language(const std::vector<Language>& offered, std::string_view accept_language) {
    while (!accept_language.empty()) {
        const auto comma = std::min(accept_language.find(','), accept_language.size());
        std::string_view entry = accept_language.substr(0, comma);
        accept_language.remove_prefix(std::min(comma + 1, accept_language.size()));
        entry.remove_prefix(std::min(entry.find_first_not_of(' '), entry.size()));
        const auto language = parse_language(entry.substr(0, entry.find_first_of("-; ")));
        if (language && std::ranges::count(offered, *language) > 0) return *language;
    }
    return offered.front();
}

}  // namespace sanad::webhook
