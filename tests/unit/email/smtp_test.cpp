#include "plugins/channels/email/smtp.h"
#include "plugins/channels/email/smtp_dialogue.h"
#include "tests/unit/email/scripted.h"

using namespace sanad::email;
using Fate = Sent::Fate;
using Step = Scripted::Step;

namespace {

const Letter letter{"help+token@helpline.test", "sara@outside.test", "Subject: x\r\n\r\n.dot\r\n"};

SmtpServer server(bool tls = true) {
    SmtpServer settings;
    settings.place = {"mx.test", 465, tls};
    settings.our_name = "helpline.test";
    return settings;
}

const std::vector<Step> up_to_text = {
    {"EHLO helpline.test\r\n", "250-mx\r\n250 8BITMIME\r\n"},
    {"MAIL FROM:<help+token@helpline.test> BODY=8BITMIME\r\n", "250 ok\r\n"},
    {"RCPT TO:<sara@outside.test>\r\n", "250 ok\r\n"},
    {"DATA\r\n", "354 go\r\n"}};

Sent send(const std::vector<Step>& steps, const SmtpServer& settings = server(),
          bool node_takes = true, int* asked = nullptr) {
    Scripted wire("220 mx\r\n", steps);
    wire.ends = true;
    int times = 0;
    const Sent sent = send_mail_on(wire, settings, letter, [&] { return ++times, node_takes; });
    if (asked) *asked = times;
    CHECK(wire.finished());
    return sent;
}

std::vector<Step> with(std::vector<Step> steps, Step more) {
    steps.push_back(std::move(more));
    return steps;
}

}  // namespace

TEST_CASE("a mail is sent with its dots doubled, and asked for just before its text") {
    int asked = 0;
    const Sent sent =
        send(with(with(up_to_text, {"Subject: x\r\n\r\n..dot\r\n.\r\n", "250 ok\r\n"}),
                  {"QUIT\r\n", ""}),
             server(), true, &asked);
    CHECK(sent.fate == Fate::taken);
    CHECK(asked == 1);
}

TEST_CASE("what became of a mail is never said to be better known than it is") {
    CHECK(send(with(up_to_text, {".\r\n", ""})).fate == Fate::unknown);
    CHECK(send(with(up_to_text, {".\r\n", "25"})).fate == Fate::unknown);
    CHECK(send(with(up_to_text, {".\r\n", "hello\r\n"})).fate == Fate::unknown);
    CHECK(send(with(up_to_text, {".\r\n", "451 later\r\n"})).fate == Fate::later);
    const Sent refused = send(with(up_to_text, {".\r\n", "554 no\r\n"}));
    CHECK(refused.fate == Fate::refused);
    CHECK(refused.code == "smtp_554");
}

TEST_CASE("a node that cannot note that a mail goes out keeps it here") {
    CHECK(send(up_to_text, server(), false).fate == Fate::later);
}

TEST_CASE(
    "an address is refused for good by 5xx and for now by 4xx, a server's own trouble never") {
    std::vector<Step> steps(up_to_text.begin(), up_to_text.begin() + 2);
    CHECK(send(with(steps, {"RCPT TO:<sara@outside.test>\r\n", "550 no such user\r\n"})).fate ==
          Fate::refused);
    CHECK(
        send(with(steps, {"RCPT TO:<sara@outside.test>\r\n", "450-wait\r\n450 a bit\r\n"})).fate ==
        Fate::later);
    CHECK(send({{"EHLO helpline.test\r\n", "554 not you\r\n"}}).fate == Fate::later);
    auto signs_in = server();
    signs_in.user = "help";
    signs_in.password = "wrong";
    const Sent sent = send({{"EHLO helpline.test\r\n", "250 AUTH PLAIN\r\n"},
                            {"AUTH PLAIN AGhlbHAAd3Jvbmc=\r\n", "535 no\r\n"}},
                           signs_in);
    CHECK(sent.fate == Fate::later);
    CHECK(sent.code == "smtp_login_refused");
}

TEST_CASE("without TLS from the start there is STARTTLS, and no mail where a server has none") {
    const Sent none = send({{"EHLO helpline.test\r\n", "250 8BITMIME\r\n"}}, server(false));
    CHECK(none.code == "smtp_no_tls");

    std::vector<Step> steps = {{"EHLO helpline.test\r\n", "250-mx\r\n250 STARTTLS\r\n"},
                               {"STARTTLS\r\n", "220 go\r\n"}};
    steps.insert(steps.end(), up_to_text.begin(), up_to_text.end());
    Scripted wire("220 mx\r\n", with(with(steps, {".\r\n", "250 ok\r\n"}), {"QUIT\r\n", ""}));
    CHECK(send_mail_on(wire, server(false), letter, [] { return true; }).fate == Fate::taken);
    CHECK(wire.secured);
}

TEST_CASE("words that come before TLS are not taken for words under it") {
    Scripted wire("220 mx\r\n", {{"EHLO helpline.test\r\n", "250 STARTTLS\r\n"},
                                 {"STARTTLS\r\n", "220 go\r\n250 AUTH PLAIN\r\n"}});
    CHECK(send_mail_on(wire, server(false), letter, [] { return true; }).code == "tls_failed");
    CHECK_FALSE(wire.secured);
}

TEST_CASE("a hostile SMTP server is left") {
    for (const std::string& greeting : {std::string(20'000, '2'), std::string("999 x\r\n"),
                                        std::string("220-a\r\n250 b\r\n"), std::string("\r\n")}) {
        Scripted wire(greeting, {});
        wire.ends = true;
        CHECK(send_mail_on(wire, server(), letter, [] { return true; }).fate == Fate::later);
    }
}

TEST_CASE("a text ends with a dot of its own, whatever its last line is") {
    CHECK(with_dots("a\r\n.\r\nb") == "a\r\n..\r\nb\r\n.\r\n");
    CHECK(with_dots("") == "\r\n.\r\n");
}
