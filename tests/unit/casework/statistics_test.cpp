#include "core/casework/statistics.h"

#include "core/casework/statistics_tables.h"
#include "tests/unit/casework/samples.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace sanad::casework {
namespace {

using Cells = std::vector<std::string>;

bool has(const Cells& cells, const std::string& cell) {
    return std::ranges::find(cells, cell) != cells.end();
}

Contact sample_contact() {
    Contact contact;
    contact.channel = "webchat";
    contact.languages = {"ary-Latn", "fr"};
    contact.age_band = "10-12";
    contact.urgency = Urgency::u2;
    contact.end_reason = "ended_by_child";
    return contact;
}

CountedAs count(const Contact& contact, const CaseFile* file = nullptr,
                std::span<const FormAnswer> answers = {}, const Cells& actions = {}) {
    return counted_as({.contact = contact,
                       .file = file,
                       .answers = answers,
                       .actions = actions,
                       .at = {.day = 20'000, .hour = 7},
                       .wait = "under_2"},
                      test::shipped_taxonomies());
}

std::vector<CountCell> block(const std::vector<std::uint64_t>& counts) {
    std::vector<CountCell> cells;
    for (std::size_t i = 0; i < counts.size(); ++i)
        cells.push_back({std::to_string(i), counts[i], Told::count});
    return cells;
}

// What somebody sees of a block, one word a cell.
Cells seen(const std::vector<std::uint64_t>& counts, std::uint64_t smallest) {
    auto cells = block(counts);
    hide_small(cells, smallest);
    Cells words;
    for (const auto& cell : cells)
        words.push_back(cell.told == Told::count   ? std::to_string(cell.count)
                        : cell.told == Told::small ? "small"
                                                   : "together");
    return words;
}

// All blocks of so many counts that add up to `total`.
void every_block(std::size_t cells, std::uint64_t total, std::vector<std::uint64_t>& begun,
                 const std::function<void(const std::vector<std::uint64_t>&)>& visit) {
    if (cells == 1) {
        begun.push_back(total);
        visit(begun);
        return begun.pop_back();
    }
    for (std::uint64_t first = 1; first + cells - 1 <= total; ++first) {
        begun.push_back(first);
        every_block(cells - 1, total - first, begun, visit);
        begun.pop_back();
    }
}

}  // namespace

TEST_CASE("a contact counts once under what it is, by the clock of the helpline") {
    const auto contact = sample_contact();
    const auto as = count(contact);
    for (const char* cell : {"hour|07", "channel|webchat", "language|ary-Latn", "urgency|U2",
                             "end|ended_by_child", "outcome|none", "wait|under_2", "age|10-12",
                             "gender|none", "requester|none", "group|none", "reason|none"}) {
        INFO(cell);
        CHECK(has(as.of_day, cell));
    }
    CHECK(as.of_day.size() == 12);
    CHECK(as.of_month == Cells{"chi|none|none|10-12"});
    const std::set<std::string> once(as.of_day.begin(), as.of_day.end());
    CHECK(once.size() == as.of_day.size());
}

TEST_CASE(
    "what the case says goes before what the person ticked, and is counted as words of lists") {
    auto contact = sample_contact();
    contact.topics = {"FR.siblings"};
    contact.languages = {"a-tongue-of-no-list"};
    CaseFile file;
    file.reasons = {"ose_coercion", "MH.distress_mood"};
    file.age_band = "13-15";
    file.gender = "girl";
    const std::vector<FormAnswer> answers{{"requester", {"friend"}}, {"service", {"messaging"}}};
    const auto as = count(contact, &file, answers, {"safety_plan_made", "safety_plan_made"});
    for (const char* cell :
         {"harm|ose_coercion", "reason|VI.online_csea", "reason|MH.distress_mood", "group|VI",
          "group|MH", "age|13-15", "gender|girl", "requester|friend", "service|messaging",
          "action|safety_plan_made", "language|other"}) {
        INFO(cell);
        CHECK(std::ranges::count(as.of_day, cell) == 1);
    }
    CHECK_FALSE(has(as.of_day, "reason|FR.siblings"));
    CHECK(as.of_month == Cells{"chi|MH.distress_mood|girl|13-15", "chi|VI.online_csea|girl|13-15",
                               "bik|ose_coercion|channel|webchat", "bik|ose_coercion|age|13-15",
                               "bik|ose_coercion|gender|girl", "bik|ose_coercion|requester|friend",
                               "bik|ose_coercion|service|messaging"});
}

TEST_CASE("an exercise counts as nothing") {
    auto contact = sample_contact();
    CHECK(counts(contact));
    contact.channel = "drill";
    CHECK_FALSE(counts(contact));
}

TEST_CASE("a wait ends when somebody comes, not when the node itself says something") {
    Contact contact;
    contact.created_at = {1'000'000};
    const auto event = [](ContactEventKind kind, std::int64_t ms) {
        ContactEvent one;
        one.kind = kind;
        one.at = {1'000'000 + ms};
        return one;
    };
    using enum ContactEventKind;
    CHECK(waited(contact, std::vector<ContactEvent>{}) == "never");
    const std::vector<ContactEvent> announced{event(arrived, 0), event(opened, 5'000),
                                              event(staff_message, 5'000), event(released, 5'000)};
    CHECK(waited(contact, announced) == "never");
    auto then = announced;
    then.push_back(event(opened, 299'999));
    then.push_back(event(released, 400'000));
    CHECK(waited(contact, then) == "under_5");
    CHECK(wait_key(Duration(0)) == "under_1");
    CHECK(wait_key(std::chrono::minutes(1)) == "under_2");
    CHECK(wait_key(std::chrono::minutes(60)) == "longer");
}

TEST_CASE("a day begins at midnight where the helpline is") {
    const Time late{1'795'477'500'000};  // 2026-11-23T23:45:00Z
    const auto utc = counted_at(late, Duration(0));
    const auto morocco = counted_at(late, std::chrono::hours(1));
    CHECK(day_text(utc.day) == "2026-11-23");
    CHECK(utc.hour == 23);
    CHECK(day_text(morocco.day) == "2026-11-24");
    CHECK(morocco.hour == 0);
    CHECK(day_from("2026-11-24").value() == morocco.day);
    for (const char* bad : {"", "2026-11-31", "24-11-2026", "2026-11-24T", "1969-12-31"})
        CHECK(day_from(bad).error().fault == Fault::malformed);
}

TEST_CASE("a count under the smallest is not told, nor one that would give it away") {
    CHECK(seen({7, 12, 30}, 5) == Cells{"7", "12", "30"});
    CHECK(seen({2, 3, 30}, 5) == Cells{"small", "small", "30"});
    CHECK(seen({2, 8, 30}, 5) == Cells{"together", "together", "30"});
    CHECK(seen({2, 8, 8, 30}, 5) == Cells{"together", "together", "together", "30"});
    CHECK(seen({1, 1, 9}, 5) == Cells{"together", "together", "together"});  // sum 2: both are 1
    CHECK(seen({4, 4, 9}, 5) == Cells{"together", "together", "together"});  // sum 8: both are 4
    CHECK(seen({4, 4}, 5).empty());
    CHECK(seen({1, 1, 1, 1, 1}, 5).empty());
    CHECK(seen({1, 2}, 5) == Cells{"small", "small"});  // their sum is told nowhere either
    CHECK(seen({}, 5).empty());
}

TEST_CASE("nobody can work a small count out, even with the rule, the sum and all that is told") {
    for (const std::uint64_t smallest : {3U, 4U, 5U})
        for (std::size_t cells = 1; cells <= 4; ++cells)
            for (std::uint64_t total = smallest; total <= 22; ++total) {
                // Everything that looks the same from outside.
                std::map<Cells, std::vector<std::vector<std::uint64_t>>> alike;
                std::vector<std::uint64_t> begun;
                every_block(cells, total, begun, [&](const std::vector<std::uint64_t>& counts) {
                    alike[seen(counts, smallest)].push_back(counts);
                });
                for (const auto& [look, all] : alike) {
                    if (look.empty()) continue;  // tells not even how many counts there are
                    for (std::size_t i = 0; i < cells; ++i) {
                        std::set<std::uint64_t> values;
                        for (const auto& counts : all) values.insert(counts[i]);
                        const bool small = *values.begin() < smallest;
                        if (small && values.size() < 2)
                            FAIL("smallest " << smallest << ", total " << total << ": count " << i
                                             << " must be " << *values.begin());
                    }
                }
            }
    SUCCEED();
}

TEST_CASE("no field of a table begins a formula, and a comma stays in its field") {
    CHECK(csv_field("Telephone") == "Telephone");
    CHECK(csv_field("=1+1") == "'=1+1");
    CHECK(csv_field("+212") == "'+212");
    CHECK(csv_field("-") == "'-");
    CHECK(csv_field("@x") == "'@x");
    CHECK(csv_field("Lost, unaccounted for") == "\"Lost, unaccounted for\"");
    CHECK(csv_field("a \"b\"") == "\"a \"\"b\"\"\"");
}

TEST_CASE("the year table has reasons by gender and age, with what is no counselling apart") {
    const CountsByCell counts{
        {"chi|VI.bullying|girl|10-12", 12}, {"chi|VI.bullying|boy|10-12", 3},
        {"chi|VI.bullying|boy|13-15", 2},   {"chi|NC.hang_up|none|none", 40},
        {"chi|none|none|none", 9},          {"chi|MH.self_harm|girl|13-15", 4},
        {"bik|grooming|age|13-15", 20}};
    const auto csv = chi_year("2026", counts, 5, test::shipped_taxonomies());
    CHECK(
        csv.starts_with("year,part,group,group_label,reason,reason_label,gender,gender_label,"
                        "age_band,age_band_label,contacts\r\n"));
    CHECK(
        csv.contains("2026,counselling,VI,Violence,VI.bullying,Bullying,girl,Girl,10-12,"
                     "10 to 12,12\r\n"));
    CHECK(csv.contains(",boy,Boy,10-12,10 to 12,<5\r\n"));
    CHECK(csv.contains(",MH.self_harm,Self-harm,girl,Girl,13-15,13 to 15,<5\r\n"));
    CHECK(csv.contains("2026,non_counselling,NC,Non-counselling,NC.hang_up,"));
    CHECK(csv.contains("2026,not_written_down,none,Not written down,none,"));
    CHECK_FALSE(csv.contains("grooming"));
}

TEST_CASE("the quarter table has topics by one thing at a time") {
    const CountsByCell counts{
        {"bik|grooming|channel|phone", 8}, {"bik|grooming|channel|webchat", 20},
        {"bik|grooming|gender|girl", 26},  {"bik|grooming|gender|boy", 2},
        {"bik|sexting|gender|girl", 4},    {"bik|sexting|gender|boy", 4},
        {"chi|VI.bullying|girl|10-12", 12}};
    const auto csv = bik_quarter("2026-Q1", counts, 5, test::shipped_taxonomies());
    CHECK(csv.starts_with("quarter,topic,topic_label,by,key,key_label,contacts\r\n"));
    CHECK(csv.contains("2026-Q1,grooming,Grooming,channel,webchat,Web chat,20\r\n"));
    CHECK(csv.contains("grooming,Grooming,gender,boy,Boy,hidden\r\n"));
    CHECK(csv.contains("grooming,Grooming,gender,girl,Girl,hidden\r\n"));
    CHECK(csv.contains("gender,,,hidden\r\n"));  // 4 and 4 of 8 cannot be told at all
    CHECK_FALSE(csv.contains("VI.bullying"));
}

}  // namespace sanad::casework
