#include "plugins/channels/email/inward.h"

#include "plugins/channels/email/compose.h"

#include <sanad/fake_node.hpp>

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::email;
using Fate = Inward::Fate;

namespace {

struct World {
    plugin::FakeNode node;
    plugin::Host host{node.table()};
    Settings settings;
    std::vector<Greeting> greetings;
    std::string key = std::string(key_bytes, 'k');
    std::unique_ptr<Inward> inward;

    World() {
        start_mail();
        settings.own = {"help", "helpline.test"};
        settings.helpline.languages = {"fr"};
        settings.helpline.name = {"الخط", "La ligne", "The line"};
        settings.mails_per_sender = 100;
        inward = std::make_unique<Inward>(host, settings, key, [this](Greeting greeting) {
            greetings.push_back(std::move(greeting));
        });
    }
    std::vector<plugin::FakeNode::Message> only() const {
        REQUIRE(node.conversations().size() == 1);
        return node.conversation(node.conversations()[0]);
    }
};

std::string mail(const std::string& id, const std::string& text, const std::string& more = "",
                 const std::string& from = "sara@outside.test") {
    return "From: " + from + "\r\nTo: help@helpline.test\r\nSubject: salut\r\nMessage-ID: <" + id +
           "@outside.test>\r\n" + more + "\r\n" + text + "\r\n";
}

}  // namespace

TEST_CASE("the same mail again, after whatever crash, is one message and one automatic answer") {
    World world;
    const std::string bytes = mail("a", "bonjour, j'ai une question");
    CHECK(world.inward->take(bytes, 1000) == Fate::done);
    CHECK(world.inward->take(bytes, 1001) == Fate::done);
    CHECK(world.only().size() == 1);
    CHECK(world.greetings.size() == 1);
}

TEST_CASE("a node that takes nothing leaves the mail where it is, and gets it once all the same") {
    World world;
    const std::string bytes = mail("a", "bonjour");
    world.node.fail_next(SANAD_M_REPLAY, SANAD_E_IO);
    CHECK(world.inward->take(bytes, 1) == Fate::later);
    world.node.fail_next(SANAD_M_SUBMIT, SANAD_E_IO);
    CHECK(world.inward->take(bytes, 1) == Fate::later);
    world.node.lose_next(SANAD_M_SUBMIT);
    CHECK(world.inward->take(bytes, 1) == Fate::later);
    CHECK(world.inward->take(bytes, 1) == Fate::done);
    CHECK(world.only().size() == 1);
}

TEST_CASE("an answer to the address or the Message-ID of ours is of the same conversation") {
    World world;
    CHECK(world.inward->take(mail("a", "bonjour"), 1) == Fate::done);
    const Return to = parse_return(world.node.return_address(world.node.conversations()[0]));
    CHECK(to.mailbox == "sara@outside.test");
    CHECK(to.message_id == "<a@outside.test>");
    CHECK(world.inward->take(
              mail("b", "encore", "Delivered-To: help+" + to.token + "@helpline.test\r\n"), 2) ==
          Fate::done);
    const std::string ours =
        make_message_id(std::string(16, 'r'), to.token, world.settings.own.domain);
    CHECK(world.inward->take(mail("c", "et encore", "In-Reply-To: " + ours + "\r\n"), 3) ==
          Fate::done);
    CHECK(world.only().size() == 3);
    CHECK(world.greetings.size() == 1);
}

TEST_CASE("somebody else who writes into a conversation does not become its address") {
    World world;
    CHECK(world.inward->take(mail("a", "bonjour"), 1) == Fate::done);
    const std::string id = world.node.conversations()[0];
    const std::string before = world.node.return_address(id);
    const std::string to_it =
        "Delivered-To: help+" + parse_return(before).token + "@helpline.test\r\n";
    CHECK(world.inward->take(mail("b", "c'est moi", to_it, "other@outside.test"), 2) == Fate::done);
    CHECK(world.only()[1].marks == std::vector<std::string>{"other_sender"});
    CHECK(world.node.return_address(id) == before);
}

TEST_CASE("a report about a mail of ours becomes a notice and no message") {
    World world;
    CHECK(world.inward->take(mail("a", "bonjour"), 1) == Fate::done);
    const std::string id = world.node.conversations()[0];
    const std::string ours = make_message_id(
        std::string(16, 'r'), parse_return(world.node.return_address(id)).token, "helpline.test");
    const std::string report = mail(
        "r",
        "--b\r\nContent-Type: text/plain\r\n\r\nnot delivered\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
        "Final-Recipient: rfc822; sara@outside.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: " +
            ours + "\r\n\r\n--b--",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
        "MIME-Version: 1.0\r\n",
        "mailer-daemon@outside.test");
    CHECK(world.inward->take(report, 2) == Fate::done);
    CHECK(world.inward->take(report, 3) == Fate::done);
    CHECK(world.only().size() == 1);
    const auto notices = world.node.phones.notices(id);
    REQUIRE(notices.size() == 1);
    CHECK(notices[0].mark == "not_delivered");
}

TEST_CASE("mail that the server calls spam is set aside and taken all the same") {
    World world;
    CHECK(world.inward->take(mail("a", "achetez", "X-Spam-Flag: YES\r\n"), 1) == Fate::set_aside);
    CHECK(world.only().size() == 1);
    CHECK(world.node.set_aside(world.node.conversations()[0]));
    CHECK(world.greetings.empty());
}

TEST_CASE("what a conversation is answered by fits what the node keeps, whatever a mail has") {
    const Return to{"sara@outside.test", "abcdefghij234567", "fr", "<a@b>"};
    const Return back = parse_return(format_return(to));
    CHECK(back.mailbox == to.mailbox);
    CHECK(back.token == to.token);
    CHECK(back.language == to.language);
    CHECK(back.message_id == to.message_id);
    Return long_id = to;
    long_id.message_id = '<' + std::string(900, 'x') + '>';
    CHECK(format_return(long_id).size() < return_bytes_max);
    CHECK(parse_return(format_return(long_id)).message_id.empty());
    CHECK(parse_return("").mailbox.empty());
}
