#include "core/base/text.h"
#include "core/casework/case.h"
#include "core/casework/clocks.h"
#include "core/casework/escalation.h"
#include "core/casework/referral_event.h"

#include "tests/unit/casework/samples.h"

#include <toml++/toml.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <set>

namespace sanad::casework {
namespace {

std::set<std::string> list_names() {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator("config/taxonomy"))
        if (entry.path().extension() == ".tsv") names.insert(entry.path().stem());
    return names;
}

/// Two bytes of UTF-8 in the Arabic block U+0600..U+06FF.
bool has_arabic_letter(std::string_view text) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead >= 0xd8 && lead <= 0xdb) return true;
    }
    return false;
}

Duration duration_of(std::string_view text) {
    std::size_t digits = 0;
    const auto number = std::stoll(std::string(text), &digits);
    const auto unit = text.substr(digits);
    if (unit == "s") return std::chrono::seconds(number);
    if (unit == "min") return std::chrono::minutes(number);
    if (unit == "h") return std::chrono::hours(number);
    REQUIRE(unit == "d");
    return std::chrono::days(number);
}

ClockTable table_of(const toml::table& config, std::string_view name) {
    ClockTable table;
    for (std::size_t level = 0; level < table.limits.size(); ++level) {
        const auto limits = config[name]["U" + std::to_string(level)];
        for (std::size_t i = 0; i < milestone_count; ++i)
            if (const auto text = limits[casework::name(Milestone(i))].value<std::string>())
                table.limits[level][i] = duration_of(*text);
    }
    return table;
}

}  // namespace

TEST_CASE("every list that the rules ask for is shipped") {
    const auto names = list_names();
    for (const auto name : required_taxonomies()) {
        INFO(name);
        CHECK(names.contains(std::string(name)));
    }
}

TEST_CASE("every word in the lists has a label in English, French and Arabic") {
    for (const auto& name : list_names()) {
        for (const Term& term : test::shipped_taxonomies().find(name)->terms()) {
            INFO(name << " " << term.id);
            CHECK(check_label(term.english, term_label_bytes_max));
            CHECK(check_label(term.french, term_label_bytes_max));
            CHECK(check_label(term.arabic, term_label_bytes_max));
            CHECK_FALSE(has_arabic_letter(term.english));
            CHECK_FALSE(has_arabic_letter(term.french));
            CHECK(has_arabic_letter(term.arabic));
            CHECK(term.english.find('\'') == std::string::npos);  // typographic apostrophes
            CHECK(term.french.find('\'') == std::string::npos);
        }
    }
}

TEST_CASE("no two words of one list read the same in any language") {
    for (const auto& name : list_names()) {
        std::set<std::string> english, french, arabic;
        for (const Term& term : test::shipped_taxonomies().find(name)->terms()) {
            INFO(name << " " << term.id);
            CHECK(english.insert(term.parent + term.english).second);
            CHECK(french.insert(term.parent + term.french).second);
            CHECK(arabic.insert(term.parent + term.arabic).second);
        }
    }
}

TEST_CASE("the lists of states hold exactly the states of the program") {
    const auto& lists = test::shipped_taxonomies();
    CHECK(lists.find("referral-states")->terms().size() == referral_state_count - 1);
    for (std::size_t i = 1; i < referral_state_count; ++i)
        CHECK(lists.contains("referral-states", name(static_cast<ReferralState>(i))));
    CHECK(lists.find("referral-events")->terms().size() == referral_event_kind_count - 1);
    for (std::size_t i = 1; i < referral_event_kind_count; ++i)
        CHECK(lists.contains("referral-events", name(static_cast<ReferralEventKind>(i))));
    for (const Term& term : lists.find("case-status")->terms()) CHECK(case_status_from(term.id));
    for (const Term& term : lists.find("urgency")->terms()) CHECK(urgency_from(term.id));
    for (const Term& term : lists.find("referral-items")->terms()) CHECK(item_from(term.id));
    CHECK(lists.find("referral-items")->terms().size() == item_count);
    for (const Term& term : lists.find("consent-by")->terms()) CHECK(consent_by_from(term.id));
    for (auto state = EscalationState::raised; state <= EscalationState::declined;
         state = static_cast<EscalationState>(static_cast<int>(state) + 1))
        CHECK(lists.contains("escalation-states", name(state)));
}

TEST_CASE("the reasons follow the Child Helpline International groups") {
    const auto& reasons = *test::shipped_taxonomies().find("chi-reasons");
    std::size_t groups = 0;
    for (const Term& term : reasons.terms()) {
        if (term.parent.empty())
            ++groups;
        else
            CHECK(term.id.starts_with(term.parent + "."));
    }
    CHECK(groups == 11);
}

TEST_CASE("every online harm counts under a reason that exists") {
    for (const Term& term : test::shipped_taxonomies().find("online-harm")->terms()) {
        INFO(term.id);
        const auto flag = std::ranges::find_if(
            term.flags, [](const std::string& each) { return each.starts_with("chi:"); });
        REQUIRE(flag != term.flags.end());
        CHECK(test::shipped_taxonomies().contains("chi-reasons", flag->substr(4)));
    }
}

TEST_CASE("every kind of event that needs a reason has a list of reasons") {
    for (std::size_t i = 1; i < referral_event_kind_count; ++i)
        if (const auto list = reason_taxonomy(static_cast<ReferralEventKind>(i)); !list.empty())
            CHECK(test::shipped_taxonomies().find(list) != nullptr);
}

TEST_CASE("the clocks of config/clocks.toml are the built-in ones, and they are sound") {
    const auto config = toml::parse_file("config/clocks.toml");
    const auto clocks = default_clocks();
    CHECK(table_of(config, "referral").limits == clocks.referral.limits);
    CHECK(table_of(config, "escalation").limits == clocks.escalation.limits);
    CHECK(duration_of(*config["afterwards"]["confirm_within"].value<std::string>()) ==
          clocks.confirm_within);
    CHECK(duration_of(*config["afterwards"]["hold_at_most"].value<std::string>()) ==
          clocks.hold_at_most);
    CHECK(duration_of(*config["afterwards"]["consent_check_within"].value<std::string>()) ==
          clocks.consent_check_within);
    CHECK(check_clocks(clocks));
}

}  // namespace sanad::casework
