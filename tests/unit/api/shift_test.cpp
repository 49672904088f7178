// What a shift needs: joining, handing over, and how long somebody works on severe content.
#include "tests/unit/api/shift.h"
#include "tests/unit/api/desk.h"

#include <capnp/pretty-print.h>

namespace sanad::support {

TEST_CASE_METHOD(Shift, "a supervisor who has joined writes, and until then and afterwards not") {
    const auto contact = write("a child", "salam");
    CHECK(join("salma", contact) == "not_in_this_state");  // nobody has it yet
    REQUIRE(open("amina", contact).empty());
    CHECK(reply("salma", contact) == "not_yours");
    CHECK(join("karim", contact) == "role_missing");
    REQUIRE(join("salma", contact).empty());
    REQUIRE(join("salma", contact).empty());
    CHECK(reply("salma", contact, "Bonjour, je suis là aussi.").empty());
    CHECK(reply("amina", contact).empty());
    CHECK(events_named("contact.joined") == 1);

    auto shown =
        line().ask("amina", [&](auto request) { request.setContactShow(to_text(contact)); });
    REQUIRE((*shown).getContact().getJoined().size() == 1);
    CHECK(from_text((*shown).getContact().getJoined()[0]) == "salma");
    CHECK(from_text((*shown).getContact().getMessages()[1].getFrom()) == "salma");

    CHECK(release("amina", contact).empty());
    CHECK(reply("salma", contact) == "not_in_this_state");
    REQUIRE(open("karim", contact).empty());
    CHECK(reply("salma", contact) == "not_yours");
    REQUIRE(join("salma", contact).empty());
    REQUIRE(give("salma", contact, "salma").empty());  // and takes it over
    CHECK(reply("salma", contact).empty());
    CHECK(reply("karim", contact) == "not_yours");
    CHECK(join("salma", contact) == "conflict");
    REQUIRE(end("salma", contact).empty());
    CHECK(join("salma", contact) == "not_in_this_state");
}

TEST_CASE_METHOD(Shift, "what a child's page is given has no name in it, whoever has joined") {
    const auto contact = write("a child", "salam");
    REQUIRE(open("amina", contact).empty());
    REQUIRE(join("salma", contact).empty());
    REQUIRE(reply("salma", contact, "Je suis là.").empty());
    const auto snapshot = line().node.store->snapshot();
    const auto replay =
        line().contacts->replay(**snapshot, "chat", bytes_of("a child-a-long-name-of-it"), 0, 100);
    REQUIRE(replay);
    REQUIRE(replay->messages.size() == 2);
    CHECK_FALSE(replay->messages[1].from_person);
    CHECK(replay->messages[1].text == "Je suis là.");
    CHECK(replay->messages[1].key.empty());
}

TEST_CASE_METHOD(Shift,
                 "the next shift is told who waits and what breaks, and no word of a child") {
    const std::string secret = "katdrebni mmi kol nhar";
    const auto waits = write("who waits", secret);
    const auto talks = write("who talks", secret + " bzaf");
    REQUIRE(open("amina", talks).empty());
    const auto gone = ended("karim", "who went");
    const auto file = line().open_case();
    world.clock.advance(minutes(90));

    auto shown = handover(8);
    REQUIRE(shown.error().empty());
    const auto view = (*shown).getHandover();
    CHECK(view.getArrived() == 4);
    CHECK(view.getEnded() == 1);
    CHECK(view.getLongestWaitMs() == 90 * 60'000);
    REQUIRE(view.getWaiting().size() == 1);
    CHECK(from_text(view.getWaiting()[0].getId()) == waits);
    REQUIRE(view.getOpen().size() == 2);
    REQUIRE(view.getCases().size() == 1);
    CHECK(from_text(view.getCases()[0].getId()) == file);
    std::vector<std::string> health;
    for (const auto code : view.getHealth()) health.push_back(from_text(code));
    CHECK(std::ranges::find(health, "directory_none") != health.end());
    const std::string words = capnp::prettyPrint(view).flatten().cStr();
    CHECK_FALSE(words.contains("katdrebni"));
    CHECK_FALSE(words.contains(gone));

    // What began before is told as long as it lasts, and counted no more.
    auto later = handover(1);
    CHECK((*later).getHandover().getArrived() == 0);
    CHECK((*later).getHandover().getWaiting().size() == 1);
    CHECK((*later).getHandover().getCases().size() == 0);  // U2, and nobody has touched it
    for (const std::uint32_t hours : {0U, 73U}) CHECK(handover(hours).error() == "invalid");
    CHECK(handover(72).error().empty());
    CHECK(handover(8, "amina").error() == "role_missing");
}

TEST_CASE_METHOD(Shift,
                 "minutes on severe content begin and end with what happens to the contact") {
    const auto calm = write("a calm child", "salam");
    REQUIRE(open("karim", calm).empty());
    world.clock.advance(minutes(20));
    CHECK(of("karim").today == 0);
    // It becomes severe by what the child writes, and no longer is by what a person says.
    REQUIRE(write("a calm child", blackmail) == calm);
    work("karim", calm, minutes(30));
    CHECK(of("karim").today == 30);
    REQUIRE(line()
                .ask("karim",
                     [&](auto request) {
                         auto body = request.initHintJudge();
                         body.setContact(to_text(calm));
                         body.setHint("sextortion");
                         body.setRight(false);
                     })
                .error()
                .empty());
    world.clock.advance(minutes(20));
    CHECK(of("karim").today == 30);
    REQUIRE(level(calm, "U1").empty());
    world.clock.advance(minutes(10));
    REQUIRE(join("salma", calm).empty());  // who joins reads it, too
    world.clock.advance(minutes(5));
    REQUIRE(give("karim", calm, "amina").empty());
    world.clock.advance(minutes(5));
    const auto all = exposures("salma");
    CHECK(all.at("karim").today == 45);
    CHECK(all.at("salma").today == 5);
    CHECK(all.at("amina").today == 5);
    REQUIRE(end("amina", calm).empty());
    world.clock.advance(minutes(25));
    CHECK(of("amina").today == 5);
    CHECK(exposures("amina").size() == 1);  // of others only who supervises is told
}

TEST_CASE_METHOD(Shift, "a kind that the lexicon calls severe counts below U1, too") {
    const auto contact = write("a child", "nchro tsawri f instagram");
    const auto snapshot = line().node.store->snapshot();
    const auto hinted = line().hints->of(**snapshot, *parse_id<ContactId>(contact)).value();
    REQUIRE_FALSE(hinted.empty());
    REQUIRE(line().hints->suggested(**snapshot, *parse_id<ContactId>(contact)) ==
            casework::Urgency::u2);
    REQUIRE(open("amina", contact).empty());
    world.clock.advance(minutes(7));
    CHECK(of("amina").today == 7);
}

TEST_CASE_METHOD(Shift, "over the budget nothing severe is given, but for a child in danger now") {
    const auto first = write("the first", blackmail);
    REQUIRE(open("amina", first).empty());
    work("amina", first, minutes(300));
    CHECK(of("amina").over);
    const auto second = write("the second", blackmail);
    CHECK(open("amina", second) == "exposure_over");
    REQUIRE(open("karim", second).empty());
    CHECK(give("karim", second, "amina") == "exposure_over");
    CHECK(reply("amina", first).empty());  // whom they have stays theirs

    const auto calm = write("a calm child", "salam");
    CHECK(open("amina", calm).empty());  // and what is not severe is given as ever

    CHECK(events_named("exposure.urgent") == 0);
    REQUIRE(level(second, "U0").empty());
    CHECK(give("karim", second, "amina").empty());
    CHECK(events_named("exposure.urgent") == 1);

    const auto third = write("the third", blackmail);
    CHECK(open("amina", third) == "exposure_over");
    CHECK(mark("amina", "lend", "amina", 30) == "role_missing");
    REQUIRE(mark("salma", "lend", "amina", 30).empty());
    CHECK(of("amina").lent == 30);
    CHECK(of("amina").budget == 330);
    CHECK(open("amina", third).empty());
}

TEST_CASE_METHOD(Shift, "lending has a limit at once and in a day") {
    for (const std::uint32_t wrong : {0U, 61U})
        CHECK(mark("salma", "lend", "karim", wrong) == "invalid");
    CHECK(mark("salma", "lend", "karim", 60).empty());
    CHECK(mark("salma", "lend", "karim", 60).empty());
    CHECK(mark("salma", "lend", "karim", 1) == "exhausted");
    CHECK(of("karim").lent == 120);
    CHECK(mark("salma", "lend", "nobody", 5) == "not_found");
    CHECK(mark("salma", "lend", "salma", 5).empty());  // no other supervisor is at a desk
}

TEST_CASE("who supervises lends to themselves only while no other supervisor is at a desk") {
    Desk desk;
    const auto lend = [&] {
        return desk.line()
            .ask("salma",
                 [](auto request) {
                     auto body = request.initExposureMark();
                     body.setWhat("lend");
                     body.setMinutes(5);
                 })
            .error();
    };
    CHECK(lend().empty());
    Authenticator key(trust::PasskeyAlgorithm::eddsa, 7);
    const auto session = desk.enrol("leila", key, {"supervisor"});
    CHECK(lend() == "second_person");
    REQUIRE(desk.ask(session, [](auto request) { request.setSessionEnd(); }).error().empty());
    CHECK(lend().empty());
}

TEST_CASE_METHOD(Shift, "a break is one's own to say, and so is wanting to talk") {
    const auto contact = write("a child", blackmail);
    REQUIRE(open("amina", contact).empty());
    work("amina", contact, minutes(60));
    CHECK(of("amina").stretch == 60);
    CHECK(mark("salma", "break_begin", "amina") == "their_own");
    CHECK(mark("karim", "break_begin", "amina") == "role_missing");
    CHECK(mark("amina", "rest") == "invalid");
    REQUIRE(mark("amina", "break_begin").empty());
    CHECK(of("amina").on_break);
    world.clock.advance(minutes(10));
    REQUIRE(mark("amina", "break_end").empty());
    CHECK(of("amina").stretch == 0);
    CHECK(of("amina").today == 60);

    REQUIRE(mark("amina", "talk_ask").empty());
    CHECK(exposures("salma").at("amina").talk);
    CHECK(events_named("exposure.talk_asked") == 1);
    CHECK(mark("karim", "talked", "amina") == "role_missing");
    CHECK(mark("amina", "talked") == "role_missing");
    REQUIRE(mark("salma", "talked", "amina").empty());
    CHECK_FALSE(of("amina").talk);
    for (const auto& event : events())  // nobody's name is told to everybody
        if (event.name == "exposure.changed") CHECK(event.who.empty());
}

TEST_CASE_METHOD(Shift, "a restart keeps the minutes, and an erased contact counts for nobody") {
    const auto contact = write("a child", blackmail);
    REQUIRE(open("amina", contact).empty());
    work("amina", contact, minutes(40));
    world.lines.erase(world.ma_machine.id);
    world.start(world.ma_machine);
    world.clock.advance(minutes(10));
    CHECK(of("amina").today == 50);
    REQUIRE(line().node.run([&](store::Draft& draft) {
        return line().contacts->erase(draft, *parse_id<ContactId>(contact), world.clock.now());
    }));
    world.clock.advance(minutes(20));
    CHECK(of("amina").today == 50);
}

}  // namespace sanad::support
