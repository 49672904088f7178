#include "plugins/channels/email/threading.h"
#include "plugins/channels/email/compose.h"
#include "tests/unit/email/mails.h"

#include <catch2/catch.hpp>

#include <set>

namespace sanad::email {
namespace {

using namespace test;
using How = Candidate::How;

const std::string key(key_bytes, 'k');
const OwnAddress own{"help", "helpline.example"};

std::vector<Candidate> of(const std::string& headers) {
    start_mail();
    return candidates(read_mail("From: sami@outside.example\r\n" + headers + "\r\nx"), own, key);
}

TEST_CASE("a token is made from where a thread began, and nobody else can make it") {
    const auto token = token_of_root(key, "<one@outside.example>");
    CHECK(token.size() == token_characters);
    CHECK(token.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
    CHECK(token == token_of_root(key, "<one@outside.example>"));
    CHECK(token != token_of_root(std::string(key_bytes, 'l'), "<one@outside.example>"));
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i)
        seen.insert(token_of_root(key, "<" + std::to_string(i) + "@outside.example>"));
    CHECK(seen.size() == 1'000);
    CHECK(conversation_of(token).size() == 32);
    CHECK(conversation_of(token) == conversation_of(lower(token)));
    std::string upper = token;
    for (auto& c : upper) c = static_cast<char>(std::toupper(c));
    CHECK(conversation_of(upper) == conversation_of(token));
    CHECK(base32("foobar") == "mzxw6ytboi");  // RFC 4648, section 10
}

TEST_CASE("a thread keeps its conversation from the first mail through every answer") {
    start_mail();
    const auto first = read_mail(mail("", "hello"));
    const auto begun = candidates(first, own, key);
    REQUIRE(begun.size() == 1);
    CHECK(begun.front().how == How::root);
    const auto& token = begun.front().token;

    Outgoing reply{own,  "",       first.from.mailbox, token,           std::string(16, 'r'), 0,
                   "en", "Hello.", first.message_id,   first.references};
    const auto sent = compose(reply);
    // They answer: to the address, and with our Message-ID.
    const auto answered = candidates(
        read_mail("From: sami@outside.example\r\nTo: " + own.plus(token) +
                  "\r\nMessage-ID: <two@outside.example>\r\nIn-Reply-To: " + sent.message_id +
                  "\r\nReferences: <one@outside.example> " + sent.message_id + "\r\n\r\nyes"),
        own, key);
    CHECK(answered.front().how == How::address);
    for (const auto& one : answered) CHECK(one.token == token);
    // Only one of the ways is left.
    CHECK(
        of("To: help@helpline.example\r\nIn-Reply-To: " + sent.message_id + "\r\n").front().token ==
        token);
    CHECK(of("References: <one@outside.example>\r\n").front().token == token);
    CHECK(of("Delivered-To: HELP+" + token + "@Helpline.Example\r\n").front().token == token);
}

TEST_CASE("the address is surer than a reference, and a reference than where the thread began") {
    const std::string a(16, 'a'), b(16, 'b'), c(16, 'c');
    const auto found = of("Delivered-To: help+" + a + "@helpline.example\r\nTo: help+" + b +
                          "@helpline.example\r\nIn-Reply-To: <x." + c +
                          "@helpline.example>\r\nReferences: <root@outside.example> <y." + a +
                          "@helpline.example>\r\n");
    REQUIRE(found.size() == 4);
    CHECK(found[0].token == a);
    CHECK(found[1].token == b);
    CHECK(found[2].token == c);
    CHECK(found[3].how == How::root);
    CHECK(found[3].token == token_of_root(key, "<root@outside.example>"));
    CHECK(found[0].conversation == conversation_of(a));
}

TEST_CASE("what is no token of ours leads nowhere but to the thread's beginning") {
    const std::string token(16, 'a');
    for (const std::string& headers :
         {"To: help+" + token + "@other.example\r\n",
          "To: other+" + token + "@helpline.example\r\n",
          "To: help+" + token + "a@helpline.example\r\n",
          std::string("To: help+@helpline.example\r\n"),
          "To: help+" + std::string(15, 'a') + "1@helpline.example\r\n",
          "To: help-" + token + "@helpline.example\r\n",
          "In-Reply-To: <x." + token + "@other.example>\r\n",
          "In-Reply-To: <x" + token + "@helpline.example>\r\n",
          "Subject: help+" + token + "@helpline.example\r\n",
          "From: help+" + token + "@helpline.example\r\n",
          "To: \"help+" + token + "@helpline.example\" <a@b.example>\r\n"}) {
        INFO(headers);
        const auto found = of(headers + "Message-ID: <m@outside.example>\r\n");
        REQUIRE(found.size() == 1);
        CHECK(found.front().how == How::root);
    }
}

TEST_CASE(
    "a mail without any Message-ID begins a thread of its own, the same when it comes again") {
    const auto one = of("Subject: one\r\n"), again = of("Subject: one\r\n"),
               two = of("Subject: two\r\n");
    CHECK(one.front().token == again.front().token);
    CHECK(one.front().token != two.front().token);
}

TEST_CASE("an address of ours is one mailbox without a plus sign") {
    CHECK(read_own_address("help@Helpline.example")->domain == "helpline.example");
    CHECK(read_own_address("help@helpline.example")->plus("t") == "help+t@helpline.example");
    for (const auto* bad : {"", "help", "help@", "@x.example", "a+b@x.example", "a b@x.example",
                            "<a@x.example>", "a@x.example,b@x.example"})
        CHECK_FALSE(read_own_address(bad));
}

TEST_CASE("what is sent is a sound mail: short lines, neutral subject, and it reads back") {
    start_mail();
    const std::string text =
        "مرحبا، نحن هنا.\n\n" + std::string(500, 'x') + " end \n.dot\nFrom here\nÀ bientôt\n";
    for (const auto* language : {"ar", "fr", "en"}) {
        Outgoing out{own,
                     "Écoute",
                     "sami@outside.example",
                     std::string(16, 'a'),
                     std::string(16, 'r'),
                     1796110200,
                     language,
                     text,
                     "<one@outside.example>",
                     {"<zero@outside.example>"}};
        const auto sent = compose(out);
        CHECK(sent.envelope_sender == own.plus(out.token));
        for (std::size_t at = 0; at < sent.bytes.size();) {
            const auto end = sent.bytes.find("\r\n", at);
            REQUIRE(end != std::string::npos);
            CHECK(end - at <= line_characters_max);
            const auto line = sent.bytes.substr(at, end - at);
            CHECK(line.find_first_of("\r\n") == std::string::npos);
            for (const char c : line) CHECK(static_cast<unsigned char>(c) < 0x80);
            CHECK_FALSE(line.starts_with("."));
            at = end + 2;
        }
        const auto back = read_mail(sent.bytes);
        CHECK(back.from == Address{"help@helpline.example", "Écoute"});
        CHECK(back.to.front().mailbox == "sami@outside.example");
        CHECK(back.subject == subject_in(language));
        CHECK(back.message_id == sent.message_id);
        CHECK(token_of_message_id(back.message_id, own.domain) == out.token);
        CHECK(back.in_reply_to == std::vector<std::string>{"<one@outside.example>"});
        CHECK(back.references ==
              std::vector<std::string>{"<zero@outside.example>", "<one@outside.example>"});
        CHECK(back.date == 1796110200);
        CHECK(value_of(back.headers, "reply-to") == '<' + own.plus(out.token) + '>');
        CHECK(back.text + '\n' == text);
        CHECK_FALSE(back.sending.automatic);
        CHECK(hand_on(back, subjects_of_ours()).text.starts_with("مرحبا"));
    }
}

TEST_CASE("no value can add a header or a recipient to what is sent") {
    start_mail();
    const std::string evil = "x\r\nBcc: evil@x.example\r\n\r\nevil";
    Outgoing out{own,
                 evil,
                 "sami@outside.example",
                 std::string(16, 'a'),
                 evil,
                 0,
                 evil,
                 evil,
                 "<a\r\nBcc: evil@x.example>",
                 {"<b>\r\nBcc: evil@x.example", evil, "<c c>"}};
    const auto sent = compose(out);
    const auto back = read_mail(sent.bytes);
    CHECK(find(back.headers, "bcc") == nullptr);
    CHECK(back.headers.size() == 10);
    CHECK(back.text == "x\nBcc: evil@x.example\n\nevil");
    for (const std::string to :
         {"", "a", "a@b.example, c@d.example", "a@b.example\r\nBcc: x@y.example", "<a@b.example>",
          "a b@c.example", "@a,@b:c@d.example"}) {
        INFO(to);
        out.to = to;
        CHECK(compose(out).bytes.empty());
    }
}

TEST_CASE("a long thread keeps its first and its newest references") {
    start_mail();
    Outgoing out{own, "", "sami@outside.example", std::string(16, 'a'), "r", 0, "en", "x"};
    for (int i = 0; i < 500; ++i)
        out.references.push_back("<" + std::to_string(i) + "@outside.example>");
    const auto back = read_mail(compose(out).bytes);
    CHECK(back.references.size() == references_max);
    CHECK(back.references.front() == "<0@outside.example>");
    CHECK(back.references.back() == "<499@outside.example>");
}

}  // namespace
}  // namespace sanad::email
