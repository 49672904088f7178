#include "core/casework/form.h"
#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

namespace sanad::casework {
namespace {

using test::shipped_taxonomies;

FormField field(std::string id, FieldType type = FieldType::line, std::string list = {},
                std::uint32_t most = 0) {
    return {std::move(id), type, std::move(list), "English", "Français", "عربية", most, false};
}

Form small() {
    return {"1",
            {field("living", FieldType::choice, "living"),
             field("vulnerable", FieldType::choices, "vulnerable", 2), field("page"),
             field("story", FieldType::text), field("children", FieldType::number, {}, 12),
             field("seen", FieldType::date), field("online", FieldType::truth)}};
}

std::vector<std::string> ids(const Form& form) {
    std::vector<std::string> all;
    for (const auto& each : form.fields) all.push_back(each.id);
    return all;
}

}  // namespace

TEST_CASE("a change takes fields away, puts others in their place, and adds behind one or last") {
    auto other = field("page", FieldType::text);
    const auto next =
        changed(small(), {"ma-1",
                          {"story", "seen"},
                          {{other, ""}, {field("school"), "living"}, {field("last"), ""}}});
    REQUIRE(next);
    CHECK(next->version == "1 ma-1");
    CHECK(ids(*next) == std::vector<std::string>{"living", "school", "vulnerable", "page",
                                                 "children", "online", "last"});
    CHECK(next->fields[3].type == FieldType::text);
    CHECK(changed(small(), {"x", {"nothing"}, {}}).error().detail == "nothing");
    CHECK(changed(small(), {"x", {}, {{field("a"), "nothing"}}}).error().detail == "nothing");
}

TEST_CASE("a form that no case could be filled in with is refused, with the field's name") {
    const auto& taxonomies = shipped_taxonomies();
    CHECK(check_form(small(), taxonomies));
    const auto refused = [&](FormField bad) {
        Form form = small();
        form.fields.push_back(std::move(bad));
        const auto checked = check_form(form, taxonomies);
        REQUIRE_FALSE(checked);
        return checked.error().fault;
    };
    CHECK(refused(field("living")) == Fault::conflict);
    CHECK(refused(field("No Such Id")) == Fault::malformed);
    CHECK(refused(field("a", FieldType::choice, "no-such-list")) == Fault::not_found);
    CHECK(refused(field("a", FieldType::choice)) == Fault::malformed);
    CHECK(refused(field("a", FieldType::line, "living")) == Fault::malformed);
    auto unnamed = field("a");
    unnamed.arabic.clear();
    CHECK(refused(unnamed) == Fault::bad_size);
    Form endless = small();
    for (int i = 0; i < 60; ++i) endless.fields.push_back(field("f" + std::to_string(i)));
    CHECK(check_form(endless, taxonomies).error().fault == Fault::bad_size);
}

TEST_CASE("an answer fits its field's type or is refused") {
    const auto& taxonomies = shipped_taxonomies();
    const auto fits = [&](const char* id, std::vector<std::string> values) {
        const FormAnswer answer{id, std::move(values)};
        return check_answers(small(), {&answer, 1}, taxonomies).has_value();
    };
    CHECK(fits("living", {"with_parents"}));
    CHECK_FALSE(fits("living", {"with_parents", "homeless"}));
    CHECK_FALSE(fits("living", {"elsewhere"}));
    CHECK(fits("vulnerable", {"poverty", "refugee"}));
    CHECK_FALSE(fits("vulnerable", {"poverty", "refugee", "minority"}));
    CHECK(fits("page", {"example.org/page"}));
    CHECK_FALSE(fits("page", {"two\nlines"}));
    CHECK(fits("story", {"two\nlines"}));
    CHECK_FALSE(fits("story", {std::string(answer_bytes_max + 1, 'a')}));
    CHECK(fits("children", {"12"}));
    CHECK_FALSE(fits("children", {"13"}));
    CHECK_FALSE(fits("children", {"-1"}));
    CHECK_FALSE(fits("children", {"3 "}));
    CHECK(fits("seen", {"2026-02-28"}));
    CHECK_FALSE(fits("seen", {"2026-02-30"}));
    CHECK_FALSE(fits("seen", {"28.2.2026"}));
    CHECK(fits("online", {"no"}));
    CHECK_FALSE(fits("online", {"maybe"}));
    CHECK_FALSE(fits("other", {"x"}));
    CHECK(fits("page", {}));
    const FormAnswer twice[] = {{"page", {"a"}}, {"page", {"b"}}};
    CHECK(check_answers(small(), twice, taxonomies).error().fault == Fault::conflict);
}

TEST_CASE("answers to fields that a form has no more are kept, and an empty one is taken away") {
    const std::vector<FormAnswer> before{{"old_field", {"x"}}, {"page", {"a"}}};
    const FormAnswer given[] = {{"page", {}}, {"seen", {"2026-01-02"}}};
    CHECK(merged(before, given) ==
          std::vector<FormAnswer>{{"old_field", {"x"}}, {"seen", {"2026-01-02"}}});
    Form form = small();
    form.fields[2].needed = true;
    REQUIRE(missing(form, before) == nullptr);
    REQUIRE(missing(form, merged(before, given)) != nullptr);
    CHECK(missing(form, merged(before, given))->id == "page");
}

}  // namespace sanad::casework
