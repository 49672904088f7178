#include "plugins/channels/email/charset.h"
#include "plugins/channels/email/mail.h"
#include "plugins/channels/email/transfer.h"
#include "tests/unit/email/mails.h"

#include <catch2/catch.hpp>

#include <ctime>

// What somebody sends who means harm, or whose program is broken: every mail is read, in a time
// that its size allows, and what can be read of it is there.
namespace sanad::email {
namespace {

using namespace test;

struct Timed {
    Mail mail;
    Handed handed;
};

// What must hold of every mail.
Timed read(const std::string& bytes) {
    start_mail();
    const auto began = std::clock();  // of this process: others do not count
    Timed timed{read_mail(bytes, "mx.helpline.example"), {}};
    timed.handed = hand_on(timed.mail);
    CHECK(std::clock() - began < 10 * CLOCKS_PER_SEC);
    const auto& handed = timed.handed;
    CHECK(!handed.text.empty());
    CHECK(handed.text.size() <= text_bytes_max);
    CHECK(is_utf8(handed.text));
    CHECK(handed.text == clean_prose(handed.text));
    CHECK(handed.marks.size() <= marks_max);
    CHECK(timed.mail.hash == sha256(bytes));
    CHECK(timed.mail.headers.size() <= Limits{}.header_lines);
    CHECK(timed.mail.attachments.size() <= Limits{}.parts + 1);
    for (const auto& file : timed.mail.attachments) {
        CHECK(file.name.size() <= attachment_name_bytes_max);
        CHECK(file.kept() == !file.media_type.empty());
        CHECK((file.kept() || !file.left_out.empty()));
    }
    return timed;
}

std::string nested(int depth, std::string_view innermost) {
    std::string bytes =
        mail("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b0\r\n", "");
    for (int i = 0; i < depth; ++i)
        bytes += "--b" + std::to_string(i) + "\r\nContent-Type: multipart/mixed; boundary=b" +
                 std::to_string(i + 1) + "\r\n\r\n";
    return bytes + "--b" + std::to_string(depth) + "\r\n\r\n" + std::string(innermost) + "\r\n";
}

TEST_CASE("a mail within the limits of depth and parts is whole, one beyond is marked") {
    CHECK(read(nested(8, "words in the middle")).handed.text == "words in the middle");
    CHECK_FALSE(has(read(nested(8, "x")).mail.marks, "damaged_mail"));
    for (const int depth : {12, 300, 3'000}) {
        const auto deep = read(nested(depth, "words in the middle"));
        INFO(depth);
        CHECK(has(deep.mail.marks, "damaged_mail"));
        std::string all = deep.handed.text;
        for (const auto& file : deep.handed.attachments) all += file.bytes;
        CHECK(all.find("words in the middle") != std::string::npos);
    }
    const auto parts = [](std::size_t count) {
        std::vector<std::string> all(count, plain_part("", "word"));
        return read(multipart("mixed", all)).mail;
    };
    CHECK_FALSE(has(parts(50).marks, "damaged_mail"));
    CHECK(has(parts(51).marks, "damaged_mail"));
    CHECK(parts(3'000).text.starts_with("word\n\nword"));
}

TEST_CASE("mails inside mails end at the limit as well") {
    std::string bytes = "From: x@y.example\r\n\r\nwords";
    for (int i = 0; i < 300; ++i)
        bytes = "From: x@y.example\r\nContent-Type: message/rfc822\r\n\r\n" + bytes;
    CHECK(has(read(bytes).mail.marks, "damaged_mail"));
}

TEST_CASE("a boundary that is missing, wrong or huge loses no word") {
    const std::string body =
        "--other\r\nContent-Type: text/plain\r\n\r\nthe words\r\n--other--\r\n";
    for (const auto& type : std::vector<std::string>{
             "multipart/mixed", "multipart/mixed; boundary=edge", "multipart/mixed; boundary=\"\"",
             "multipart/mixed; boundary",
             "multipart/mixed; boundary=" + std::string(1'000'000, 'b'), "multipart", "multipart/",
             "/", ";;;", "text", "message/rfc822", "message/partial; number=1",
             "multipart/digest; boundary=other", "multipart/signed; boundary=other",
             "multipart/encrypted; boundary=other", "application/octet-stream; boundary=other"}) {
        INFO(type.substr(0, 60));
        const auto got = read(mail("MIME-Version: 1.0\r\nContent-Type: " + type + "\r\n", body));
        std::string all = got.handed.text;
        for (const auto& file : got.handed.attachments) all += file.bytes;
        CHECK(all.find("the words") != std::string::npos);
    }
    // Cut in the middle.
    const auto whole = multipart(
        "mixed", {plain_part("", "the words"), base64_part("application/pdf", "", pdf())});
    for (std::size_t cut = 0; cut < whole.size(); cut += 5) read(whole.substr(0, cut));
    CHECK(read(whole.substr(0, whole.find("--edge--") - 40)).mail.text == "the words");
}

TEST_CASE("line ends of every kind are line ends") {
    std::string unix = mail("Subject: one\r\n", "first\r\nsecond\r\n"), mac = unix;
    std::erase(unix, '\r');
    std::erase(mac, '\n');
    for (const auto& bytes : {unix, mac}) {
        const auto got = read(bytes).mail;
        CHECK(got.subject == "one");
        CHECK(got.text == "first\nsecond");
    }
    const auto mixed = read("From: a@b.example\nSubject: x\r\rone\rtwo\nthree\r\nfour").mail;
    CHECK(mixed.subject == "x");
    CHECK(mixed.text == "one\ntwo\nthree\nfour");
}

TEST_CASE("headers that are too many, too long, broken or none leave the text readable") {
    std::string many;
    for (int i = 0; i < 10'000; ++i) many += "X-Header-" + std::to_string(i) + ": value\r\n";
    CHECK(read(mail(many, "the words")).mail.text == "the words");
    CHECK(has(read(mail(many, "the words")).mail.marks, "damaged_mail"));

    const auto big = read(mail("Subject: " + std::string(1 << 20, 's') + "\r\n", "the words"));
    CHECK(big.mail.subject.size() == 500);
    CHECK(big.mail.text == "the words");
    CHECK(has(big.mail.marks, "damaged_mail"));

    std::string recipients = "Cc: ";
    for (int i = 0; i < 10'000; ++i) recipients += "a" + std::to_string(i) + "@b.example,\r\n ";
    const auto crowd = read(mail(recipients + "z@b.example\r\n", "the words"));
    CHECK(crowd.mail.to.size() == Limits{}.recipients);
    CHECK(crowd.mail.text == "the words");

    const auto nul = read(mail(std::string("Subject: a\0b\r\n", 14), std::string("wo\0rds", 6)));
    CHECK(nul.mail.subject == "a b");
    CHECK(nul.mail.text == "words");

    for (const std::string bytes :
         {"", "\r\n", "\n\n\n", "just words", ": no name\r\n\r\nwords", "From\r\n\r\nwords",
          "From: \r\n\r\nwords", "From: <>\r\n\r\nwords", "From: @\r\n\r\nwords",
          "From: a@b@c <<<>>>\r\n\r\nwords"}) {
        INFO(bytes);
        const auto got = read(bytes);
        CHECK(got.mail.from.mailbox.empty());
        if (bytes.find("words") != std::string::npos)
            CHECK(got.handed.text.find("words") != std::string::npos);
    }
    const auto eight = read("From: \xE9\xE8 <a@b.example>\r\nSubject: \xD3\xE1\xC7\xE3\r\n\r\nx");
    CHECK(eight.mail.from.mailbox == "a@b.example");
    CHECK(is_utf8(eight.mail.from.name));
}

TEST_CASE("an address cannot smuggle another header, recipient or direction of writing") {
    const auto from = [](const std::string& value) {
        return read("From: " + value + "\r\n\r\nx").mail.from;
    };
    CHECK(from("\"a\\\" <evil@x.example>\" <good@y.example>").mailbox == "good@y.example");
    CHECK(from("=?utf-8?q?a=40evil.example=2C?= <good@y.example>").mailbox == "good@y.example");
    CHECK(from("good@y.example (evil@x.example)").mailbox == "good@y.example");
    CHECK(from("<good@y.example>, <evil@x.example>").mailbox == "good@y.example");
    CHECK(from("\"x\\\r\n Bcc: evil@x.example\" <good@y.example>").name.find('\n') ==
          std::string::npos);
    CHECK(from("=?utf-8?q?a=0D=0ABcc=3A_evil?= <good@y.example>").name == "a  Bcc: evil");
    CHECK(from("\"a\xE2\x80\xAE moc\" <good@y.example>").name == "a\\u{202E} moc");
    CHECK(from("Group: one@y.example, two@y.example;").mailbox == "one@y.example");
    for (const auto* bad : {"a b@c", "<a@b\tc>", "<\"a b\"@c.example>", "<a@>", "<@b.example>",
                            "<a@b.example.>", "<-x@b.example>", "<a@b,c>"}) {
        const auto got = from(bad).mailbox;
        INFO(bad << " -> " << got);
        CHECK(got.find_first_of(" \t\",<>") == std::string::npos);
    }
    CHECK(from("<" + std::string(300, 'a') + "@b.example>").mailbox.empty());
}

TEST_CASE("encodings that are broken give what can be read of them") {
    const auto text = [](const std::string& encoding, const std::string& body) {
        return read(mail("Content-Type: text/plain; charset=utf-8\r\n"
                         "Content-Transfer-Encoding: " +
                             encoding + "\r\n",
                         body))
            .mail.text;
    };
    const std::string coded = encode_base64("the words are here, and more of them");
    CHECK(text("base64", coded.substr(0, coded.size() - 3)).starts_with("the words are here"));
    CHECK(text("base64", coded.substr(0, 20) + "!?*\r\n\r\n" + coded.substr(20))
              .starts_with("the words"));
    CHECK(text("quoted-printable", "the =wo=ZZrds=").starts_with("the "));
    CHECK(text("no-such-encoding", "the words") == "the words");
    CHECK(text("base64", "") == "");
    // The beginning of a letter at the end.
    const auto cut = read(mail("Content-Type: text/plain; charset=utf-8\r\n", "مدرس\xD8"));
    CHECK(cut.mail.text.starts_with("مدرس"));
    CHECK(has(cut.mail.marks, "damaged_mail"));
}

TEST_CASE("a signed blob, a TNEF file and a program are left out, and the text stays") {
    const std::string der = "\x30\x82\x05\x10\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0\x82";
    const std::string tnef = "\x78\x9F\x3E\x22\x01\x00\x01\x90\x08";
    for (const auto& [type, bytes] : std::vector<std::pair<std::string, std::string>>{
             {"application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", der},
             {"application/ms-tnef; name=winmail.dat", tnef},
             {"application/x-msdownload; name=letter.pdf.exe", "MZ\x90\x01\x02"}}) {
        INFO(type);
        const auto got =
            read(multipart("mixed", {plain_part("", "the words"), base64_part(type, "", bytes)}));
        CHECK(got.mail.text == "the words");
        CHECK(has(got.mail.marks, "file_left_out"));
        REQUIRE(got.mail.attachments.size() == 1);
        CHECK_FALSE(got.mail.attachments.front().kept());
    }
    const auto alone =
        read(mail("Content-Type: application/pkcs7-mime; name=smime.p7m\r\n"
                  "Content-Transfer-Encoding: base64\r\n",
                  encode_base64(der)));
    CHECK(has(alone.mail.marks, "file_left_out"));
    const auto with_signature =
        read(multipart("signed", {plain_part("", "the words"),
                                  base64_part("application/pkcs7-signature", "", der)}));
    CHECK(with_signature.mail.attachments.empty());
    CHECK(with_signature.mail.marks.empty());
}

TEST_CASE("a mail that is larger than the limit is read up to it") {
    start_mail();
    Limits limits;
    limits.mail_bytes = 300;
    const std::string bytes = mail("", std::string(1'000, 'a'));
    const auto got = read_mail(bytes, {}, limits);
    CHECK(has(got.marks, "damaged_mail"));
    CHECK(got.text.size() > 100);
    CHECK(got.hash == sha256(bytes));
    limits.mail_bytes = bytes.size();
    CHECK_FALSE(has(read_mail(bytes, {}, limits).marks, "damaged_mail"));
}

TEST_CASE("a large mail costs no more than its size, however it is made") {
    constexpr std::size_t size = 5U << 20;
    const auto full = [](const std::string& piece) {
        std::string body;
        while (body.size() < size) body += piece;
        return body;
    };
    read(mail("", full("words and more words\r\n")));
    read(mail("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n",
              full("--b\r\n\r\n")));
    read(
        mail("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n", full("--\r\n")));
    read(nested(1'000, full("--\r\n")));
    read(mail("Content-Type: text/html\r\n", full("<div><a href=x>")));
    read(mail("Content-Type: text/plain; charset=windows-1256\r\n", full("\xC7\xE1 \xE6\r\n")));
    read(mail("", full("> ")));
    read(mail("", full("> a\r\n")));
    read(mail("", full("On 1 wrote\r\n")));
    read(mail("", full("\r\n")));
    read(full("A: b\r\n"));
    read(full("A: b\r\n ") + "\r\n\r\nx");
}

}  // namespace
}  // namespace sanad::email
