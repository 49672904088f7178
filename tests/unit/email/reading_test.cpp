#include "plugins/channels/email/charset.h"
#include "plugins/channels/email/mail.h"
#include "plugins/channels/email/transfer.h"
#include "tests/unit/email/mails.h"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <ctime>
#include <iostream>

namespace sanad::email {
namespace {

using namespace test;

const std::string arabic =
    "السلام عليكم، أنا تلميذة في الإعدادي وأريد أن أتحدث مع أحد عن شيء يقلقني في المدرسة.";
const std::string french = "Bonjour, j’ai onze ans. À l’école ça ne va pas très bien, où écrire ?";

TEST_CASE("an ordinary mail gives who wrote it, to whom, when, and its words") {
    start_mail();
    const auto read = read_mail(
        mail("Subject: A question\r\nCc: \"Sami, the elder\" <elder@outside.example>\r\n"
             "In-Reply-To: <before@helpline.example>\r\n"
             "References: <first@outside.example>\r\n <before@helpline.example>\r\n"
             "Delivered-To: help@helpline.example\r\nReturn-Path: <sami@outside.example>\r\n",
             "Hello,\r\nmay I ask something?\r\n"));
    CHECK(read.from == Address{"sami@outside.example", "Sami"});
    REQUIRE(read.to.size() == 2);
    CHECK(read.to[1] == Address{"elder@outside.example", "Sami, the elder"});
    CHECK(read.delivered_to == std::vector<std::string>{"help@helpline.example"});
    CHECK(read.subject == "A question");
    CHECK(read.message_id == "<one@outside.example>");
    CHECK(read.in_reply_to == std::vector<std::string>{"<before@helpline.example>"});
    CHECK(read.references.size() == 2);
    CHECK(read.date == 1796110200);
    CHECK(read.sending.envelope_sender == "sami@outside.example");
    CHECK(read.text == "Hello,\nmay I ask something?");
    CHECK(read.quoted.empty());
    CHECK(read.attachments.empty());
    CHECK(read.marks.empty());
    CHECK_FALSE(read.report);
}

TEST_CASE("Arabic is read in every charset that mails have it in, however it is labelled") {
    start_mail();
    const std::string iso = "السلام عليكم، أنا تلميذة وأريد أن أتحدث مع أحد عن المدرسة.";
    struct Case {
        const char *is, *label;
    };
    for (const auto& [is, label] : std::vector<Case>{{"windows-1256", "windows-1256"},
                                                     {"windows-1256", "cp1256"},
                                                     {"windows-1256", "utf-8"},
                                                     {"windows-1256", "iso-8859-1"},
                                                     {"windows-1256", "us-ascii"},
                                                     {"windows-1256", ""},
                                                     {"windows-1256", "no-such-charset"},
                                                     {"iso-8859-6", "iso-8859-6"},
                                                     {"iso-8859-6", "ISO-8859-6-I"},
                                                     {"iso-8859-6", "windows-1256"},
                                                     {"iso-8859-6", "utf-8"},
                                                     {"iso-8859-6", ""},
                                                     {"utf-8", "utf-8"},
                                                     {"utf-8", "windows-1256"},
                                                     {"utf-8", "iso-8859-1"},
                                                     {"utf-8", ""},
                                                     {"utf-16", "utf-16"},
                                                     {"utf-16be", "utf-16"},
                                                     {"utf-16le", "utf-16"},
                                                     {"utf-16le", "utf-16le"}}) {
        INFO(is << " labelled " << label);
        const std::string bytes = in_charset(iso, is);
        const std::string type =
            "Content-Type: text/plain" +
            (*label ? "; charset=\"" + std::string(label) + '"' : std::string()) + "\r\n";
        const auto base64 = read_mail(
            mail(type + "Content-Transfer-Encoding: base64\r\n", encode_base64(bytes) + "\r\n"));
        CHECK(base64.text == iso);
        CHECK(base64.marks.empty());
        if (std::string_view(is).starts_with("utf-16")) continue;
        CHECK(read_mail(mail(type + "Content-Transfer-Encoding: 8bit\r\n", bytes)).text == iso);
        CHECK(read_mail(mail(type + "Content-Transfer-Encoding: quoted-printable\r\n",
                             encode_quoted_printable(bytes, 76)))
                  .text == iso);
    }
}

TEST_CASE("French is read in the charsets of old programs, with a wrong label and without one") {
    start_mail();
    const std::string plain =
        "Bonjour, j'ai onze ans. À l'école ça ne va pas très bien, où écrire ?";
    for (const auto* label : {"iso-8859-1", "windows-1252", "iso-8859-15", "utf-8", ""}) {
        INFO(label);
        const std::string type = "Content-Type: text/plain; charset=" + std::string(label) + "\r\n";
        CHECK(read_mail(mail(type, in_charset(plain, "iso-8859-1"))).text == plain);
        CHECK(read_mail(mail(type, french)).text == french);
    }
    CHECK(read_mail(mail("Content-Type: text/plain; charset=iso-8859-15\r\n",
                         in_charset("Un cœur à 5 €", "iso-8859-15")))
              .text == "Un cœur à 5 €");
    CHECK(read_mail(mail("Content-Type: text/plain; charset=windows-1252\r\n",
                         in_charset(french, "windows-1252")))
              .text == french);
    CHECK(read_mail(mail("Content-Type: text/plain; charset=koi8-r\r\n",
                         in_charset("Привет, помогите", "koi8-r")))
              .text == "Привет, помогите");
}

TEST_CASE("a subject is read as encoded words, as raw bytes and as both") {
    start_mail();
    const auto subject = [](const std::string& value) {
        return read_mail(mail("Subject: " + value + "\r\n", "x")).subject;
    };
    const std::string word = "مساعدة في المدرسة";
    CHECK(subject("=?UTF-8?B?" + encode_base64(word) + "?=") == word);
    CHECK(subject("=?windows-1256?B?" + encode_base64(in_charset(word, "windows-1256")) + "?=") ==
          word);
    CHECK(subject("=?iso-8859-1?Q?=C0_l'=E9cole?=") == "À l'école");
    CHECK(subject("=?utf-8*fr?q?=C3=A9t=C3=A9?= =?UTF-8?Q?_2026?=") == "été 2026");
    CHECK(subject(in_charset(word, "windows-1256")) == word);
    CHECK(subject(in_charset(word, "iso-8859-6")) == word);
    CHECK(subject(word) == word);
    // One letter parted by two words, a word in quotes, words that are none.
    const std::string half = encode_base64(word.substr(0, 3)), rest = encode_base64(word.substr(3));
    CHECK(subject("=?UTF-8?B?" + half + "?=\r\n =?UTF-8?B?" + rest + "?=") == word);
    CHECK(subject("\"=?UTF-8?Q?caf=C3=A9?=\"") == "\"café\"");
    CHECK(subject("=?UTF-8?X?abc?= =?") == "=?UTF-8?X?abc?= =?");
    CHECK(subject("=?no-such?Q?abc?=") == "abc");
    CHECK(subject("=?UTF-8?Q?a=0D=0ABcc:_x?=") == "a  Bcc: x");
}

TEST_CASE("names of files are read as RFC 2231, as RFC 2047 and raw, and shown without tricks") {
    start_mail();
    const auto named = [](const std::string& disposition) {
        const auto read = read_mail(multipart(
            "mixed", {plain_part("", "see the file"),
                      plain_part("Content-Type: text/plain\r\nContent-Disposition: attachment; " +
                                     disposition + "\r\n",
                                 "Some words")}));
        REQUIRE(read.attachments.size() == 1);
        return read.attachments.front().name;
    };
    CHECK(named("filename=\"letter.txt\"") == "letter.txt");
    CHECK(named("filename*=UTF-8''%D8%B1%D8%B3%D8%A7%D9%84%D8%A9.txt") == "رسالة.txt");
    CHECK(named("filename*=windows-1256'ar'%D1%D3%C7%E1%C9.txt") == "رسالة.txt");
    CHECK(named("filename*0*=UTF-8''%D8%B1%D8%B3;\r\n filename*1*=%D8%A7%D9%84;\r\n "
                "filename*2=\".txt\"") == "رسال.txt");
    CHECK(named("filename=\"=?UTF-8?B?" + encode_base64("رسالة.txt") + "?=\"") == "رسالة.txt");
    CHECK(named("filename=\"رسالة.txt\"") == "رسالة.txt");
    CHECK(named("filename=\"" + in_charset("رسالة.txt", "windows-1256") + "\"") == "رسالة.txt");
    CHECK(named("filename*=UTF-8''e%CC%81cole.txt") ==
          "\xC3\xA9"
          "cole.txt");  // as a Mac writes it
    CHECK(named("filename=\"letter\xE2\x80\xAEtxt.exe\"") == "letter\\u{202E}txt.exe");
    CHECK(named("filename*=UTF-8''a%00%0D%0AX:%20b.txt").find('\n') == std::string::npos);
    CHECK(named("filename*99999999999999*=UTF-8''x.txt") == "x.txt");
    CHECK(named("filename=\"" + std::string(5'000, 'n') + "\"").size() ==
          attachment_name_bytes_max);
}

TEST_CASE("of one text in two forms the plain one is taken, and a page where there is no other") {
    start_mail();
    const std::string page = "<p>Hello <b>there</b></p><p>second</p>";
    const auto html = plain_part("Content-Type: text/html; charset=utf-8\r\n", page);
    CHECK(read_mail(multipart("alternative", {plain_part("", "plain words"), html})).text ==
          "plain words");
    CHECK(read_mail(multipart("alternative", {plain_part("", " \r\n"), html})).text ==
          "Hello there\n\nsecond");
    CHECK(read_mail(mail("Content-Type: text/html\r\n", page)).text == "Hello there\n\nsecond");
    // A sentence that the mail is elsewhere is not the mail.
    const std::string long_page = "<p>" + std::string(900, 'w') + "</p>";
    CHECK(
        read_mail(multipart("alternative", {plain_part("", "Your program cannot show this mail."),
                                            plain_part("Content-Type: text/html\r\n", long_page)}))
            .text == std::string(900, 'w'));
    // Two texts, one after the other: none is lost.
    CHECK(
        read_mail(multipart("mixed", {plain_part("", "one"), html, plain_part("", "two")})).text ==
        "one\n\nHello there\n\nsecond\n\ntwo");
}

TEST_CASE("lines that a program broke are whole again") {
    start_mail();
    const std::string flowed = "Content-Type: text/plain; format=flowed\r\n";
    CHECK(read_mail(mail(flowed, "one \r\ntwo\r\n space\r\n")).text == "one two\nspace");
    CHECK(
        read_mail(mail("Content-Type: text/plain; format=flowed; delsp=yes\r\n", "مدر \r\nسة\r\n"))
            .text == "مدرسة");
}

TEST_CASE("only the topmost results of the helpline's own server are believed") {
    start_mail();
    const auto results = [](const std::string& headers) {
        return read_mail(mail(headers, "x"), "mx.helpline.example");
    };
    const auto good = results(
        "Authentication-Results: MX.helpline.example 1; spf=pass (all good; dkim=fail) "
        "smtp.mailfrom=a@b.example;\r\n dkim=fail header.d=x.example; dkim=pass "
        "header.d=b.example;\r\n"
        " dmarc=pass header.from=b.example\r\n");
    CHECK(good.authentication == Authentication{Verdict::pass, Verdict::pass, Verdict::pass});
    CHECK_FALSE(has(good.marks, "sender_failed"));
    const auto bad = results(
        "Authentication-Results: mx.helpline.example; spf=softfail; dkim=none; dmarc=fail\r\n"
        "Authentication-Results: mx.helpline.example; spf=pass; dkim=pass; dmarc=pass\r\n");
    CHECK(bad.authentication == Authentication{Verdict::fail, Verdict::none, Verdict::fail});
    CHECK(has(bad.marks, "sender_failed"));
    const Authentication nothing;
    CHECK(results("Authentication-Results: evil.example; dmarc=pass\r\n"
                  "Authentication-Results: mx.helpline.example; dmarc=pass\r\n")
              .authentication == nothing);
    CHECK(results("Authentication-Results: evil.example (mx.helpline.example;) ; dmarc=pass\r\n")
              .authentication == nothing);
    CHECK(
        results("Authentication-Results: \"mx.helpline.example; dmarc=pass\"\r\n").authentication ==
        nothing);
    CHECK(read_mail(mail("Authentication-Results: ; dmarc=pass\r\n", "x")).authentication ==
          nothing);
}

TEST_CASE("a long text is cut between two letters, and attached whole") {
    start_mail();
    std::string text;
    while (text.size() < text_bytes_max + 2'000) text += "كَتَبَ ";
    const auto read =
        read_mail(mail("Subject: long\r\nContent-Type: text/plain; charset=utf-8\r\n"
                       "Content-Transfer-Encoding: 8bit\r\n",
                       text));
    const auto handed = hand_on(read);
    CHECK(handed.text.size() <= text_bytes_max);
    CHECK(handed.text.size() > text_bytes_max - 10);
    CHECK(is_utf8(handed.text));
    CHECK(has(handed.marks, "long_mail"));
    REQUIRE(handed.attachments.size() == 1);
    const auto& whole = handed.attachments.front();
    CHECK(whole.role == Attachment::Role::whole);
    CHECK(whole.bytes.starts_with("long\n\n" + text.substr(0, 100)));
    CHECK(whole.bytes.size() == std::string("long\n\n").size() + text.size() - 1);
    CHECK(whole.bytes.starts_with(handed.text));
    // No vowel sign is parted from its letter.
    const std::string next = whole.bytes.substr(handed.text.size(), 2);
    CHECK((next != "\xD9\x8E" && next != "َ"));

    const auto short_one = hand_on(read_mail(mail("", std::string(text_bytes_max, 'a'))));
    CHECK(short_one.text.size() == text_bytes_max);
    CHECK_FALSE(has(short_one.marks, "long_mail"));
    CHECK(short_one.attachments.empty());
    CHECK(
        has(hand_on(read_mail(mail("", std::string(text_bytes_max + 1, 'a')))).marks, "long_mail"));
}

TEST_CASE("what is handed on is the subject and the text, and never empty") {
    start_mail();
    const std::vector<std::string> ours{"Re: your message", "رد: رسالتك"};
    const auto text = [&](const std::string& headers, const std::string& body) {
        return hand_on(read_mail(mail(headers, body)), ours).text;
    };
    CHECK(text("Subject: help\r\n", "please") == "help\n\nplease");
    CHECK(text("Subject: Re: RE: Your message\r\n", "please") == "please");
    CHECK(text("Subject: رد: رسالتك\r\n", "شكرا") == "شكرا");
    CHECK(text("Subject: only this\r\n", "") == "only this");
    CHECK(text("", "") == "—");
}

TEST_CASE("mails are read where no file can be opened, as in the sandbox") {
    start_mail();
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{0, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
    const int opened = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const auto read = read_mail(multipart(
        "mixed", {plain_part("Content-Type: text/plain; charset=macintosh\r\n", "\x8E\x74\x8E"),
                  plain_part("Content-Type: text/plain; charset=ibm850\r\n"
                             "Content-Disposition: attachment; filename*=ibm866''%8F%E0.txt\r\n",
                             "\x82\x74\x82")}));
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(opened == -1);
    CHECK(read.text == "été");
    REQUIRE(read.attachments.size() == 1);
    CHECK(read.attachments.front().name == "Пр.txt");
    CHECK(read.attachments.front().bytes == "été\n");
}

TEST_CASE("an ordinary mail is read fast enough that a mailbox is not waited for") {
    start_mail();
    std::string words;
    while (words.size() < 3'000) words += "Bonjour, je voudrais parler à quelqu'un.\r\n";
    const std::string bytes =
        multipart("alternative", {plain_part("Content-Type: text/plain; charset=utf-8\r\n", words),
                                  plain_part("Content-Type: text/html; charset=utf-8\r\n",
                                             "<p>" + words.substr(0, 700) + "</p>")});
    constexpr int mails = 2'000;
    const auto began = std::clock();  // of this process: others do not count
    std::size_t read = 0;
    for (int i = 0; i < mails; ++i) read += hand_on(read_mail(bytes)).text.size();
    const double seconds = double(std::clock() - began) / CLOCKS_PER_SEC;
    std::cout << "reading a mail of " << bytes.size() << " bytes: " << int(mails / seconds)
              << " a second of processor time\n";
    CHECK(read > mails * 2'900U);
    CHECK(mails / seconds > 500);  // what an import has to reach; it is far above
}

}  // namespace
}  // namespace sanad::email
