#include "plugins/channels/email/imap.h"
#include "tests/unit/email/scripted.h"

#include <catch2/catch.hpp>

using namespace sanad::email;
using namespace std::chrono_literals;

namespace {

const Scripted::Step idle_move{" CAPABILITY\r\n",
                               "* CAPABILITY IMAP4rev1 IDLE MOVE AUTH=PLAIN SASL-IR\r\n$ OK\r\n"};

}  // namespace

TEST_CASE("signing in takes AUTHENTICATE where it is offered, else LOGIN with quotes") {
    Scripted plain_server("* OK hello\r\n", {idle_move,
                                             {" AUTHENTICATE PLAIN AGhlbHAAcGFzcw==\r\n",
                                              "$ OK [CAPABILITY IMAP4rev1 IDLE] in\r\n"}});
    Imap with_plain(plain_server);
    REQUIRE(with_plain.greet());
    REQUIRE(with_plain.sign_in(plain("help", "pass"), "help", "pass"));
    CHECK(with_plain.can("IDLE"));
    CHECK_FALSE(with_plain.can("MOVE"));  // what counts is what is said after signing in

    Scripted old("* OK hello\r\n", {{" CAPABILITY\r\n", "* CAPABILITY IMAP4rev1\r\n$ OK\r\n"},
                                    {" LOGIN \"help\" \"pa\\\"ss\"\r\n", "$ OK\r\n"},
                                    {" CAPABILITY\r\n", "* CAPABILITY IMAP4rev1\r\n$ OK\r\n"}});
    Imap with_login(old);
    REQUIRE(with_login.greet());
    REQUIRE(with_login.sign_in(plain("help", "pa\"ss"), "help", "pa\"ss"));
    CHECK(old.finished());
}

TEST_CASE("a password is not sent where the server takes none, and a refusal has its own code") {
    Scripted closed("* OK\r\n",
                    {{" CAPABILITY\r\n", "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n$ OK\r\n"}});
    Imap one(closed);
    REQUIRE(one.greet());
    CHECK(one.sign_in(plain("help", "pass"), "help", "pass").error() == "imap_no_way_to_sign_in");

    Scripted refuses("* OK\r\n", {idle_move, {"==\r\n", "$ NO [AUTHENTICATIONFAILED] no\r\n"}});
    Imap other(refuses);
    REQUIRE(other.greet());
    CHECK(other.sign_in(plain("help", "pass"), "help", "pass").error() == "imap_login_refused");
}

TEST_CASE("a mail that nobody asked for, or more of it than was asked for, is passed over") {
    Scripted server("* OK\r\n", {idle_move,
                                 {" UID FETCH 4,5 (UID BODY.PEEK[]<0.10>)\r\n",
                                  "* 9 EXISTS\r\n* 1 FETCH (UID 4 BODY[]<0> {5}\r\nhello)\r\n"
                                  "* 2 FETCH (UID 6 BODY[]<0> {5}\r\nother)\r\n"
                                  "* 3 FETCH (UID 5 BODY[]<0> {11}\r\nhello hello)\r\n"
                                  "* 3 FETCH (FLAGS (\\Seen))\r\n$ OK\r\n"}});
    Imap imap(server);
    REQUIRE(imap.greet());
    const auto got = imap.bodies({4, 5}, 10);
    REQUIRE(got);
    REQUIRE(got->size() == 1);
    CHECK(got->at(0).uid == 4);
    CHECK(got->at(0).body == "hello");
    const Cancel cancel;
    CHECK(imap.wait(1s, 1s, cancel) == true);  // the EXISTS in between is not forgotten
}

TEST_CASE("without MOVE a mail is copied, marked and only then taken away, and only this one") {
    Scripted server("* OK\r\n", {{" CAPABILITY\r\n", "* CAPABILITY IMAP4rev1 UIDPLUS\r\n$ OK\r\n"},
                                 {" UID COPY 4,5 \"Processed\"\r\n", "$ OK\r\n"},
                                 {" UID STORE 4,5 +FLAGS.SILENT (\\Deleted)\r\n", "$ OK\r\n"},
                                 {" UID EXPUNGE 4,5\r\n", "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n$ OK\r\n"},
                                 {" UID COPY 6 \"Processed\"\r\n", "$ NO [OVERQUOTA] full\r\n"}});
    Imap imap(server);
    REQUIRE(imap.greet());
    REQUIRE(imap.move({4, 5}, "Processed"));
    CHECK(imap.move({6}, "Processed").error() == "imap_refused");  // nothing was deleted then
    CHECK(server.finished());
}

TEST_CASE("IDLE ends with news, with its limit, and with a server that leaves") {
    const Cancel cancel;
    Scripted news("* OK\r\n", {idle_move,
                               {" IDLE\r\n", "+ idling\r\n* OK still here\r\n* 4 EXISTS\r\n"},
                               {"DONE\r\n", "$ OK\r\n"}});
    Imap first(news);
    REQUIRE(first.greet());
    CHECK(first.wait(1min, 1min, cancel) == true);
    CHECK(news.finished());

    Scripted quiet("* OK\r\n",
                   {idle_move, {" IDLE\r\n", "+ idling\r\n"}, {"DONE\r\n", "$ OK\r\n"}});
    Imap second(quiet);
    REQUIRE(second.greet());
    CHECK(second.wait(1min, 1min, cancel) == false);

    Scripted leaves("* OK\r\n", {idle_move, {" IDLE\r\n", "+ idling\r\n* BYE going down\r\n"}});
    Imap third(leaves);
    REQUIRE(third.greet());
    CHECK(third.wait(1min, 1min, cancel).error() == "imap_bye");

    Scripted dies("* OK\r\n", {idle_move, {" IDLE\r\n", "+ idl"}});
    dies.ends = true;
    Imap fourth(dies);
    REQUIRE(fourth.greet());
    CHECK(fourth.wait(1min, 1min, cancel).error() == "closed");
}

TEST_CASE("without IDLE the server is asked from time to time") {
    const Cancel cancel;
    Scripted server("* OK\r\n", {{" CAPABILITY\r\n", "* CAPABILITY IMAP4rev1\r\n$ OK\r\n"},
                                 {" NOOP\r\n", "$ OK\r\n"},
                                 {" NOOP\r\n", "* 1 EXISTS\r\n$ OK\r\n"}});
    Imap imap(server);
    REQUIRE(imap.greet());
    CHECK(imap.wait(1min, 1ms, cancel) == false);
    CHECK(imap.wait(1min, 1ms, cancel) == true);
}

TEST_CASE("a wait is over at once when it is cancelled") {
    Cancel cancel;
    cancel.now();
    Scripted server("* OK\r\n", {{" CAPABILITY\r\n", "* CAPABILITY IMAP4rev1\r\n$ OK\r\n"}});
    Imap imap(server);
    REQUIRE(imap.greet());
    CHECK(imap.wait(1h, 1h, cancel).error() == "cancelled");
}

TEST_CASE("a server that says goodbye or nonsense in the middle ends the connection") {
    Scripted bye("* OK\r\n", {idle_move, {" UID SEARCH ALL\r\n", "* SEARCH 1 2\r\n* BYE\r\n"}});
    Imap one(bye);
    REQUIRE(one.greet());
    CHECK(one.all().error() == "imap_bye");

    Scripted nonsense("220 mx.example ESMTP\r\n", {});
    Imap other(nonsense);
    CHECK(other.greet().error() == "imap_malformed");

    Scripted silent("", {});
    Imap third(silent);
    CHECK(third.greet().error() == "timed_out");
}

TEST_CASE("a folder's name can end no command") {
    Scripted server("* OK\r\n", {idle_move});
    Imap imap(server);
    REQUIRE(imap.greet());
    CHECK(imap.select("INBOX\r\na9 DELETE INBOX").error() == "imap_folder_name");
    CHECK(imap.move({1}, "Processed\r\n").error() == "imap_folder_name");
    CHECK(quoted("a\\\"b") == "\"a\\\\\\\"b\"");
}
