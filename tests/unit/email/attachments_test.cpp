#include "plugins/channels/email/attachments.h"
#include "plugins/channels/email/mail.h"
#include "plugins/channels/email/packed.h"
#include "plugins/channels/email/transfer.h"
#include "tests/unit/email/mails.h"

#include <catch2/catch.hpp>

#include <ctime>

namespace sanad::email {
namespace {

using namespace test;
using namespace std::string_literals;

const std::string filler = "\x01\x02\xFE\xFF\x80 and so on"s;

TEST_CASE("pictures, films, sound, archives and programs are known by their first bytes") {
    struct Case {
        std::string bytes;
        Content content;
    };
    for (const auto& [bytes, content] :
         std::vector<Case>{{"\xFF\xD8\xFF\xE0", Content::image},
                           {"\x89PNG\r\n", Content::image},
                           {"GIF89a", Content::image},
                           {"RIFF\4\0\0\0WEBP"s, Content::image},
                           {"\0\0\0\x18"
                            "ftypheic"s,
                            Content::image},
                           {"\0\0\0\x18"
                            "ftypavif"s,
                            Content::image},
                           {"\0\0\0\x18"
                            "ftypmif1"s,
                            Content::image},
                           {"BM\x36\0\0\0"s, Content::image},
                           {"II*\0"s, Content::image},
                           {"MM\0*"s, Content::image},
                           {"\0\0\1\0"s, Content::image},
                           {"8BPS", Content::image},
                           {"\0\0\0\x0CJXL "s, Content::image},
                           {"\0\0\0\x20"
                            "ftypisom"s,
                            Content::video},
                           {"\0\0\0\x14"
                            "ftypqt  "s,
                            Content::video},
                           {"\x1A\x45\xDF\xA3", Content::video},
                           {"RIFF\4\0\0\0AVI "s, Content::video},
                           {"\0\0\1\xBA"s, Content::video},
                           {"FLV\1"s, Content::video},
                           {"OggS", Content::video},
                           {"\0\0\0\x14"
                            "ftyp3gp4"s,
                            Content::video},
                           {"\x30\x26\xB2\x75", Content::video},
                           {"\0\0\0\x1C"
                            "ftypM4A "s,
                            Content::audio},
                           {"ID3\3"s, Content::audio},
                           {"RIFF\4\0\0\0WAVE"s, Content::audio},
                           {"#!AMR\n", Content::audio},
                           {"\xFF\xFB\x90", Content::audio},
                           {"PK\3\4"s, Content::zip},
                           {"Rar!\x1A\7"s, Content::archive},
                           {"7z\xBC\xAF\x27\x1C", Content::archive},
                           {"\x1F\x8B\x08", Content::archive},
                           {"BZh9", Content::archive},
                           {"\xFD\x37zXZ"s, Content::archive},
                           {"MSCF", Content::archive},
                           {"MZ\x90", Content::program},
                           {"\x7F"
                            "ELF",
                            Content::program},
                           {"{\\rtf1", Content::old_document},
                           {"\xD0\xCF\x11\xE0", Content::old_document},
                           {"%PDF-1.7", Content::pdf},
                           {filler, Content::unknown}}) {
        INFO(int(content) << " " << bytes.size());
        CHECK(content_of(bytes + filler) == content);
        const auto file = judge("letter.pdf", bytes + filler);
        CHECK_FALSE(file.kept());
        CHECK_FALSE(file.left_out.empty());
        CHECK(file.size == bytes.size() + filler.size());
        CHECK(file.hash == sha256(bytes + filler));
        const bool seen = content == Content::image || content == Content::video;
        if (seen) CHECK(file.left_out == "image_left_out");
    }
    CHECK(content_of("<?xml version=\"1.0\"?>\n<svg xmlns='x'></svg>") == Content::image);
    CHECK(content_of("") == Content::unknown);
    CHECK(content_of(std::string(257, 'a') + "ustar") == Content::archive);
}

TEST_CASE("words that begin like a picture are words") {
    for (const std::string text : {"BMW is a car", "GIF89 was a format", "MZ", "ID3 tags", "BZh",
                                   "CWS and FWS", "wide", "رسالة", "a"}) {
        INFO(text);
        const auto file = judge("a.txt", text);
        CHECK(file.bytes == text);
        CHECK(file.media_type == "text/plain");
        CHECK(file.left_out.empty());
    }
}

TEST_CASE("a text is kept in UTF-8, whatever charset it came in") {
    const std::string text = "هذه رسالة من المدرسة إلى أمي، كتبتها أنا.";
    CHECK(judge("a", in_charset(text, "windows-1256"), "windows-1256").bytes == text);
    CHECK(judge("a", in_charset(text, "windows-1256"), "").bytes == text);
    CHECK(judge("a", in_charset(text, "utf-16"), "").bytes == text);
    CHECK(judge("a", "one\r\ntwo\r\n", "us-ascii").bytes == "one\ntwo\n");
}

TEST_CASE("of a DOCX and an ODT the words are kept, and of the file itself nothing") {
    const auto plain = judge("report.docx", docx("It began in May &amp; goes on"));
    CHECK(plain.bytes == "It began in May & goes on\n");
    CHECK(plain.name == "report.docx.txt");
    CHECK(plain.media_type == "text/plain");
    CHECK(plain.kind == "word");
    CHECK(plain.left_out.empty());

    std::string long_name;
    while (long_name.size() < 199) long_name += "ب";
    const auto named = judge(long_name + ".docx", docx("x")).name;
    CHECK(named.size() <= attachment_name_bytes_max);
    CHECK(named.ends_with("ب.txt"));  // cut between letters

    const auto with_picture =
        judge("report.docx", docx("See the picture", {{"word/media/image1.png", picture()}}));
    CHECK(with_picture.bytes == "See the picture\n");
    CHECK(with_picture.left_out == "image_left_out");

    const std::string xml =
        "<office:document-content><office:body><text:h>Title</text:h><text:p>One<text:tab/>two"
        "<text:line-break/>three</text:p><text:p>four<draw:frame><office:binary-data>" +
        encode_base64(picture()) +
        "</office:binary-data></draw:frame></text:p></office:body></office:document-content>";
    const auto odt = judge("a.odt", zip({{"mimetype", "application/vnd.oasis.opendocument.text"},
                                         {"content.xml", xml},
                                         {"Thumbnails/thumbnail.png", picture()}}));
    CHECK(odt.bytes == "Title\nOne\ttwo\nthree\nfour\n");
    CHECK(odt.left_out.empty());
    CHECK(odt.kind == "open_document");
}

TEST_CASE("another archive is left out, and a bomb costs no more than the limit") {
    CHECK(judge("a.zip", zip({{"a.txt", "words"}})).left_out == "file_left_out");
    CHECK(judge("a.zip", zip({{"pic.png", picture()}})).left_out == "file_left_out");
    const auto bomb = docx("x", {});
    const std::string big(unpacked_bytes_max + 1, 'a');
    const auto began = std::clock();
    CHECK(judge("a.docx", zip({{"word/document.xml", big}})).left_out == "file_left_out");
    CHECK(judge("a.pdf", pdf("5 0 obj\n<</Filter/FlateDecode>>\nstream\n" + deflated(big) +
                             "\nendstream\nendobj\n"))
              .left_out == "file_left_out");
    CHECK(std::clock() - began < 10 * CLOCKS_PER_SEC);
    for (std::size_t cut = 0; cut < bomb.size(); cut += 3) {
        INFO(cut);
        judge("a.docx", bomb.substr(0, cut));
        judge("a.docx", bomb.substr(cut));
    }
    std::string locked = docx("x");
    locked[locked.find("PK\1\2") + 8] = 1;
    CHECK(judge("a.docx", locked).left_out == "file_left_out");
}

TEST_CASE("a PDF of words is kept, one with a picture, a script or a lock is not") {
    const auto kept = judge("letter.pdf", pdf());
    CHECK(kept.bytes == pdf());
    CHECK(kept.media_type == "application/pdf");
    const auto with = [](const std::string& object) {
        return judge("letter.pdf", pdf("5 0 obj\n" + object + "\nendobj\n"));
    };
    for (const auto* object :
         {"<</Type/XObject/Subtype/Image/Width 8>>\nstream\nabc\nendstream",
          "<</Subtype /Im#61ge>>\nstream\nabc\nendstream",
          "<</Filter[/DCTDecode]>>\nstream\nabc\nendstream", "<</Filter/JPXDecode>>"}) {
        INFO(object);
        CHECK(with(object).left_out == "image_left_out");
        CHECK_FALSE(with(object).kept());
    }
    const std::string inlined = "q BI /W 8 /H 8 /BPC 8 ID abcdefgh EI Q";
    CHECK(with("<<>>\nstream\n" + inlined + "\nendstream").left_out == "image_left_out");
    CHECK(
        with("<</Filter/FlateDecode>>\nstream\r\n" + deflated(inlined) + "\nendstream").left_out ==
        "image_left_out");
    for (const auto* object :
         {"<</S/JavaScript/JS(app.alert)>>", "<</Type/EmbeddedFile>>", "<</S/Launch/F(x)>>",
          "<</Encrypt 6 0 R>>", "<</Filter/LZWDecode>>", "<</XFA 6 0 R>>"}) {
        INFO(object);
        CHECK(with(object).left_out == "file_left_out");
    }
    CHECK(with("<</Type/ObjStm/Filter/FlateDecode>>\nstream\n" + deflated("<</S/JavaScript>>") +
               "\nendstream")
              .left_out == "file_left_out");
    CHECK(with("(An image of the school)").kept());
    CHECK(with("<</ImageMagick 1>>").kept());
}

TEST_CASE("of an image nothing stays in what is handed on, by whatever way it comes") {
    start_mail();
    const std::string bytes = picture();
    const std::string coded = encode_base64(bytes);
    std::string lines;
    for (std::size_t at = 0; at < coded.size(); at += 76) lines += coded.substr(at, 76) + "\r\n";
    const std::string forwarded =
        multipart("mixed", {plain_part("", "look"), base64_part("image/png", "", bytes)});
    for (const auto& mail_bytes :
         {multipart("mixed", {plain_part("", "look"), base64_part("image/png", "", bytes)}),
          multipart("mixed", {plain_part("", "look"), base64_part("application/pdf", "", bytes)}),
          multipart("mixed", {plain_part("", "look"), base64_part("text/plain", "", bytes)}),
          multipart("related", {plain_part("Content-Type: text/html\r\n", "<p>look"),
                                base64_part("image/png", "Content-ID: <a>\r\n", bytes)}),
          multipart("mixed", {plain_part("", "look"),
                              plain_part("Content-Type: message/rfc822\r\n", forwarded)}),
          mail("Content-Type: multipart/mixed\r\n", "look\r\n\r\n" + lines),
          mail("", "look\r\n\r\n" + lines),
          mail("Content-Type: text/html\r\n",
               "<p>look <img src=\"data:image/png;base64," + coded + "\">"),
          mail("", "look data:image/png;base64," + coded),
          multipart("mixed",
                    {plain_part("", "look"),
                     plain_part("Content-Disposition: attachment; filename=a.txt\r\n", lines)}),
          multipart("mixed", {plain_part("", "look"),
                              base64_part("application/msword", "",
                                          docx("x", {{"word/media/a.png", bytes}}))})}) {
        const auto read = read_mail(mail_bytes);
        const auto handed = hand_on(read);
        INFO(mail_bytes.substr(0, 300));
        CHECK(handed.text.find("look") != std::string::npos);
        std::string all = handed.text + read.quoted;
        for (const auto& file : handed.attachments) all += '\n' + file.bytes;
        for (std::size_t at = 8; at + 16 < bytes.size(); at += 16)
            REQUIRE(all.find(bytes.substr(at, 16)) == std::string::npos);
        for (std::size_t at = 0; at + 40 < coded.size(); at += 40)
            REQUIRE(all.find(coded.substr(at, 40)) == std::string::npos);
        const bool page = mail_bytes.find("<img src") != std::string::npos;
        if (!page) CHECK((has(read.marks, "image_left_out") || has(read.marks, "file_left_out")));
    }
}

TEST_CASE("what a child types is never taken for encoded bytes") {
    for (const std::string& text :
         {std::string(2'000, 'a'), "help me " + std::string(600, '!'), std::string(900, '7'),
          [] {
              std::string lines;
              for (int i = 0; i < 300; ++i) lines += "word" + std::to_string(i) + "\nOther\n";
              return lines;
          }(),
          [] {
              std::string mash;
              for (int i = 0; i < 900; ++i) mash += "asdfghjklqwert"[i * 7 % 14];
              return mash;
          }()}) {
        const auto cleaned = without_encoded(text);
        CHECK_FALSE(cleaned.changed);
        CHECK(cleaned.text == text);
    }
    const std::string run = encode_base64(picture());
    CHECK_FALSE(without_encoded(run.substr(8, encoded_run_max - 1)).changed);
    CHECK(without_encoded("see: " + run.substr(8, encoded_run_max)).text == "see: […]");
}

TEST_CASE("a part that says it is an image is told as one, even when nothing of it can be read") {
    start_mail();
    const auto read = read_mail(multipart(
        "mixed", {plain_part("", "x"), plain_part("Content-Type: image/jpeg; name=a.jpg\r\n"
                                                  "Content-Transfer-Encoding: base64\r\n",
                                                  "!!!!")}));
    CHECK(has(read.marks, "image_left_out"));
    REQUIRE(read.attachments.size() == 1);
    CHECK_FALSE(read.attachments.front().kept());
}

TEST_CASE("an attached mail becomes a text") {
    start_mail();
    const auto read = read_mail(multipart(
        "mixed", {plain_part("", "He wrote this"),
                  plain_part("Content-Type: message/rfc822\r\n",
                             "From: Somebody <x@y.example>\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\n"
                             "Content-Type: text/plain; charset=utf-8\r\n\r\nGive me money.")}));
    CHECK(read.text == "He wrote this");
    REQUIRE(read.attachments.size() == 1);
    const auto& file = read.attachments.front();
    CHECK(file.bytes.find("Somebody <x@y.example>") != std::string::npos);
    CHECK(file.bytes.find("café") != std::string::npos);
    CHECK(file.bytes.find("Give me money.") != std::string::npos);
    CHECK(file.media_type == "text/plain");
}

}  // namespace
}  // namespace sanad::email
