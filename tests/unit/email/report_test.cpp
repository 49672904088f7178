#include "plugins/channels/email/mail.h"
#include "tests/unit/email/mails.h"

#include <catch2/catch.hpp>

namespace sanad::email {
namespace {

using namespace test;

const std::string ours = "<aaaa.bbbbbbbbbbbbbbbb@helpline.example>";
const std::string from_server =
    "From: Mail Delivery System <MAILER-DAEMON@mx.outside.example>\r\nReturn-Path: <>\r\n"
    "To: help@helpline.example\r\nMIME-Version: 1.0\r\n";

std::string report(const std::string& status, const std::string& returned) {
    return from_server +
           "Content-Type: multipart/report; report-type=delivery-status; boundary=\"edge\"\r\n\r\n"
           "--edge\r\nContent-Type: text/plain\r\n\r\nI could not deliver it.\r\n"
           "--edge\r\nContent-Type: message/delivery-status\r\n\r\n" +
           status + "\r\n--edge\r\n" + returned + "\r\n--edge--\r\n";
}

const std::string mail_back =
    "Content-Type: message/rfc822\r\n\r\nFrom: help@helpline.example\r\n"
    "Message-ID: " +
    ours + "\r\nSubject: x\r\n\r\nwords";
const std::string header_back =
    "Content-Type: text/rfc822-headers\r\n\r\nMessage-Id: " + ours + "\r\nSubject: x\r\n";

TEST_CASE("a bounce says which mail did not arrive, where and why") {
    start_mail();
    struct Case {
        const char* server;
        std::string bytes;
        const char *status, *recipient;
    };
    for (const auto& [server, bytes, status, recipient] : std::vector<Case>{
             {"Postfix",
              report("Reporting-MTA: dns; mx.outside.example\r\nX-Postfix-Queue-ID: 123\r\n\r\n"
                     "Final-Recipient: rfc822; sami@outside.example\r\n"
                     "Original-Recipient: rfc822;sami@outside.example\r\nAction: failed\r\n"
                     "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown",
                     mail_back),
              "5.1.1", "sami@outside.example"},
             {"Exim",
              report("Reporting-MTA: dns; mx\r\n\r\nAction: failed\r\n"
                     "Final-Recipient: rfc822;<sami@outside.example>\r\nStatus: 5.0.0\r\n",
                     header_back),
              "5.0.0", "sami@outside.example"},
             {"Exchange",
              report("Reporting-MTA: dns;x\r\n\r\nFinal-recipient: RFC822;sami@outside.example\r\n"
                     "Action: Failed\r\nStatus: 5.2.2 (full)\r\n",
                     mail_back),
              "5.2.2", "sami@outside.example"},
             {"one that only gives a status",
              report("Reporting-MTA: dns;x\r\n\r\nFinal-Recipient: rfc822;sami@outside.example\r\n"
                     "Status: 5.7.1\r\n",
                     header_back),
              "5.7.1", "sami@outside.example"}}) {
        INFO(server);
        const auto read = read_mail(bytes);
        REQUIRE(read.report);
        CHECK(read.report->kind == Report::Kind::failed);
        CHECK(read.report->status == status);
        CHECK(read.report->message_ids == std::vector<std::string>{ours});
        CHECK(read.report->recipients == std::vector<std::string>{recipient});
        CHECK(read.sending.envelope_sender == "");
    }
}

TEST_CASE("a bounce of a server that knows no reports is known by its words") {
    start_mail();
    const auto qmail =
        read_mail(from_server +
                  "\r\nHi. This is the qmail-send program at mx.outside.example.\r\n"
                  "<sami@outside.example>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
                  "--- Below this line is a copy of the message.\r\n\r\nReturn-Path: <x@y>\r\n"
                  "From: help@helpline.example\r\nMessage-ID: " +
                  ours + "\r\n\r\nwords\r\n");
    REQUIRE(qmail.report);
    CHECK(qmail.report->kind == Report::Kind::failed);
    CHECK(qmail.report->status == "5.1.1");
    CHECK(qmail.report->message_ids == std::vector<std::string>{ours});
    CHECK_FALSE(qmail.text.empty());
    const auto exim = read_mail(
        mail("X-Failed-Recipients: sami@outside.example\r\nAuto-Submitted: auto-replied\r\n",
             "550 5.1.1 unknown\r\n\r\n> Message-ID: " + ours + "\r\n"));
    REQUIRE(exim.report);
    CHECK(exim.report->message_ids == std::vector<std::string>{ours});
}

TEST_CASE("a delay, an arrival and a receipt of reading are no failure") {
    start_mail();
    const auto kind = [](const std::string& status) {
        return read_mail(
                   report("Reporting-MTA: dns;x\r\n\r\nFinal-Recipient: rfc822;a@b.example\r\n" +
                              status,
                          header_back))
            .report->kind;
    };
    CHECK(kind("Action: delayed\r\nStatus: 4.4.1\r\n") == Report::Kind::delayed);
    CHECK(kind("Action: delivered\r\nStatus: 2.0.0\r\n") == Report::Kind::delivered);
    CHECK(kind("Action: relayed\r\nStatus: 2.0.0\r\n") == Report::Kind::delivered);
    CHECK(kind("Action: failed\r\nStatus: 4.4.7\r\n") == Report::Kind::failed);
    const auto read =
        read_mail(from_server +
                  "Content-Type: multipart/report; report-type=disposition-notification; "
                  "boundary=edge\r\n\r\n--edge\r\n\r\nread\r\n--edge\r\n"
                  "Content-Type: message/disposition-notification\r\n\r\nOriginal-Message-ID: " +
                  ours + "\r\nDisposition: manual-action; displayed\r\n--edge--\r\n");
    REQUIRE(read.report);
    CHECK(read.report->kind == Report::Kind::read);
    CHECK(read.report->message_ids == std::vector<std::string>{ours});
}

TEST_CASE("a person's mail, an absence notice and a report that somebody passes on are no report") {
    start_mail();
    CHECK_FALSE(read_mail(mail("Subject: Mail delivery failed\r\n", "it said 550 5.1.1")).report);
    CHECK_FALSE(read_mail(mail("Auto-Submitted: auto-replied\r\nSubject: Absent\r\n",
                               "I am away until Monday."))
                    .report);
    const auto passed_on = read_mail(
        multipart("mixed", {plain_part("", "I got this"),
                            plain_part("Content-Type: message/rfc822\r\n",
                                       report("Action: failed\r\nStatus: 5.1.1\r\n", mail_back))}));
    CHECK_FALSE(passed_on.report);
    CHECK(passed_on.text == "I got this");
}

TEST_CASE("a broken report is still one, and says what it can") {
    start_mail();
    const std::string whole = report(
        "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; sami@outside.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n",
        mail_back);
    for (std::size_t cut = from_server.size() + 90; cut < whole.size(); cut += 7) {
        const auto read = read_mail(whole.substr(0, cut));
        INFO(cut);
        REQUIRE(read.report);
        CHECK(read.report->recipients.size() <= 1);
    }
    std::string many = "Reporting-MTA: dns; x\r\n";
    for (int i = 0; i < 5'000; ++i)
        many += "\r\nFinal-Recipient: rfc822; a" + std::to_string(i) +
                "@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n";
    const auto read = read_mail(report(many, mail_back));
    REQUIRE(read.report);
    CHECK(read.report->recipients.size() == 20);
    CHECK(read.report->message_ids == std::vector<std::string>{ours});
}

}  // namespace
}  // namespace sanad::email
