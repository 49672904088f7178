#include "plugins/channels/email/imap_reader.h"
#include "plugins/channels/email/imap_answers.h"

#include <catch2/catch.hpp>

using namespace sanad::email;

namespace {

std::vector<ImapResponse> read_all(ImapReader& reader) {
    std::vector<ImapResponse> all;
    for (;;) {
        auto next = reader.next();
        REQUIRE(next);
        if (!*next) return all;
        all.push_back(std::move(**next));
    }
}

std::string_view fault(std::string_view bytes, const ImapLimits& limits = {}) {
    ImapReader reader(limits);
    reader.feed(bytes);
    for (;;) {
        const auto next = reader.next();
        if (!next) return next.error();
        if (!*next) return "none";
    }
}

}  // namespace

TEST_CASE("what an IMAP server says is the same wherever it is cut") {
    // The literal has 11 bytes: "bonjour", a line end, a space and a brace.
    const std::string one =
        "* 1 FETCH (UID 7 BODY[]<0> {11}\r\nbonjour\r\n {"
        " RFC822.SIZE 11)\r\n";
    const std::string bytes = "* 23 EXISTS\r\n" + one + "+ idling\r\na1 OK done\n";
    for (std::size_t first = 0; first <= bytes.size(); ++first)
        for (std::size_t second = first; second <= bytes.size(); ++second) {
            ImapReader reader;
            std::vector<ImapResponse> all;
            for (const std::string_view part :
                 {std::string_view(bytes).substr(0, first),
                  std::string_view(bytes).substr(first, second - first),
                  std::string_view(bytes).substr(second)}) {
                reader.feed(part);
                for (auto& response : read_all(reader)) all.push_back(std::move(response));
            }
            REQUIRE(all.size() == 4);
            REQUIRE(all[0].text == "23 EXISTS");
            REQUIRE(all[1].literals == std::vector<std::string>{"bonjour\r\n {"});
            REQUIRE(all[2].tag == "+");
            REQUIRE(all[3].tag == "a1");
            const auto fetched = read_fetch(all[1]);
            REQUIRE(fetched);
            REQUIRE(fetched->uid == 7);
        }
}

TEST_CASE("a literal may hold anything, and braces in a server's words are none") {
    ImapReader reader;
    std::string body("a\0b\r\n{5}\r\n", 10);
    reader.feed("* 1 FETCH (UID 7 BODY[] {10}\r\n" + body + ")\r\n* OK see {this}\r\n");
    const auto all = read_all(reader);
    REQUIRE(all.size() == 2);
    REQUIRE(all[0].literals.at(0) == body);
    REQUIRE(all[1].text == "OK see {this}");
    const auto fetched = read_fetch(all[0]);
    REQUIRE(fetched);
    REQUIRE(fetched->body == body);
}

TEST_CASE("a hostile IMAP server is refused before it fills the memory") {
    CHECK(fault(std::string(65'537, 'a')) == "imap_line_too_long");
    CHECK(fault("* 1 FETCH (BODY[] {999999999}\r\n") == "imap_literal_too_long");
    CHECK(fault("* 1 FETCH (BODY[] {99999999999999999999999}\r\n") == "imap_literal_too_long");
    CHECK(fault(std::string("* OK a\0b\r\n", 10)) == "imap_malformed");
    CHECK(fault("\r\n") == "imap_malformed");
    std::string many = "* 1 FETCH (";
    for (int i = 0; i < 20; ++i) many += "X {1}\r\nx ";
    CHECK(fault(many) == "imap_malformed");
    CHECK(fault("* OK fine\r\n") == "none");
}

TEST_CASE("a line that never ends is counted over all its literals") {
    ImapLimits limits;
    limits.line_bytes = 30;
    CHECK(fault("* 1 FETCH (A {1}\r\nx B {1}\r\nx " + std::string(20, 'c'), limits) ==
          "imap_line_too_long");
}

TEST_CASE("once a server was wrong, nothing more of it is read") {
    ImapReader reader;
    reader.feed("\r\n");
    REQUIRE_FALSE(reader.next());
    reader.feed("* 1 EXISTS\r\n");
    REQUIRE_FALSE(reader.next());
}

TEST_CASE("conditions, capabilities, counts and searches are read with their limits") {
    const auto condition = read_condition("OK [UIDVALIDITY 12] words");
    REQUIRE(condition);
    CHECK(condition->status == ImapStatus::ok);
    CHECK(condition->code == "UIDVALIDITY");
    CHECK(condition->value == "12");
    CHECK_FALSE(read_condition("FETCH"));
    CHECK(read_condition("bye [never ends")->status == ImapStatus::bye);
    CHECK(read_capabilities("capability IMAP4rev1 Move")->contains("MOVE"));
    CHECK_FALSE(read_capabilities("CAPABILITIES"));
    CHECK(read_count("0 EXISTS", "EXISTS") == 0U);
    CHECK(read_count("4294967295 EXISTS", "EXISTS") == 4'294'967'295U);
    CHECK_FALSE(read_count("4294967296 EXISTS", "EXISTS"));
    CHECK_FALSE(read_count("-1 EXISTS", "EXISTS"));
    CHECK(read_search("SEARCH 2 0 99999999999 x 5") == std::vector<std::uint32_t>{2, 5});
    CHECK(read_search("SEARCH")->empty());
}

TEST_CASE("a FETCH without a UID, with one out of range or cut short says nothing") {
    for (const char* text : {"1 FETCH (FLAGS ())", "1 FETCH (UID 0)", "1 FETCH (UID 99999999999)",
                             "0 FETCH (UID 1)", "1 FETCH", "1 FETCH (UID 1 BODY[] \"open)",
                             "1 FETCH (UID 1 BODY[] {5})", "1 FETCH (UID 1 FLAGS ((a)"}) {
        CAPTURE(text);
        CHECK_FALSE(read_fetch({"*", text, {}}));
    }
    const auto fetched =
        read_fetch({"*", "1 FETCH (FLAGS (\\Seen \")\") UID 4 BODY[]<0> NIL)", {}});
    REQUIRE(fetched);
    CHECK(fetched->uid == 4);
}
