#include "plugins/channels/phone/flow/flow_reader.h"

#include "plugins/channels/phone/flow/prompt_check.h"
#include "tests/unit/phone/shipped_flow.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <sstream>

namespace sanad::phone::test {
namespace {

std::vector<Complaint> complaints_of(std::string_view text, std::string_view overlay) {
    const auto flow = read_flow(text, overlay, can_say);
    return flow ? std::vector<Complaint>{} : flow.error();
}

// The values of `number = "…"` in a file.
std::set<std::string> numbers_in(const std::string& file) {
    std::set<std::string> numbers;
    std::istringstream lines(read_file(file));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("number = \""))
            numbers.insert(line.substr(10, line.find('"', 10) - 10));
    return numbers;
}

}  // namespace

TEST_CASE("every flow of the tree is one in which no caller can be lost") {
    int countries = 0;
    for (const auto& folder : std::filesystem::directory_iterator("nodes/countries")) {
        const auto overlay = folder.path() / "phone.toml";
        if (!std::filesystem::exists(overlay)) continue;
        ++countries;
        INFO(overlay.string());
        for (const auto& complaint :
             complaints_of(read_file("config/phone/flow.toml"), read_file(overlay.string())))
            FAIL_CHECK(complaint.text());
    }
    CHECK(countries == 3);
}

TEST_CASE("the numbers to call in danger are those of the country's profile, and no others") {
    for (const auto& [country, numbers] : std::map<std::string, std::set<std::string>>{
             {"ma", {"19", "177", "2511"}}, {"tn", {"1809", "192"}}, {"dz", {"1111"}}}) {
        INFO(country);
        const auto folder = "nodes/countries/" + country;
        CHECK(numbers_in(folder + "/phone.toml") == numbers);
        CHECK(numbers_in(folder + "/country.toml") == numbers);
    }
}

TEST_CASE("a country without a number to call cannot open its telephone by mistake") {
    CHECK(complaints_of(read_file("config/phone/flow.toml"), "") ==
          std::vector<Complaint>{
              {"emergency", "there is no number to call in danger",
               "write [[emergency]] with a number that you have called yourself"}});
}

TEST_CASE("a country changes hours, numbers, languages and single states, and keeps the rest") {
    const auto shipped = flow_of_country("dz");
    const auto flow = flow_with(R"(
emergency = [{ number = "111", say = "police" }]
language = [{ code = "fr", digit = "1" }, { code = "ar", digit = "2" }]
hours = { zone = "Africa/Algiers", open = ["sun-thu 09:00-17:00"], on."2027-07-05" = [] }
[state.goodbye]
kind = "end"
say = ["goodbye_algeria"]
)");
    CHECK(flow.emergency == std::vector<EmergencyNumber>{{"111", "police"}});
    CHECK(flow.languages == std::vector<Language>{{"fr", '1'}, {"ar", '2'}});
    CHECK(flow.hours.zone == "Africa/Algiers");
    CHECK(flow.hours.open == std::vector<Stretch>{{7, 4, 540, 1020}});
    CHECK(flow.hours.on.at(20270705).empty());
    CHECK(flow.find("goodbye")->say == std::vector<std::string>{"goodbye_algeria"});
    CHECK(flow.states.size() == shipped.states.size());
    CHECK(*flow.find("menu") == *shipped.find("menu"));
    CHECK(flow.sounds == shipped.sounds);
}

TEST_CASE("what a flow says is read as it is written") {
    const auto flow = flow_of_country("ma");
    const State& digits = *flow.find("type_number");
    CHECK(digits.kind == Kind::digits);
    CHECK(digits.typed == Typed::phone_number);
    CHECK(digits.digits_min == 6);
    CHECK(digits.digits_max == 15);
    CHECK(digits.confirm == std::vector<std::string>{"you_typed", "{typed}"});
    const State& code = *flow.find("code");
    CHECK(code.digits_min == 16);
    CHECK(code.digits_max == 16);
    CHECK(code.wait == std::chrono::seconds(15));
    const State& quiet = *flow.find("quiet");
    CHECK(quiet.times == 5);
    CHECK(quiet.options[0].digit == '1');
    CHECK(quiet.options[0].effects.marks == std::vector<std::string>{"silent_caller"});
    CHECK(flow.find("danger")->effects.urgency == Urgency::u0);
    CHECK(flow.find("voicemail")->longest == std::chrono::seconds(120));
    CHECK(flow.find("voicemail")->hush == std::chrono::seconds(8));
    CHECK(flow.find("queue")->news_every == std::chrono::seconds(40));
    CHECK(flow.danger_digit == '*');
    CHECK(flow.find("callback")->options[3].effects.call_time == CallTime::evening);
}

TEST_CASE("the prompts of a flow are known, so that each can be recorded") {
    const auto prompts = prompts_of(flow_of_country("ma"));
    for (const auto* id : {"greeting", "privacy", "voicemail_notice", "calm", "beep", "press",
                           "choose_this_number", "danger", "goodbye"})
        CHECK(prompts.contains(id));
    CHECK(std::ranges::none_of(prompts, [](const auto& id) { return id.contains('{'); }));
}

TEST_CASE("a flow says every mistake at once") {
    auto text = read_file("config/phone/flow.toml");
    for (const auto* name : {"next = \"privacy\"", "say = [\"goodbye\"]", "kind = \"cover\""})
        text.replace(text.find(name), std::string_view(name).size(), "nonsense = 1");
    CHECK(complaints_of(text, "").size() >= 4);
}

TEST_CASE("whatever a file holds, it is a flow or it is refused in words") {
    const auto shipped = read_file("config/phone/flow.toml");
    const auto overlay = read_file("nodes/countries/ma/phone.toml");
    std::mt19937 random(7);
    for (int i = 0; i < 300; ++i) {
        auto text = shipped;
        for (unsigned changes = 1 + unsigned(random() % 4); changes > 0; --changes) {
            const auto at = random() % text.size();
            if (random() % 2 == 0)
                text[at] = static_cast<char>(random());
            else
                text.erase(at, random() % 40);
        }
        const auto flow = read_flow(text, overlay, can_say);
        if (flow) continue;
        REQUIRE_FALSE(flow.error().empty());
        for (const auto& complaint : flow.error())
            REQUIRE(
                (!complaint.place.empty() && !complaint.wrong.empty() && !complaint.mend.empty()));
    }
}

}  // namespace sanad::phone::test
