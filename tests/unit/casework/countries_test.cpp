#include "core/base/text.h"

#include "core/casework/request.h"
#include "tests/unit/casework/samples.h"

#include <toml++/toml.h>
#include <catch2/catch.hpp>

#include <map>
#include <set>

namespace sanad::casework {
namespace {

/// Exactly what was found in public sources: nobody adds a number here by the way.
const std::map<std::string, std::set<std::string>> known_numbers{{"ma", {"2511", "19", "177"}},
                                                                 {"tn", {"1809", "192"}},
                                                                 {"dz", {"1111"}},
                                                                 {"jo", {}},
                                                                 {"lb", {}}};

toml::table profile_of(const std::string& country) {
    return toml::parse_file("nodes/countries/" + country + "/country.toml");
}

void check_three_languages(const toml::table& words, std::size_t bytes_max) {
    for (const auto* language : {"en", "fr", "ar"}) {
        const auto text = words[language].value<std::string>();
        REQUIRE(text);
        CHECK(check_label(*text, bytes_max));
        CHECK(text->find('\'') == std::string::npos);  // typographic apostrophes
    }
}

void check_tags(const toml::array& tags) {
    CHECK_FALSE(tags.empty());
    for (const auto& tag : tags) CHECK(is_language_tag(*tag.value<std::string>()));
}

}  // namespace

TEST_CASE(
    "a country's profile says who it is, which languages it speaks, and which rules it keeps") {
    const auto packs = test::read_text_file("config/policy/README.md");
    for (const auto& [country, numbers] : known_numbers) {
        INFO(country);
        const auto profile = profile_of(country);
        CHECK(profile["country"].value<std::string>() == country);
        CHECK(profile["node"].value<std::string>()->starts_with(country + "."));
        check_tags(*profile["languages"].as_array());
        check_tags(*profile["expected_languages"].as_array());
        CHECK(packs.find("`" + *profile["policy_pack"].value<std::string>() + "`") !=
              std::string::npos);
        check_three_languages(*profile["name"].as_table(), 120);
    }
}

TEST_CASE("a profile holds the emergency numbers that are known, or says that they are missing") {
    for (const auto& [country, numbers] : known_numbers) {
        INFO(country);
        const auto profile = profile_of(country);
        std::set<std::string> found;
        if (const auto* list = profile["number"].as_array())
            for (const auto& entry : *list) {
                found.insert(*(*entry.as_table())["number"].value<std::string>());
                check_three_languages(*(*entry.as_table())["label"].as_table(), 80);
            }
        CHECK(found == numbers);
        CHECK(profile["numbers_missing"].value_or(false) == numbers.empty());
    }
}

TEST_CASE("what a child reads on the chat page is there in Arabic, French and English") {
    for (const auto& [country, numbers] : known_numbers) {
        const auto profile = profile_of(country);
        for (const auto* key :
             {"welcome", "who_reads", "confidential", "limits", "closed", "offline"}) {
            INFO(country << " " << key);
            const auto* words = profile["texts"][key].as_table();
            REQUIRE(words != nullptr);
            check_three_languages(*words, 500);
        }
        // Nobody is sent to numbers that are not on the page.
        const auto closed = *profile["texts"]["closed"]["en"].value<std::string>();
        CHECK((closed.find("numbers on this page") != std::string::npos) == !numbers.empty());
    }
}

TEST_CASE("partner templates ask for services that exist") {
    for (const auto& [country, numbers] : known_numbers) {
        const auto profile = profile_of(country);
        for (const auto& entry : *profile["partner_template"].as_array()) {
            const auto& partner = *entry.as_table();
            check_three_languages(*partner["name"].as_table(), 120);
            check_tags(*partner["languages"].as_array());
            for (const auto& service : *partner["services"].as_array())
                CHECK(test::shipped_taxonomies().contains("services-requested",
                                                          *service.value<std::string>()));
        }
    }
}

}  // namespace sanad::casework
