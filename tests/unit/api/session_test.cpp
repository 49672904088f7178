// How a session at a desk ends, and what it may do before: SECURITY B 6, bad input 40.
#include "tests/unit/api/desk.h"

namespace sanad::support {

TEST_CASE("a session ends after 15 minutes without a request, and after 10 hours in any case") {
    Desk desk;
    Authenticator key;
    const auto idle = desk.enrol("amina", key);
    desk.world.clock.advance(std::chrono::minutes(15) - Duration{1});
    CHECK(desk.list(idle).error() == "");
    desk.world.clock.advance(std::chrono::minutes(15) - Duration{1});
    // What a page asks by itself is no sign that somebody sits there.
    CHECK(desk.show(idle).error() == "");
    CHECK(desk.ask(idle, [](auto request) { request.initFeedRead().setLimit(1); }).error() == "");
    desk.world.clock.advance(Duration{1});
    const auto over = desk.list(idle);
    CHECK(over.error() == "signed_out");
    CHECK(over.ended);

    const auto busy = desk.sign_in(key).session;
    for (int minutes = 0; minutes < 600 - 10; minutes += 10) {
        desk.world.clock.advance(std::chrono::minutes(10));
        REQUIRE(desk.list(busy).error() == "");
    }
    desk.world.clock.advance(std::chrono::minutes(10) - Duration{1});
    CHECK(desk.list(busy).error() == "");
    desk.world.clock.advance(Duration{1});
    CHECK(desk.list(busy).error() == "signed_out");
}

TEST_CASE("being seen costs at most one write a minute, and an end is told to the desks") {
    Desk desk;
    Authenticator key;
    const auto session = desk.enrol("amina", key);
    desk.settle();
    const auto commits = [&] { return desk.line().node.engine.commits(); };
    auto before = commits();
    for (int second = 0; second < 59; ++second) {
        desk.world.clock.advance(Duration{1000});
        REQUIRE(desk.list(session).error() == "");
        desk.line().service->tick();
        desk.settle();
    }
    CHECK(commits() == before);
    desk.world.clock.advance(Duration{1000});
    REQUIRE(desk.list(session).error() == "");
    desk.line().service->tick();
    desk.line().service->tick();
    desk.settle();
    CHECK(commits() == before + 1);
    // After a restart it is known when they were last seen.
    desk.restart();
    desk.world.clock.advance(std::chrono::minutes(14));
    CHECK(desk.list(session).error() == "");
    desk.world.clock.advance(std::chrono::minutes(15));
    desk.line().service->tick();
    const auto events = desk.events();
    CHECK(events.back().name == "session.changed");
    CHECK(events.back().who == "amina");
    before = commits();
    desk.line().service->tick();
    desk.settle();
    CHECK(commits() == before);
}

TEST_CASE("sign out, a disabled account, other roles and a key taken away end a session at once") {
    Desk desk;
    Authenticator key;
    const auto ends = [&](const Bytes& session, const auto& act) {
        REQUIRE(desk.list(session).error() == "");
        act();
        desk.settle();
        const auto after = desk.list(session);
        CHECK(after.error() == "signed_out");
        CHECK(after.ended);
        CHECK(desk.events().back().who == "layla");
    };
    ends(desk.enrol("layla", key, {"counsellor"}),
         [&] { REQUIRE(desk.change("layla", "disable").error() == ""); });
    CHECK(desk.sign_in(key).error() == "sign_in_failed");
    REQUIRE(desk.change("layla", "enable").error() == "");
    ends(desk.sign_in(key).session,
         [&] { REQUIRE(desk.change("layla", "roles", {"volunteer"}).error() == ""); });
    const auto demoted = desk.sign_in(key).session;
    CHECK(desk.ask(demoted, [](auto request) { request.setCaseList(); }).error() == "role_missing");
    ends(demoted, [&] {
        const auto out = desk.ask(demoted, [](auto request) { request.setSessionEnd(); });
        CHECK(out.error() == "");
        CHECK(out.ended);
    });
    ends(desk.sign_in(key).session, [&] {
        REQUIRE(desk.change("layla", "forget_key", {to_base64url(key.id)}).error() == "");
    });
    CHECK(desk.sign_in(key).error() == "sign_in_failed");
}

TEST_CASE("who is disabled does nothing on the machine either, and nobody disables themselves") {
    Desk desk;
    const auto lists = [&] {
        return desk.at_the_machine("karim", [](auto request) { request.initContactList(); });
    };
    CHECK(lists() == "");
    REQUIRE(desk.change("karim", "disable").error() == "");
    CHECK(lists() == "actor_unknown");
    desk.restart();
    CHECK(lists() == "actor_unknown");
    REQUIRE(desk.change("karim", "enable").error() == "");
    CHECK(lists() == "");
    CHECK(desk.change("nadia", "disable").error() == "not_yourself");
    CHECK(desk.change("karim", "roles", {"admin"}).error() == "roles_fixed");
    CHECK(desk.change("nobody here", "disable").error() == "not_found");
    CHECK(desk.change("karim", "promote").error() == "unsupported");
}

TEST_CASE("a long look at the feed ends with the session, and tells who looked") {
    Desk desk;
    Authenticator key;
    const auto session = desk.enrol("layla", key, {"counsellor"});
    const auto last = desk.events().back().sequence;
    const auto waiting = desk.begin(session, [&](auto request) {
        auto body = request.initFeedRead();
        body.setAfter(last);
        body.setLimit(10);
        body.setWaitMs(30'000);
    });
    REQUIRE_FALSE(waiting->answered);
    REQUIRE(desk.change("layla", "disable").error() == "");
    const auto told = desk.await(waiting);
    CHECK(told.ended);
    CHECK(told.error() == "signed_out");
}

TEST_CASE("what cannot be undone asks once more who it is, and the token changes with it") {
    Desk desk;
    Authenticator key;
    const auto session = desk.enrol("nadia", key);
    const auto invite = [&](const Bytes& by) {
        return desk.ask(by, [](auto request) { request.initAccountInvite().setName("karim"); });
    };
    CHECK(invite(session).error() == "");  // has just signed in
    desk.world.clock.advance(std::chrono::minutes(5));
    CHECK(invite(session).error() == "confirm_needed");
    const auto confirmed = desk.confirm(session, key);
    REQUIRE(confirmed.error() == "");
    CHECK(confirmed.session.size() == 32);
    CHECK(confirmed.session != session);
    CHECK(desk.list(session).error() == "signed_out");
    CHECK(invite(confirmed.session).error() == "");
    CHECK(has_entry(desk.audit(), "nadia", "session.confirm", "ok", "passkey"));
    // The ten hours go on from when they signed in.
    const auto view = desk.show(confirmed.session);
    CHECK(from_text((*view).getSession().getSignedInAt()) <
          from_text((*view).getSession().getConfirmedAt()));
    // On the machine itself there is no session that could confirm.
    desk.world.clock.advance(std::chrono::minutes(5));
    CHECK(desk.line()
              .ask("nadia", [](auto request) { request.initAccountInvite().setName("karim"); })
              .error() == "");
}

TEST_CASE("a new key for somebody who has one takes two administrators, who are two people") {
    Desk desk;
    Authenticator key;
    Authenticator another(trust::PasskeyAlgorithm::eddsa, 7);
    desk.enrol("karim", key);
    desk.invited_by("nadia", "noor", {"admin"});
    CHECK(desk.invited_by("nadia", "karim").empty());
    CHECK(desk.invited_by("nadia", "karim").empty());  // the same one twice is one
    const auto code = desk.invited_by("noor", "karim");
    REQUIRE_FALSE(code.empty());
    CHECK(desk.start_enrolment("karim", code).error() == "");
    CHECK(has_entry(desk.audit(), "nadia", "account.invite", "ok", "first of two: karim"));
    // It was for once; and who asked a day ago has asked nothing.
    CHECK(desk.invited_by("noor", "karim").empty());
    desk.world.clock.advance(api::Accounts::recovery_life);
    CHECK(desk.invited_by("nadia", "karim").empty());
    // One more key for oneself needs nobody else, who has just shown that it is them.
    const auto session = desk.enrol("nadia", another);
    const auto own =
        desk.ask(session, [](auto request) { request.initAccountInvite().setName("nadia"); });
    REQUIRE(own.error() == "");
    CHECK((**own.reply).getInvitation().getCode().size() > 0);
}

}  // namespace sanad::support
