// Whose a case and a conversation are: the rules of service_access.cpp, through the door.
#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sanad::support {
namespace {

using Fill = Helpline::Fill;

constexpr const char* reason = "She calls from the station, and amina is on her way home.";

Fill showing(const std::string& id) {
    return [&id](auto request) { request.setCaseShow(to_text(id)); };
}

Reply share(Helpline& line, const std::string& who, const std::string& id, const char* with,
            bool end = false) {
    return line.ask(who, [&](auto request) {
        auto body = request.initCaseShare();
        body.setCase(to_text(id));
        body.setWith(with);
        body.setEnd(end);
    });
}

Reply break_glass(Helpline& line, const std::string& who, const std::string& id,
                  const std::string& why) {
    return line.ask(who, [&](auto request) {
        auto body = request.initGlassBreak();
        body.setCase(to_text(id));
        body.setReason(to_text(why));
    });
}

std::vector<std::string> news(Helpline& line) {
    auto reply = line.ask("salma", [](auto request) { request.initFeedRead().setLimit(1'000); });
    std::vector<std::string> names;
    for (const auto event : (*reply).getFeed()) names.push_back(from_text(event.getName()));
    return names;
}

}  // namespace

TEST_CASE("a case is open to who has it and to supervisors, and to no other counsellor") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.open_case();
    CHECK(line.ask("amina", showing(id)).error().empty());
    CHECK(line.ask("salma", showing(id)).error().empty());
    CHECK(line.ask("karim", showing(id)).error() == "case_not_yours");

    const std::pair<const char*, Fill> acts[] = {
        {"note",
         [&](auto request) {
             auto body = request.initCaseNote();
             body.setCase(to_text(id));
             body.setText("a note");
         }},
        {"change",
         [&](auto request) {
             auto body = request.initCaseChange();
             body.setCase(to_text(id));
             body.setAssignTo("karim");
         }},
        {"close",
         [&](auto request) {
             auto body = request.initCaseClose();
             body.setCase(to_text(id));
             body.setReason("goals_met");
         }},
        {"answer", [&](auto request) { request.initCaseAnswer().setCase(to_text(id)); }},
        {"consent",
         [&](auto request) {
             auto body = request.initConsentRecord();
             body.setCase(to_text(id));
             body.setBy("child");
             body.setWords("yes");
         }},
        {"refer",
         [&](auto request) {
             auto body = request.initRefer();
             body.setCase(to_text(id));
             body.setTo(to_text(world.tn_machine.id.text));
         }},
        {"escalate",
         [&](auto request) {
             auto body = request.initEscalate();
             body.setCase(to_text(id));
             body.setPartner("legal-aid");
         }},
        {"withdraw", [&](auto request) { request.initConsentWithdraw().setCase(to_text(id)); }},
        {"share", [&](auto request) {
             auto body = request.initCaseShare();
             body.setCase(to_text(id));
             body.setWith("karim");
         }}};
    for (const auto& [name, act] : acts) {
        INFO(name);
        CHECK(line.ask("karim", act).error() == "case_not_yours");
    }
}

TEST_CASE("a list of cases says of a colleague's only what it takes to ask for it") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.open_case();
    const auto first = [&](const char* who) {
        auto reply = line.ask(who, [](auto request) { request.setCaseList(); });
        const auto file = (*reply).getCases()[0];
        return std::tuple(file.getMine(), from_text(file.getAssignedTo()),
                          from_text(file.getAgeBand()), file.getReasons().size(),
                          file.getContacts().size());
    };
    CHECK(first("amina") == std::tuple(true, "amina", "10-12", 1U, 1U));
    CHECK(first("salma") == std::tuple(true, "amina", "10-12", 1U, 1U));
    CHECK(first("karim") == std::tuple(false, "amina", "", 0U, 0U));
}

TEST_CASE("a shared case is open to the colleague until that is ended, or it is given to them") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.open_case();
    REQUIRE(share(line, "amina", id, "karim").error().empty());
    CHECK(line.ask("karim", showing(id)).error().empty());
    CHECK(share(line, "amina", id, "karim").error() == "conflict");
    CHECK(share(line, "amina", id, "amina").error() == "conflict");
    CHECK(share(line, "amina", id, "nobody").error() == "not_found");
    CHECK(share(line, "amina", id, "nadia").error() == "role_missing");
    REQUIRE(share(line, "amina", id, "karim", true).error().empty());
    CHECK(line.ask("karim", showing(id)).error() == "case_not_yours");
    CHECK(share(line, "amina", id, "karim", true).error() == "not_found");

    REQUIRE(line.ask("amina",
                     [&](auto request) {
                         auto body = request.initCaseChange();
                         body.setCase(to_text(id));
                         body.setAssignTo("karim");
                     })
                .error()
                .empty());
    CHECK(line.ask("karim", showing(id)).error().empty());
    CHECK(line.ask("amina", showing(id)).error() == "case_not_yours");
}

TEST_CASE("broken glass opens a case for an hour, tells the supervisors, and stays in the case") {
    Helplines world;
    auto& line = world.ma();
    const auto id = line.open_case();
    CHECK(break_glass(line, "karim", id, "urgent").error() == "reason_missing");
    CHECK(line.ask("karim", showing(id)).error() == "case_not_yours");
    CHECK(break_glass(line, "amina", id, reason).error() == "conflict");
    CHECK(std::ranges::count(news(line), "glass.broken") == 0);

    REQUIRE(break_glass(line, "karim", id, reason).error().empty());
    CHECK(std::ranges::count(news(line), "glass.broken") == 1);
    CHECK(line.ask("karim", showing(id)).error().empty());
    world.clock.advance(std::chrono::minutes(59));
    CHECK(line.ask("karim", showing(id)).error().empty());
    world.clock.advance(std::chrono::minutes(2));
    CHECK(line.ask("karim", showing(id)).error() == "case_not_yours");

    auto shown = line.ask("amina", showing(id));
    const auto glasses = (*shown).getCase().getGlasses();
    REQUIRE(glasses.size() == 1);
    CHECK(from_text(glasses[0].getBy()) == "karim");
    CHECK(from_text(glasses[0].getReason()) == reason);
    auto all = line.ask("salma", [](auto request) { request.setGlassList(); });
    CHECK((*all).getGlasses().size() == 1);
}

TEST_CASE("a conversation that has ended is read by who had it, its case's people, supervisors") {
    Helplines world;
    auto& line = world.ma();
    const auto contact = format(line.write("a child who came and went", "salam, labas?"));
    const auto read = [&](const char* who) {
        return line.ask(who, [&](auto request) { request.setContactShow(to_text(contact)); })
            .error();
    };
    CHECK(read("karim").empty());  // whoever waits is everybody's
    REQUIRE(line.ask("amina", [&](auto request) { request.setContactOpen(to_text(contact)); })
                .error()
                .empty());
    CHECK(read("karim") == "not_yours");
    REQUIRE(line.ask("amina",
                     [&](auto request) {
                         auto body = request.initContactNote();
                         body.setContact(to_text(contact));
                         body.setTo("karim");
                         body.setText("what would you say to this?");
                     })
                .error()
                .empty());
    CHECK(read("karim").empty());  // who was asked for advice
    REQUIRE(line.ask("amina",
                     [&](auto request) {
                         auto body = request.initContactEnd();
                         body.setContact(to_text(contact));
                         body.setReason("ended_by_child");
                     })
                .error()
                .empty());
    CHECK(read("karim") == "not_yours");
    CHECK(read("amina").empty());
    CHECK(read("salma").empty());
    CHECK(line.ask("karim",
                   [&](auto request) { request.initCaseOpen().setContact(to_text(contact)); })
              .error() == "not_yours");
}

TEST_CASE("whom an escalation can go to is told by its names") {
    Helplines world;
    auto reply = world.ma().ask("amina", [](auto request) { request.setPartnerList(); });
    const auto partners = (*reply).getPartners();
    REQUIRE(partners.size() == 1);
    CHECK(from_text(partners[0].getId()) == "legal-aid");
    CHECK(from_text(partners[0].getName()[0].getText()) == "Legal aid");
}

}  // namespace sanad::support
