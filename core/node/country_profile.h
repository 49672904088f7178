#pragma once

#include "core/base/result.h"
#include "core/node/configuration.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::node {

inline constexpr std::size_t emergency_numbers_max = 8;

/// What a new node of a country begins with: nodes/countries/XX/country.toml.
struct CountryProfile {
    std::string code;  // ISO 3166-1 alpha-2, lower case
    NodeId node;       // the id that a node gets when nobody chooses one
    NameInLanguages helpline;
    std::vector<std::string> languages;
    std::vector<std::string> page_languages;  // and what children write: those that the page has
    struct Number {
        std::string number;
        NameInLanguages label;  // whom it reaches
    };
    std::vector<Number> numbers;
    struct Partner {
        std::string id, plugin;
        NameInLanguages name;
    };
    std::vector<Partner> partners;  // kinds of organisation to look for
};

/// The codes of those that have a profile, in order. share  as load_country()
std::vector<std::string> known_countries(const std::filesystem::path& share);

/// The profile of a country.
/// share    has taxonomy/ and countries/, as installed; or config/ of the source tree
/// errors  malformed: `code` is no country · not_found: the detail lists the countries there are ·
///         those of parse_toml() and Settings
Result<CountryProfile> load_country(const std::filesystem::path& share, std::string_view code);

}  // namespace sanad::node
