#include "tests/unit/api/phone_line.h"

// Whom the telephone rings for, what becomes of it, and what staff does in a call.
namespace sanad::support {
namespace {

using casework::ContactState;
using casework::Urgency;
using std::chrono::minutes;
using std::chrono::seconds;
using Rang = PhoneLine::Rang;

TEST_CASE("who takes calls is rung, and has the contact once they answer") {
    PhoneLine line;
    line.take_calls("amina");
    const auto id = line.calls("yasmin");
    REQUIRE(line.summon(id) == "amina");
    CHECK(line.state_of("amina") == "ringing");
    CHECK(line.contact(id).state == ContactState::waiting);
    REQUIRE(line.rang(id, "amina", Rang::answered));
    CHECK(line.contact(id).state == ContactState::open);
    CHECK(line.contact(id).opened_by == "amina");
    CHECK(line.state_of("amina") == "talking");
}

TEST_CASE("two callers never ring one person") {
    PhoneLine line;
    line.take_calls("amina");
    const auto first = line.calls("yasmin"), second = line.calls("ilyas");
    REQUIRE(line.summon(first, {second}) == "amina");
    CHECK(line.summon(second, {first}) == "nobody");
    CHECK(line.summon(first, {second}) == "amina");  // asked once more, as after a lost answer
    line.world.clock.advance(line.here().switchboard->rules().ring);
    CHECK(line.summon(first, {second}) == "amina");  // the place was not kept longer
}

TEST_CASE("who is rung for already takes nobody else away from who waits behind") {
    PhoneLine line;
    line.take_calls("amina");
    line.take_calls("karim");
    const auto first = line.calls("yasmin"), second = line.calls("ilyas");
    REQUIRE(line.summon(first, {second}) == "amina");
    CHECK(line.summon(second, {first}) == "karim");
}

TEST_CASE("imminent danger is rung for first, and nobody starves behind it") {
    PhoneLine line;
    line.take_calls("amina");
    const auto calm = line.calls("yasmin", Urgency::u3);
    const auto danger = line.calls("ilyas", Urgency::u0);
    CHECK(line.summon(calm, {danger}) == "nobody");
    CHECK(line.summon(danger, {calm}) == "amina");
    REQUIRE(line.rang(danger, "amina", Rang::refused));
    // After the cap whoever waits longest stands before a level that is no imminent danger.
    line.world.clock.advance(casework::QueueRules{}.starvation_cap);
    const auto fresh = line.calls("sara", Urgency::u1);
    CHECK(line.summon(fresh, {calm}) == "nobody");
    CHECK(line.summon(calm, {fresh}) == "amina");
}

TEST_CASE("who hung up, or only wants to be called back, holds nobody on the line back") {
    PhoneLine line;
    line.take_calls("amina");
    const auto gone = line.calls("yasmin", Urgency::u0);
    line.notice(gone, "callback_wanted");
    REQUIRE(line.summon(gone) == "amina");
    line.leaves("yasmin", "closed");
    const auto here = line.calls("ilyas", Urgency::u3);
    CHECK(line.summon(here) == "amina");
}

TEST_CASE("who does not answer loses nobody their place: the next one is rung") {
    PhoneLine line;
    line.take_calls("amina");
    line.take_calls("karim");
    const auto id = line.calls("yasmin");
    REQUIRE(line.summon(id) == "amina");
    for (const auto result : {Rang::missed, Rang::busy, Rang::refused}) {
        REQUIRE(line.rang(id, "amina", result));
        REQUIRE(line.summon(id) == "karim");
        REQUIRE(line.rang(id, "karim", Rang::refused));
        CHECK(line.contact(id).state == ContactState::waiting);
        line.world.clock.advance(line.here().switchboard->rules().passed_over);
        REQUIRE(line.make_ready("amina") == "");
        REQUIRE(line.make_ready("karim") == "");
        REQUIRE(line.summon(id) == "amina");
    }
}

TEST_CASE("two missed calls in a row pause, visibly, until they say that they are there") {
    PhoneLine line;
    line.take_calls("amina");
    const auto first = line.calls("yasmin"), second = line.calls("ilyas");
    REQUIRE(line.summon(first) == "amina");
    REQUIRE(line.rang(first, "amina", Rang::missed));
    CHECK(line.state_of("amina") == "ready");
    line.world.clock.advance(seconds(11));  // the first is not on the line any more
    REQUIRE(line.summon(second) == "amina");
    REQUIRE(line.rang(second, "amina", Rang::missed));
    CHECK(line.state_of("amina") == "paused missed_calls");
    CHECK(line.has_event("phone.paused"));
    const auto third = line.calls("sara");
    CHECK(line.summon(third) == "nobody");
    REQUIRE(line.make_ready("amina") == "");
    CHECK(line.summon(third) == "amina");
}

TEST_CASE("an answer for somebody whom a colleague has is a conflict") {
    PhoneLine line;
    line.take_calls("amina");
    line.take_calls("karim");
    const auto id = line.calls("yasmin");
    REQUIRE(line.summon(id) == "amina");
    REQUIRE(line.ask("karim", [&](auto request) { request.setContactOpen(to_text(format(id))); }) ==
            "");
    CHECK(line.state_of("amina") == "ready");  // it rings for nobody any more
    CHECK(line.rang(id, "amina", Rang::answered).error().fault == Fault::conflict);
    CHECK(line.contact(id).opened_by == "karim");
}

TEST_CASE("a telephone of nobody answers nothing") {
    PhoneLine line;
    const auto id = line.calls("yasmin");
    line.phones["a stranger"] = "d-aaaaaaaa";
    line.there = {"d-aaaaaaaa"};
    CHECK(line.summon(id) == "nobody");
    CHECK(line.rang(id, "a stranger", Rang::answered).error().fault == Fault::not_found);
}

TEST_CASE("who talks, and who has not wrapped up, is not rung; the end of the contact frees them") {
    PhoneLine line;
    line.take_calls("amina");
    const auto id = line.calls("yasmin");
    REQUIRE(line.summon(id) == "amina");
    REQUIRE(line.rang(id, "amina", Rang::answered));
    const auto next = line.calls("ilyas");
    CHECK(line.summon(next) == "nobody");
    line.leaves("yasmin", "call_ended");
    CHECK(line.state_of("amina") == "after_call");
    CHECK(line.contact(id).state == ContactState::open);
    CHECK(line.summon(next) == "nobody");
    SECTION("the contact ends") {
        REQUIRE(line.ask("amina", [&](auto request) {
            auto body = request.initContactEnd();
            body.setContact(to_text(format(id)));
            body.setReason("ended_by_counsellor");
        }) == "");
    }
    SECTION("the time for it is over") {
        line.world.clock.advance(line.here().switchboard->rules().wrap_up);
    }
    SECTION("they say that they are ready") { REQUIRE(line.make_ready("amina") == ""); }
    CHECK(line.state_of("amina") == "ready");
    CHECK(line.summon(next) == "amina");
}

TEST_CASE("who takes calls is known after a restart") {
    PhoneLine line;
    line.take_calls("amina");
    const auto from = line.here().node.store->snapshot();
    const auto again = api::Switchboard::open(
        *line.here().node.store,
        {line.here().node.records, *line.here().node.feed, line.world.taxonomies,
         *line.here().accounts, *line.here().phones, *line.here().contacts, *line.here().exposures,
         line.here().outward(), line.here().index_key});
    REQUIRE(again);
    CHECK((*again)->agent(**from, "amina")->ready);
}

TEST_CASE("a counsellor takes a waiting caller from the screen, and their telephone rings") {
    PhoneLine line;
    line.add_phone("amina");
    const auto id = line.waits("yasmin");
    REQUIRE(line.call("amina", id) == "");
    CHECK(line.contact(id).opened_by == "amina");
    REQUIRE(line.here().calls.size() == 1);
    CHECK_FALSE(line.here().calls[0].act);
    CHECK(line.here().calls[0].device == line.phones["amina"]);
    CHECK(line.here().calls[0].return_address == PhoneLine::bytes("+212 600 000 001"));
    CHECK(line.state_of("amina") == "talking");
    CHECK(line.call("karim", id) == "not_yours");
}

TEST_CASE("nobody rings another's telephone, and without one there is no call") {
    PhoneLine line;
    line.add_phone("amina");
    const auto id = line.waits("yasmin");
    CHECK(line.call("karim", id) == "phone_missing");
    CHECK(line.call("karim", id, line.phones["amina"]) == "not_found");
    CHECK(line.call("nadia", id) == "role_missing");
    CHECK(line.contact(id).state == ContactState::waiting);
    CHECK(line.here().calls.empty());
}

TEST_CASE("who asked for it is called back, three times at most, until they call again") {
    PhoneLine line;
    line.add_phone("amina");
    const auto id = line.calls("yasmin");
    line.notice(id, "callback_wanted");
    line.leaves("yasmin", "closed");
    for (std::uint32_t i = 0; i < api::Switchboard::callback_tries_max; ++i) {
        REQUIRE(line.call("amina", id) == "");
        line.leaves("yasmin", "closed");
    }
    CHECK(line.call("amina", id) == "callbacks_used_up");
    CHECK(line.here().calls.size() == api::Switchboard::callback_tries_max);
    REQUIRE(line.ask("amina", [&](auto request) {
        auto body = request.initContactEnd();
        body.setContact(to_text(format(id)));
        body.setReason("ended_by_counsellor");
    }) == "");
    CHECK(line.call("amina", id) == "not_in_this_state");
    REQUIRE(line.calls("yasmin") == id);
    line.leaves("yasmin", "closed");
    CHECK(line.call("amina", id) == "");
}

TEST_CASE("nobody is called back who did not ask for it") {
    PhoneLine line;
    line.add_phone("amina");
    const auto id = line.calls("yasmin");
    line.leaves("yasmin", "closed");
    CHECK(line.call("amina", id) == "callback_unwanted");
    CHECK(line.contact(id).state == ContactState::waiting);
    CHECK(line.here().calls.empty());
}

TEST_CASE("who leaves a message is not on the line any more, although nobody says that they left") {
    PhoneLine line;
    line.add_phone("amina");
    const auto id = line.waits("yasmin");
    SECTION("and is not called without having asked for it") {
        line.notice(id, "voice_message");
        CHECK(line.call("amina", id) == "callback_unwanted");
    }
    SECTION("and is called back as who asked for it is") {
        line.notice(id, "callback_wanted");
        for (std::uint32_t i = 0; i < api::Switchboard::callback_tries_max; ++i) {
            REQUIRE(line.call("amina", id) == "");
            line.notice(id, "callback_failed");
            CHECK(line.state_of("amina") == "paused");
        }
        CHECK(line.call("amina", id) == "callbacks_used_up");
    }
}

TEST_CASE("who rings themselves and does not come to their telephone gives the caller back") {
    PhoneLine line;
    line.add_phone("amina");
    line.take_calls("karim");
    const auto id = line.waits("yasmin");
    REQUIRE(line.call("amina", id) == "");
    SECTION("who is on the line: the next one is rung") {
        REQUIRE(line.rang(id, "amina", Rang::missed));
        CHECK(line.contact(id).state == ContactState::waiting);
        CHECK(line.state_of("amina") == "paused");
        CHECK(line.summon(id) == "karim");
    }
    SECTION("but not who they are talking with") {
        REQUIRE(line.rang(id, "amina", Rang::answered));
        CHECK(line.contact(id).opened_by == "amina");
        REQUIRE(line.rang(id, "karim", Rang::missed));
        CHECK(line.state_of("amina") == "talking");
    }
}

TEST_CASE("who writes is not called, and nobody is in two calls") {
    PhoneLine line;
    line.add_phone("amina");
    CHECK(line.call("amina", line.here().write("a chat", "salam")) == "not_by_phone");
    REQUIRE(line.call("amina", line.waits("yasmin")) == "");
    CHECK(line.call("amina", line.waits("ilyas")) == "phone_busy");
}

TEST_CASE("who has the call holds, resumes and ends it, and nobody else does") {
    PhoneLine line;
    line.add_phone("amina");
    line.add_phone("salma");
    const auto id = line.waits("yasmin");
    CHECK(line.control("amina", id, "hold") == "not_in_this_state");
    REQUIRE(line.call("amina", id) == "");
    line.here().calls.clear();
    for (const auto* act : {"hold", "resume", "hang_up"}) {
        CHECK(line.control("amina", id, act) == "");
        CHECK(line.control("karim", id, act) == "not_yours");
        CHECK(line.control("salma", id, act) == "not_yours");
    }
    CHECK(line.control("amina", id, "dance") == "unsupported");
    REQUIRE(line.here().calls.size() == 3);
    CHECK(line.here().calls[0].act == api::CallAct::hold);
    CHECK(line.here().calls[2].act == api::CallAct::hang_up);
}

TEST_CASE("a supervisor listens in on their own telephone; a counsellor does not") {
    PhoneLine line;
    line.add_phone("amina");
    line.add_phone("salma");
    line.add_phone("karim");
    const auto id = line.waits("yasmin");
    REQUIRE(line.call("amina", id) == "");
    line.here().calls.clear();
    for (const auto* act : {"listen", "whisper", "barge_in", "leave"}) {
        CHECK(line.control("salma", id, act) == "");
        CHECK(line.control("karim", id, act) == "role_missing");
        CHECK(line.control("amina", id, act) == "role_missing");
    }
    CHECK(line.control("salma", id, "listen", line.phones["karim"]) == "not_found");
    REQUIRE(line.here().calls.size() == 4);
    for (const auto& one : line.here().calls) CHECK(one.device == line.phones["salma"]);
}

TEST_CASE("a call is handed over when the colleague answers, and not before") {
    PhoneLine line;
    line.add_phone("amina");
    line.take_calls("karim");
    const auto id = line.waits("yasmin");
    REQUIRE(line.call("amina", id) == "");
    CHECK(line.control("amina", id, "transfer", "amina") == "not_yourself");
    CHECK(line.control("amina", id, "transfer", "salma") == "phone_missing");
    CHECK(line.control("amina", id, "transfer", "nobody known") == "not_found");
    REQUIRE(line.control("amina", id, "transfer", "karim") == "");
    CHECK(line.here().calls.back().device == line.phones["karim"]);
    CHECK(line.state_of("karim") == "ringing");
    CHECK(line.contact(id).opened_by == "amina");
    SECTION("they answer") {
        REQUIRE(line.rang(id, "karim", Rang::answered));
        CHECK(line.contact(id).opened_by == "karim");
        CHECK(line.state_of("karim") == "talking");
        CHECK(line.state_of("amina") == "paused");
    }
    SECTION("they do not") {
        REQUIRE(line.rang(id, "karim", Rang::missed));
        CHECK(line.contact(id).opened_by == "amina");
        CHECK(line.state_of("amina") == "talking");
        CHECK(line.rang(id, "karim", Rang::answered).error().fault == Fault::conflict);
    }
}

TEST_CASE("what the channel refused is seen in the contact, and frees who waited for it") {
    PhoneLine line;
    line.take_calls("amina");
    const auto id = line.waits("yasmin");
    REQUIRE(line.call("amina", id) == "");
    using Wanted = api::Switchboard::Wanted;
    const auto refuse = [&](Wanted what, const std::string& reason) {
        REQUIRE(line.run([&](store::Draft& draft, Time now) {
            return line.here().switchboard->refused(draft, id, what, reason, now);
        }));
    };
    refuse(Wanted::act, "no_such_call");
    CHECK(line.state_of("amina") == "talking");
    refuse(Wanted::connection, "no_answer");
    CHECK(line.state_of("amina") == "after_call");
    CHECK(line.contact(id).marks == std::vector<std::string>{"call_act_failed", "callback_failed"});
    CHECK(line.has_event("contact.call_refused"));
}

}  // namespace
}  // namespace sanad::support
