#include "core/base/time_text.h"
#include "tests/unit/api/two_helplines.h"

#include <catch2/catch.hpp>

// What channels other than a chat bring: people who only arrive, notices, addresses, and what is
// perhaps nobody in need.
namespace sanad::support {
namespace {

using api::Contacts;
using casework::ContactState;
using casework::Urgency;

const Contacts::Source telephone{"phone", "phone"};
const Contacts::Source mailbox{"mail", "email"};

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

struct Line {
    template <typename Work>
    Result<void> run(Work work) {
        return here().node.run(
            [&](store::Draft& draft) -> Result<void> { return work(draft, world.clock.now()); });
    }
    Result<Contacts::Arrived> arrives(const Contacts::Coming& one) {
        Result<Contacts::Arrived> arrived = fail(Fault::io, "not run");
        (void)run([&](store::Draft& draft, Time now) -> Result<void> {
            arrived = here().contacts->arrive(draft, telephone, one, now);
            if (!arrived) return std::unexpected(arrived.error());
            return {};
        });
        return arrived;
    }
    Result<Contacts::Submitted> mails(const Contacts::Message& message) {
        Result<Contacts::Submitted> made = fail(Fault::io, "not run");
        (void)run([&](store::Draft& draft, Time now) -> Result<void> {
            made = here().contacts->submit(draft, mailbox, message, now);
            if (!made) return std::unexpected(made.error());
            return {};
        });
        return made;
    }
    Result<void> notices(std::string_view key, const std::string& mark) {
        return run([&](store::Draft& draft, Time now) {
            return here().contacts->notice(draft, "phone", call, bytes(key), mark, now);
        });
    }
    Result<void> leaves(const std::string& how) {
        return run([&](store::Draft& draft, Time now) {
            return here().contacts->left(draft, "phone", call, how, now);
        });
    }
    casework::Contact contact(const ContactId& id) {
        const auto from = here().node.store->snapshot();
        const auto found = here().contacts->find(**from, id);
        REQUIRE(found);
        return *found;
    }
    Helpline& here() { return world.ma(); }

    const Bytes call = bytes("a call of somebody");
    Contacts::Coming coming{call, bytes("first coming"), {"ar"}, Urgency::none, {}, {}};
    Helplines world;
};

TEST_CASE("a caller who writes nothing is a contact that waits, once") {
    Line line;
    line.coming.marks = {"anonymous_number", "of no list"};
    const auto first = line.arrives(line.coming);
    REQUIRE(first);
    CHECK_FALSE(first->duplicate);
    CHECK(first->contact.state == ContactState::waiting);
    CHECK(first->contact.channel == "phone");
    CHECK(first->contact.languages == std::vector<std::string>{"ar"});
    CHECK(first->contact.marks == std::vector<std::string>{"anonymous_number"});
    const auto again = line.arrives(line.coming);
    REQUIRE(again);
    CHECK(again->duplicate);
    CHECK(again->contact == first->contact);
}

TEST_CASE("the digit for danger raises the level, and a later coming never lowers it") {
    Line line;
    line.coming.urgency = Urgency::u0;
    line.coming.marks = {"danger_digit"};
    REQUIRE(line.arrives(line.coming)->contact.urgency == Urgency::u0);
    line.coming.key = bytes("second coming");
    line.coming.urgency = Urgency::u3;
    line.coming.marks = {"call_dropped"};
    const auto later = line.arrives(line.coming);
    REQUIRE(later);
    CHECK(later->contact.urgency == Urgency::u0);
    CHECK(later->contact.marks == std::vector<std::string>{"danger_digit", "call_dropped"});
}

TEST_CASE(
    "who hangs up before anybody answers is a contact that ended, and comes back to the same") {
    Line line;
    const auto id = line.arrives(line.coming)->contact.id;
    REQUIRE(line.leaves("abandoned"));
    CHECK(line.contact(id).state == ContactState::ended);
    CHECK(line.contact(id).end_reason == "abandoned_in_queue");
    line.coming.key = bytes("second coming");
    line.coming.marks = {"returning_caller"};
    const auto back = line.arrives(line.coming);
    REQUIRE(back);
    CHECK(back->contact.id == id);
    CHECK(back->contact.state == ContactState::waiting);
    CHECK(back->contact.marks == std::vector<std::string>{"returning_caller"});
}

TEST_CASE("a call that was answered stays open for its wrap-up when it is over") {
    Line line;
    const auto id = line.arrives(line.coming)->contact.id;
    REQUIRE(line.here()
                .ask("amina", [&](auto request) { request.setContactOpen(to_text(format(id))); })
                .error()
                .empty());
    REQUIRE(line.leaves("abandoned"));
    CHECK(line.contact(id).state == ContactState::open);
}

TEST_CASE("a notice stands in the conversation once, and only with a mark of the list") {
    Line line;
    const auto id = line.arrives(line.coming)->contact.id;
    REQUIRE(line.notices("of the voice message", "voice_message"));
    REQUIRE(line.notices("of the voice message", "voice_message"));
    CHECK(line.notices("of something else", "something else").error().fault == Fault::unsupported);
    CHECK(line.contact(id).marks == std::vector<std::string>{"voice_message"});
    auto shown = line.here().ask(
        "amina", [&](auto request) { request.setContactShow(to_text(format(id))); });
    const auto messages = (*shown).getContact().getMessages();
    REQUIRE(messages.size() == 1);
    CHECK(from_text(messages[0].getFrom()) == "channel");
    CHECK(from_text(messages[0].getMarks()[0]) == "voice_message");
}

TEST_CASE("where a person is reached is kept, changed by who writes, and given to nobody else") {
    Line line;
    Contacts::Message message{bytes("a thread of mails"), bytes("first mail"), "salam", "fr"};
    message.return_address = bytes("child@example.test");
    const auto made = line.mails(message);
    REQUIRE(made);
    message.key = bytes("second mail");
    message.return_address.clear();
    REQUIRE(line.mails(message));
    const auto from = line.here().node.store->snapshot();
    const auto replay = line.here().contacts->replay(**from, "mail", message.conversation, 0, 10);
    REQUIRE(replay);
    CHECK(replay->return_address == bytes("child@example.test"));
    message.key = bytes("third mail");
    message.return_address.assign(Contacts::return_address_bytes_max + 1, 'a');
    CHECK(line.mails(message).error().fault == Fault::bad_size);
}

TEST_CASE("who comes back by another channel with a return code is linked to what was before") {
    Line line;
    const auto chat = line.mails({bytes("a chat of long ago"), bytes("first mail"), "salam", "fr"});
    REQUIRE(chat);
    line.coming.earlier_contact = chat->contact;
    const auto called = line.arrives(line.coming);
    REQUIRE(called);
    CHECK(called->contact.earlier == chat->contact);
    CHECK(called->contact.marks == std::vector<std::string>{"came_back_by_code"});
    auto shown = line.here().ask("amina", [&](auto request) {
        request.setContactShow(to_text(format(called->contact.id)));
    });
    CHECK(from_text((*shown).getContact().getEarlier()) == format(chat->contact));
}

TEST_CASE("what was set aside waits behind everybody until somebody looks at it") {
    Line line;
    Contacts::Message message{bytes("perhaps nobody in need"), bytes("first mail"), "win", "en"};
    message.set_aside = true;
    message.marks = {"maybe_spam"};
    const auto aside = line.mails(message);
    REQUIRE(aside);
    line.world.clock.advance(std::chrono::hours(3));
    const auto caller = line.arrives(line.coming);
    REQUIRE(caller);
    auto queue = line.here().ask("amina", [](auto request) { request.setQueueShow(); });
    const auto places = (*queue).getQueue().getWaiting();
    REQUIRE(places.size() == 2);
    CHECK(from_text(places[0].getContact().getId()) == format(caller->contact.id));
    CHECK(from_text(places[1].getReason()) == "set_aside");
    REQUIRE(line.here()
                .ask("amina",
                     [&](auto request) { request.setContactOpen(to_text(format(aside->contact))); })
                .error()
                .empty());
    CHECK_FALSE(line.contact(aside->contact).set_aside);
}

}  // namespace
}  // namespace sanad::support
