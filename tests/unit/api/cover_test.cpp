#include "core/api/cover.h"
#include "core/api/roster_text.h"
#include "tests/unit/federation/two_nodes.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace sanad::api {
namespace {

using casework::ContactState;
using casework::ReferralEventKind;
using casework::ReferralState;
using federation::Direction;
using federation::Lane;
using support::FederationNode;

const NodeId morocco{"ma.cmrpi"};
const NodeId tunisia{"tn.amal"};
const Bytes conversation(32, 7);

casework::Taxonomies shipped() {
    casework::Taxonomies lists;
    for (const auto& entry : std::filesystem::directory_iterator("config/taxonomy")) {
        if (entry.path().extension() != ".tsv") continue;
        std::ifstream file(entry.path());
        std::ostringstream text;
        text << file.rdbuf();
        REQUIRE(lists.add(entry.path().stem().string(), text.str()));
    }
    return lists;
}

/// The page of the child: what the channel would show.
struct Page final : Outward {
    std::vector<ChatMessage> messages;
    Result<void> deliver(store::Draft&, const casework::Contact&, const Reach&,
                         const ChatMessage& message, Time) override {
        if (!message.text.empty()) messages.push_back(message);
        return {};
    }
    Result<void> connect(store::Draft&, const casework::Contact&, const Reach&, const std::string&,
                         Time) override {
        return {};
    }
    Result<void> control(store::Draft&, const casework::Contact&, const Reach&, CallAct,
                         const std::string&, Time) override {
        return {};
    }
    Result<void> dispatch(store::Draft&, const std::string&, const casework::Escalation&, ByteView,
                          const std::string&, Time) override {
        return {};
    }
};

/// Morocco at two in the morning: nobody is there. Tunisia's night roster is open.
struct Night : support::TwoNodes {
    Page page;
    casework::Taxonomies lists = shipped();
    support::Surroundings with_lists{clock, entropy, log, peers, lists, clocks};
    trust::SymmetricKey index_key = trust::SymmetricKey::generate(entropy);
    std::unique_ptr<Contacts> contacts;
    std::unique_ptr<Cases> cases;
    std::unique_ptr<Cover> cover;
    ContactId contact;
    std::uint8_t messages_written = 0;

    Night() {
        ma.reset();
        tn.reset();
        ma.emplace(ma_machine, with_lists, wire.port(morocco));
        tn.emplace(tn_machine, with_lists, wire.port(tunisia));
        contacts =
            Contacts::open(*ma->store, {ma->records, *ma->feed, lists, entropy, page, index_key})
                .value();
        cases =
            Cases::open(*ma->store, {ma->records, *ma->feed, lists, entropy, *contacts}).value();
        cover = Cover::open(*ma->store, {morocco,
                                         ma->records,
                                         *ma->feed,
                                         peers,
                                         *ma->rosters,
                                         *ma->referrals,
                                         *contacts,
                                         *cases,
                                         lists,
                                         {},
                                         ma->timers,
                                         Cover::Offers::by_itself,
                                         {}})
                    .value();
        ma->referrals->tell(*cover);
        ma->links->connected(tunisia);
        tn->links->connected(morocco);
        settle();
        write("salam, kayn chi had?");
    }

    void write(const std::string& text) {
        const Bytes key(16, ++messages_written);
        REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
            const auto submitted = contacts->submit(draft, {"chat", "webchat"},
                                                    {conversation, key, text, "ar"}, clock.now());
            if (!submitted) return std::unexpected(submitted.error());
            contact = submitted->contact;
            return cover->person_wrote(draft, contact, text, clock.now());
        }));
        settle();
    }
    void publish(std::uint32_t capacity = 2) {
        REQUIRE(tn->run([&](store::Draft& draft) -> Result<void> {
            casework::Roster roster;
            roster.languages = {"ar", "fr"};
            roster.kinds = {"overflow"};
            roster.zone = "Africa/Tunis";
            roster.hours = parse_hours("mon-sun 20:00-08:00").value();
            roster.capacity = capacity;
            roster.valid_until = clock.now() + std::chrono::days(30);
            const auto published =
                tn->rosters->publish(draft, *peers.current(), std::move(roster), clock.now());
            return published ? Result<void>{} : std::unexpected(published.error());
        }));
        settle();
    }
    Result<void> offer() {
        const auto done = ma->run([&](store::Draft& draft) -> Result<void> {
            const auto offered = cover->offer(draft, contact, clock.now());
            return offered ? Result<void>{} : std::unexpected(offered.error());
        });
        settle();
        return done;
    }
    Cover::Offer kept() { return cover->find(*ma->store->snapshot().value(), contact)->value(); }
    casework::Contact of_contact() {
        return contacts->find(*ma->store->snapshot().value(), contact).value();
    }
    const std::string& last_shown() { return page.messages.back().text; }
};

}  // namespace

TEST_CASE_METHOD(Night, "nobody is offered to a child while no node that fits is open") {
    CHECK(offer().error().detail == "nobody_open");
    publish();
    clock.wall = clock.wall + std::chrono::hours(9);  // 12:00 in Tunis
    CHECK(offer().error().detail == "nobody_open");
    clock.wall = clock.wall + std::chrono::hours(15);
    CHECK(offer());
    CHECK(of_contact().state == ContactState::waiting);
    CHECK(last_shown().find(tunisia.text) != std::string::npos);
    CHECK(last_shown().find("1 –") != std::string::npos);
}

TEST_CASE_METHOD(Night, "a node that joins later is given the roster, once") {
    peers.replace(support::directory_of({&tn_machine}));
    publish();
    peers.replace(support::directory_of({&ma_machine, &tn_machine}));
    const auto introduce = [&] {
        REQUIRE(tn->run([&](store::Draft& draft) {
            return tn->rosters->introduce(draft, *peers.current(), clock.now());
        }));
        wait(federation::Links::keepalive);
    };
    const auto said = [&] {
        return tn->logs
            ->end(*tn->store->snapshot().value(), {morocco, Direction::out, Lane::normal})
            ->size;
    };
    CHECK(said() == 0);
    introduce();
    const auto roster = ma->rosters->find(*ma->store->snapshot().value(), tunisia);
    REQUIRE(roster->has_value());
    CHECK((*roster)->number == 1);
    const auto size = said();
    introduce();
    CHECK(said() == size);
}

TEST_CASE_METHOD(Night,
                 "the child goes on with the open node, and comes back home with a summary") {
    publish();
    REQUIRE(offer());
    write("١");
    const auto referral = kept().referral;
    CHECK(kept().answer == CoverAnswer::go_on);
    const auto record = tn->referral(referral).value();
    CHECK(record.kind == "overflow");
    const auto there = tn->store->snapshot().value();
    const auto request =
        tn->referrals->message(*there, record, casework::Side::asker, 0).value().request.value();
    CHECK(request.narrative == "salam, kayn chi had?");
    CHECK(request.consent.by == casework::ConsentBy::child);
    CHECK(request.consent.recipients == std::vector{tunisia.text});
    // On the urgent lane: a key entry and the request.
    const auto lane =
        ma->logs->end(*ma->store->snapshot().value(), {tunisia, Direction::out, Lane::urgent});
    CHECK(lane->size == 2);

    REQUIRE(tn->move(referral, ReferralEventKind::accept));
    REQUIRE(tn->move(referral, ReferralEventKind::note, {}, "مرحبا، أنا هنا معك."));
    settle();
    CHECK(last_shown() == "مرحبا، أنا هنا معك.");
    write("choukran, kan bghit nhder");
    const auto after = tn->referral(referral).value();
    REQUIRE(after.asker.size() == 2);
    CHECK(tn->referrals->message(*tn->store->snapshot().value(), after, casework::Side::asker, 1)
              ->text == "choukran, kan bghit nhder");

    REQUIRE(tn->move(referral, ReferralEventKind::complete, "service_delivered_full",
                     "تحدثنا عن المدرسة. اتفقنا على أن تتصل غدًا."));
    settle();
    CHECK(ma->referral(referral)->state == ReferralState::completed);
    CHECK(of_contact().state == ContactState::waiting);
    CHECK(of_contact().opened_by.empty());
    const auto home = ma->store->snapshot().value();
    const auto events = cases->events(*home, of_contact().case_id).value();
    CHECK(events.back().actor == tunisia.text);
    CHECK(events.back().text.find("اتفقنا") != std::string::npos);
    write("sbah lkhir");  // not for Tunisia any more
    CHECK(tn->referral(referral)->asker.size() == 2);
}

TEST_CASE_METHOD(Night,
                 "a child who waits or leaves a message keeps the place, and nothing leaves") {
    publish();
    REQUIRE(offer());
    const auto since = of_contact().waiting_since;
    for (const std::string answer : std::array{"2", "3"}) {
        write(answer);
        CHECK(of_contact().state == ContactState::waiting);
        CHECK(of_contact().waiting_since == since);
    }
    CHECK(kept().answer == CoverAnswer::leave_message);
    CHECK(tn->all_referrals()->empty());
    write("1");  // and may still go on
    CHECK(tn->all_referrals()->size() == 1);
}

TEST_CASE_METHOD(Night, "what is no answer is a message, also while an offer stands") {
    publish();
    REQUIRE(offer());
    for (const std::string text : std::array{"12", "1 sa3a", "no"}) write(text);
    CHECK(kept().answer == CoverAnswer::none);
    CHECK(tn->all_referrals()->empty());
    CHECK(cover_answer_in(" 1.\n") == CoverAnswer::go_on);
    CHECK(cover_answer_in("") == CoverAnswer::none);
}

TEST_CASE_METHOD(Night, "capacity counts down while offers are open, and up when they end") {
    publish(1);
    REQUIRE(offer());
    write("1");
    const auto room = [&] {
        return cover->choices(*ma->store->snapshot().value(), contact, clock.now())->front().room;
    };
    CHECK(room() == 0);
    REQUIRE(tn->move(kept().referral, ReferralEventKind::decline, "no_capacity"));
    settle();
    CHECK(room() == 1);
    CHECK(of_contact().state == ContactState::waiting);  // never nobody's
    REQUIRE(offer());
}

TEST_CASE_METHOD(Night,
                 "who waits longer than the queue allows is offered cover once somebody is open") {
    const auto pass = [&](Duration span) {
        clock.advance(span);
        REQUIRE(ma->run([&](store::Draft& draft) -> Result<void> {
            const auto due = ma->timers.due(draft, clock.now(), 100);
            if (!due) return std::unexpected(due.error());
            for (const auto& timer : *due) {
                if (timer.kind != cover_timer) continue;
                if (const auto cleared = ma->timers.clear(draft, timer); !cleared) return cleared;
                const auto told = cover->on_timer(draft, ContactId{timer.subject}, clock.now());
                if (!told) return told;
            }
            return {};
        }));
        settle();
    };
    pass(std::chrono::minutes(15));
    CHECK(page.messages.empty());  // nobody is open
    publish();
    pass(std::chrono::minutes(4));
    CHECK(page.messages.empty());
    pass(std::chrono::minutes(1));
    CHECK(page.messages.size() == 1);
    pass(std::chrono::hours(1));
    CHECK(page.messages.size() == 1);  // once
}

TEST_CASE_METHOD(Night,
                 "a newer roster takes the place of an older one, and no older one comes back") {
    publish(2);
    publish(5);
    const auto at_home = [&] {
        return ma->rosters->find(*ma->store->snapshot().value(), tunisia)->value();
    };
    CHECK(at_home().number == 2);
    CHECK(at_home().capacity == 5);
    auto old = at_home();
    old.number = 1;
    const Bytes payload = casework::write_roster(old);
    REQUIRE(tn->run([&](store::Draft& draft) -> Result<void> {
        draft.then([&](store::Transaction& transaction) -> Result<void> {
            const auto sent =
                tn->logs->append(transaction, morocco, Lane::normal, store::node_key_id,
                                 {federation::BodyKind::roster, {}, payload}, clock.now());
            return sent ? Result<void>{} : std::unexpected(sent.error());
        });
        return {};
    }));
    settle();
    CHECK(at_home().number == 2);
    CHECK(ma->counters.count("link.parked") == 1);
}

TEST_CASE("hours are read as people write them, over midnight and over the end of the week") {
    using casework::DutyHours;
    CHECK(parse_hours("mon 9:00-12:30").value() == std::vector{DutyHours{1, 540, 750}});
    CHECK(parse_hours("sun 20:00-08:00").value() ==
          std::vector{DutyHours{1, 0, 480}, DutyHours{7, 1200, 1440}});
    CHECK(parse_hours("sat-sun,wed 00:00-24:00").value().size() == 3);
    CHECK(parse_hours("mon-sun 20:00-08:00").value().size() == 14);
    for (const char* wrong :
         {"", "mon", "mon 9-12", "mon 9:00", "day 9:00-12:00", "mon 9:00-9:00", "mon 24:00-8:00",
          "mon 25:00-26:00", "mon 9:60-10:00", "mon- 9:00-10:00"})
        CHECK(parse_hours(wrong).error().fault == Fault::malformed);
    const auto week = parse_hours("mon-sun 20:00-08:00").value();
    for (const auto& each : week)
        CHECK(parse_hours(format_hours(each)).value() == std::vector{each});
}

}  // namespace sanad::api
