#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sanad::support {
namespace {

/// A child who writes for the first time, or again. returns  the contact's id
std::string child_writes(Helplines& world, const std::string& child, const std::string& key,
                         const std::string& text) {
    auto& line = world.ma();
    ContactId contact;
    const std::string conversation = "a conversation of the child " + child;
    const auto written = line.node.run([&](store::Draft& draft) -> Result<void> {
        const auto made = line.contacts->submit(
            draft, {"chat", "webchat"}, chat_message(conversation, key + "-as-a-key", text, "ar"),
            world.clock.now());
        if (!made) return std::unexpected(made.error());
        contact = made->contact;
        return {};
    });
    REQUIRE(written);
    return format(contact);
}

Reply opens(Helplines& world, const std::string& who, const std::string& contact) {
    return world.ma().ask(who, [&](auto request) { request.setContactOpen(to_text(contact)); });
}

Reply queue(Helplines& world) {
    return world.ma().ask("karim", [](auto request) { request.setQueueShow(); });
}

std::vector<std::string> order_of(Reply& reply) {
    std::vector<std::string> ids;
    for (const auto place : (*reply).getQueue().getWaiting())
        ids.push_back(from_text(place.getContact().getId()));
    return ids;
}

Reply set_level(Helplines& world, const std::string& contact, const char* level,
                const char* reason = "") {
    return world.ma().ask("amina", [&](auto request) {
        auto body = request.initContactUrgency();
        body.setContact(to_text(contact));
        body.setUrgency(level);
        body.setReason(reason);
    });
}

Reply change(Helplines& world, const std::string& case_id,
             const std::function<void(schema::api::CaseChange::Builder)>& fill) {
    return world.ma().ask("amina", [&](auto request) {
        auto body = request.initCaseChange();
        body.setCase(to_text(case_id));
        fill(body);
    });
}

}  // namespace

TEST_CASE("the queue has whoever is in danger first, then who waited longest, and says why") {
    Helplines world;
    const auto first = child_writes(world, "one", "a", "سلام");
    world.clock.advance(std::chrono::minutes(1));
    const auto second = child_writes(world, "two", "a", "bonsoir");
    world.clock.advance(std::chrono::minutes(1));
    const auto third = child_writes(world, "three", "a", "salam");
    auto before = queue(world);
    CHECK(order_of(before) == std::vector{first, second, third});
    CHECK((*before).getQueue().getWaiting()[0].getWaitedMs() == 120'000);
    CHECK((*before).getQueue().getWaiting()[0].getTargetMs() == 900'000);

    REQUIRE(set_level(world, third, "U0").error().empty());
    auto after = queue(world);
    CHECK(order_of(after) == std::vector{third, first, second});
    CHECK(from_text((*after).getQueue().getWaiting()[0].getReason()) == "imminent_danger");

    REQUIRE(opens(world, "amina", third).error().empty());
    auto taken = queue(world);
    CHECK(order_of(taken) == std::vector{first, second});
    REQUIRE((*taken).getQueue().getOpen().size() == 1);
    CHECK(from_text((*taken).getQueue().getOpen()[0].getOpenedBy()) == "amina");
}

TEST_CASE("whoever waits is in the queue however many have ended since") {
    Helplines world;
    const auto waits = child_writes(world, "patient", "a", "سلام");
    for (int i = 0; i < 20; ++i) {
        const auto other = child_writes(world, "quick " + std::to_string(i), "a", "merci");
        REQUIRE(opens(world, "amina", other).error().empty());
        REQUIRE(world.ma()
                    .ask("amina",
                         [&](auto request) {
                             auto body = request.initContactEnd();
                             body.setContact(to_text(other));
                             body.setReason("ended_by_child");
                         })
                    .error()
                    .empty());
    }
    auto now = queue(world);
    CHECK(order_of(now) == std::vector{waits});
    CHECK((*now).getQueue().getOpen().size() == 0);
    auto listed = world.ma().ask("karim", [](auto request) { request.initContactList(); });
    REQUIRE((*listed).getContacts().size() == 1);
    CHECK(from_text((*listed).getContacts()[0].getId()) == waits);
    auto every =
        world.ma().ask("karim", [](auto request) { request.initContactList().setAll(true); });
    CHECK((*every).getContacts().size() == 21);
}

TEST_CASE("a level is lowered by a person with a reason and by nobody without one") {
    Helplines world;
    const auto contact = child_writes(world, "one", "a", "سلام");
    REQUIRE(set_level(world, contact, "U1").error().empty());
    CHECK(set_level(world, contact, "U3").error() == "reason_missing");
    CHECK(set_level(world, contact, "U3", "a friend's story").error().empty());
    CHECK(set_level(world, contact, "U9").error() == "unsupported");
}

TEST_CASE("what is being written is kept for its author and forgotten when they empty it") {
    Helplines world;
    const auto contact = child_writes(world, "one", "a", "سلام");
    REQUIRE(opens(world, "amina", contact).error().empty());
    const auto keep = [&](const char* who, const char* text) {
        return world.ma().ask(who, [&](auto request) {
            auto body = request.initContactDraft();
            body.setContact(to_text(contact));
            body.setText(text);
        });
    };
    const auto draft = [&](const char* who) {
        auto reply =
            world.ma().ask(who, [&](auto request) { request.setContactShow(to_text(contact)); });
        return from_text((*reply).getContact().getDraft());
    };
    REQUIRE(keep("amina", "مرحبا، أنا").error().empty());
    CHECK(draft("amina") == "مرحبا، أنا");
    CHECK(draft("karim").empty());
    REQUIRE(keep("amina", "").error().empty());
    CHECK(draft("amina").empty());
}

TEST_CASE("a reply that is sent again with its name is there once") {
    Helplines world;
    const auto contact = child_writes(world, "one", "a", "سلام");
    REQUIRE(opens(world, "amina", contact).error().empty());
    const auto reply = [&](const char* key) {
        return world.ma()
            .ask("amina",
                 [&](auto request) {
                     auto body = request.initContactReply();
                     body.setContact(to_text(contact));
                     body.setText("مرحبا");
                     body.setKey(key);
                 })
            .error();
    };
    for (const char* key : {"first-name", "first-name", "another-name", "another-name"})
        CHECK(reply(key).empty());
    CHECK(reply("short") == "bad_size");
    auto shown =
        world.ma().ask("amina", [&](auto request) { request.setContactShow(to_text(contact)); });
    CHECK((*shown).getContact().getMessages().size() == 3);
    CHECK(reply("").empty());
    CHECK(reply("").empty());  // who gives no name says it twice
    auto more =
        world.ma().ask("amina", [&](auto request) { request.setContactShow(to_text(contact)); });
    CHECK((*more).getContact().getMessages().size() == 5);
}

TEST_CASE("what staff say among themselves is in no reading that a channel has") {
    Helplines world;
    const auto contact = child_writes(world, "one", "a", "سلام");
    const auto note = [&](const char* text, const char* to) {
        return world.ma()
            .ask("amina",
                 [&](auto request) {
                     auto body = request.initContactNote();
                     body.setContact(to_text(contact));
                     body.setText(text);
                     body.setTo(to);
                 })
            .error();
    };
    REQUIRE(note("Salma, can you look at this?", "salma").empty());
    CHECK(note("to whom?", "nobody") == "not_found");
    CHECK_FALSE(note("", "").empty());
    auto shown =
        world.ma().ask("karim", [&](auto request) { request.setContactShow(to_text(contact)); });
    REQUIRE((*shown).getContact().getNotes().size() == 1);
    CHECK(from_text((*shown).getContact().getNotes()[0].getTo()) == "salma");
    CHECK((*shown).getContact().getMessages().size() == 1);
    const auto snapshot = world.ma().node.store->snapshot();
    const auto replay = world.ma().contacts->replay(
        **snapshot, "chat", bytes_of("a conversation of the child one"), 0, 100);
    REQUIRE(replay);
    CHECK(replay->messages.size() == 1);
}

TEST_CASE("only what came after a message is read again") {
    Helplines world;
    const auto contact = child_writes(world, "one", "a", "first");
    CHECK(child_writes(world, "one", "b", "second") == contact);
    const auto read = [&](std::uint64_t after) {
        return world.ma().ask("amina", [&](auto request) {
            auto body = request.initContactRead();
            body.setContact(to_text(contact));
            body.setAfter(after);
        });
    };
    auto all = read(0);
    REQUIRE((*all).getContact().getMessages().size() == 2);
    auto later = read((*all).getContact().getMessages()[0].getSeq());
    REQUIRE((*later).getContact().getMessages().size() == 1);
    CHECK(from_text((*later).getContact().getMessages()[0].getText()) == "second");
}

TEST_CASE("a conversation is given to a colleague, and taken over by a supervisor alone") {
    Helplines world;
    const auto contact = child_writes(world, "one", "a", "سلام");
    REQUIRE(opens(world, "amina", contact).error().empty());
    const auto give = [&](const char* who, const char* to) {
        return world.ma()
            .ask(who,
                 [&](auto request) {
                     auto body = request.initContactTransfer();
                     body.setContact(to_text(contact));
                     body.setTo(to);
                 })
            .error();
    };
    const auto owner = [&] {
        auto reply = queue(world);
        return from_text((*reply).getQueue().getOpen()[0].getOpenedBy());
    };
    CHECK(give("karim", "karim") == "not_yours");
    CHECK(give("amina", "nobody") == "not_found");
    CHECK(give("amina", "nadia") == "role_missing");  // no counsellor
    CHECK(owner() == "amina");
    CHECK(give("amina", "karim").empty());
    CHECK(owner() == "karim");
    CHECK(give("salma", "salma").empty());
    CHECK(owner() == "salma");
    CHECK(world.ma()
              .ask("karim", [&](auto request) { request.setContactRelease(to_text(contact)); })
              .error() == "not_yours");
    CHECK(world.ma()
              .ask("salma", [&](auto request) { request.setContactRelease(to_text(contact)); })
              .error()
              .empty());
    auto back = queue(world);
    CHECK(order_of(back) == std::vector{contact});
}

TEST_CASE("a case is changed in parts, each of them in its timeline, or not at all") {
    Helplines world;
    const auto id = world.ma().open_case();
    const auto show = [&] {
        return world.ma().ask("amina", [&](auto request) { request.setCaseShow(to_text(id)); });
    };
    REQUIRE(change(world, id,
                   [](auto body) {
                       body.setUrgency("U1");
                       body.setStatus("in_progress");
                       auto reasons = body.initReasons(2);
                       reasons.set(0, "ose_coercion");
                       reasons.set(1, "VI.online_csea");
                       body.setSafetyPlan("Her aunt knows. She calls again on Friday.");
                       body.setAction("safety_plan_made");
                   })
                .error()
                .empty());
    auto changed = show();
    const auto view = (*changed).getCase();
    CHECK(from_text(view.getUrgency()) == "U1");
    CHECK(from_text(view.getStatus()) == "in_progress");
    CHECK(from_text(view.getReasons()[0]) == "ose_coercion");
    CHECK(from_text(view.getAgeBand()) == "10-12");
    CHECK(view.getHasSafetyPlan());
    const auto lines = view.getTimeline().size();

    // The second part is not allowed, so the first does not happen either.
    CHECK(change(world, id, [](auto body) {
              body.setStatus("waiting_child");
              body.setUrgency("U4");
          }).error() == "reason_missing");
    CHECK(change(world, id, [](auto body) { body.initReasons(1).set(0, "no.such"); }).error() ==
          "unsupported");
    auto same = show();
    CHECK((*same).getCase().getTimeline().size() == lines);
    CHECK(from_text((*same).getCase().getStatus()) == "in_progress");
}

TEST_CASE("a case keeps what was answered to the form, and closes when the needed is answered") {
    Helplines world;
    using casework::FieldType;
    world.ma().case_form = {
        "1",
        {{"living", FieldType::choice, "living", "Lives", "Vit", "يعيش", 0, true},
         {"addresses", FieldType::text, "", "Pages", "Pages", "صفحات", 0, false}}};
    const auto id = world.ma().open_case();
    const auto answer = [&](const char* field, std::vector<std::string> values) {
        return world.ma()
            .ask("amina",
                 [&](auto request) {
                     auto body = request.initCaseAnswer();
                     body.setCase(to_text(id));
                     auto answers = body.initAnswers(1);
                     answers[0].setField(field);
                     auto list = answers[0].initValues(static_cast<unsigned>(values.size()));
                     for (unsigned i = 0; i < list.size(); ++i) list.set(i, to_text(values[i]));
                 })
            .error();
    };
    const auto answers = [&] {
        auto shown =
            world.ma().ask("amina", [&](auto request) { request.setCaseShow(to_text(id)); });
        std::map<std::string, std::string> found;
        for (const auto each : (*shown).getCase().getAnswers())
            found[from_text(each.getField())] = from_text(each.getValues()[0]);
        return found;
    };
    const auto close = [&] {
        return world.ma()
            .ask("amina",
                 [&](auto request) {
                     auto body = request.initCaseClose();
                     body.setCase(to_text(id));
                     body.setReason("goals_met");
                 })
            .error();
    };
    CHECK(answer("no_such_field", {"x"}) == "not_found");
    CHECK(answer("living", {"on_the_moon"}) == "unsupported");
    CHECK(answer("addresses", {"example.org/an-invented-page"}).empty());
    CHECK(close() == "answer_missing");
    CHECK(answer("living", {"with_parents"}).empty());
    CHECK(answers().size() == 2);
    CHECK(answer("addresses", {}).empty());
    CHECK(answers() == std::map<std::string, std::string>{{"living", "with_parents"}});
    CHECK(close().empty());
}

TEST_CASE("a list of words comes with its labels, and one that is not there is not found") {
    Helplines world;
    const auto list = [&](const char* name) {
        return world.ma().ask("nadia", [&](auto request) { request.setTaxonomyShow(name); });
    };
    auto urgency = list("urgency");
    const auto terms = (*urgency).getTaxonomy().getTerms();
    REQUIRE(terms.size() == 5);
    CHECK(from_text(terms[0].getId()) == "U0");
    CHECK(from_text(terms[0].getFr()) == "Danger imminent");
    CHECK(list("no-such-list").error() == "not_found");
}

}  // namespace sanad::support
