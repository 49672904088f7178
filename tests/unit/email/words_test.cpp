#include "plugins/channels/email/html.h"
#include "plugins/channels/email/mail.h"
#include "plugins/channels/email/quoting.h"
#include "tests/unit/email/mails.h"

#include <catch2/catch.hpp>

#include <ctime>

namespace sanad::email {
namespace {

using namespace test;

TEST_CASE("a page becomes the words that a reader would see") {
    CHECK(text_of_html("<p>One</p>\n<p>Two&nbsp;&amp; three<br>four</p>") ==
          "One\n\nTwo & three\nfour");
    CHECK(text_of_html("<div>a<div>b</div></div>c") == "a\nb\nc");
    CHECK(text_of_html("<ul><li>first</li><li><p>second</p></li></ul>") == "- first\n- second");
    CHECK(
        text_of_html("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>") ==
        "a | b\nc | d");
    CHECK(text_of_html("<pre>a\n  b</pre>") == "a\n  b");
    CHECK(text_of_html("&eacute;&#233;&#xE9;&unknown;&#1587;&") == "ééé&unknown;س&");
    CHECK(text_of_html("a < b and 1 <2") == "a < b and 1 <2");
    CHECK(text_of_html("<head><title>x</title><body>shown") == "shown");
    CHECK(text_of_html("<p dir=rtl>مرحبا <b>بكم</b></p>") == "مرحبا بكم");
    CHECK(text_of_html("") == "");
}

TEST_CASE("a link is shown as its address, and nothing is fetched or run") {
    CHECK(text_of_html("<a href=\"https://a.example/x\">here</a>") == "here <https://a.example/x>");
    CHECK(text_of_html("<a href='https://a.example/x'>https://a.example/x</a>") ==
          "https://a.example/x");
    CHECK(text_of_html("<a href=https://a.example><img src=https://t.example/p.gif></a>") ==
          "<https://a.example>");
    CHECK(text_of_html("<a href=\"mailto:a@b.example\">write</a>") == "write <a@b.example>");
    CHECK(text_of_html("<a href=\"javascript:alert(1)\">press</a>") == "press");
    CHECK(text_of_html("<a href=\"https://bank.example\">https://other.example</a>") ==
          "https://other.example <https://bank.example>");
    const auto hostile = text_of_html(
        "<style>p{background:url(https://t.example)}</style><script>fetch('https://t.example')"
        "</script><iframe src=https://t.example>x</iframe><object data=https://t.example>y</object>"
        "<img src=\"https://t.example/open.gif?id=7\" width=1 height=1><svg><text>z</text></svg>"
        "<link rel=stylesheet href=https://t.example><p "
        "onclick=\"x('https://t.example')\">words</p>");
    CHECK(hostile == "words");
    CHECK(text_of_html("<img src=x alt=\"a cat\">") == "[a cat]");
}

TEST_CASE("what is hidden in a page is not shown, and what is not hidden is") {
    for (const auto* style :
         {"display:none", "DISPLAY : none;color:red", "visibility:hidden", "font-size:0",
          "font-size:0px", "max-height:0;overflow:hidden", "opacity:0", "mso-hide:all"}) {
        INFO(style);
        CHECK(text_of_html("a<span style=\"" + std::string(style) + "\">secret</span>b") == "ab");
    }
    CHECK(text_of_html("a<span hidden>secret</span>b<!-- secret -->c") == "abc");
    for (const auto* style :
         {"display:block", "font-size:0.9em", "opacity:0.8", "max-height:05px"}) {
        INFO(style);
        CHECK(text_of_html("a<span style='" + std::string(style) + "'>shown</span>b") == "ashownb");
    }
    CHECK(text_of_html("<div style=display:none><div>x</div>y</div>z") == "z");
}

TEST_CASE("a hostile page costs no more than its size") {
    const auto began = std::clock();
    for (const auto* piece : {"<div>", "<a href=x>", "</b>", "<", "&", "<!--", "&#", "<table><td>",
                              "<blockquote>", "> > ", "a ", "<p style=\"", "<pre>\n", "<script>"}) {
        std::string page;
        while (page.size() < 1'000'000) page += piece;
        text_of_html(page);
    }
    CHECK(std::clock() - began < 10 * CLOCKS_PER_SEC);
}

TEST_CASE("the message that somebody answers to is folded, in the ways that programs quote") {
    struct Case {
        std::string text, fresh;
    };
    const std::string quote = "> Hello,\n> how are you?\n";
    for (const auto& [text, fresh] : std::vector<Case>{
             {"Fine.\n\nOn Tue, 1 Dec 2026 at 10:00, Helpline <help@helpline.example> wrote:\n" +
                  quote,
              "Fine."},
             {"Fine.\n\nOn Tue, 1 Dec 2026 at 10:00, Helpline\n<help@helpline.example> wrote:\n\n" +
                  quote,
              "Fine."},
             {"Ça va.\n\nLe mar. 1 déc. 2026 à 10:00, Écoute <help@helpline.example> a écrit :\n" +
                  quote,
              "Ça va."},
             {"Ça va.\n\nLe 1 déc. 2026 à 10:00, Écoute a écrit\u00A0:\n" + quote, "Ça va."},
             {"بخير.\n\nفي الثلاثاء، 1 ديسمبر 2026 في 10:00، كتب خط المساعدة "
              "<help@helpline.example>:\n" +
                  quote,
              "بخير."},
             {"بخير.\n\n\u200Fفي ثلاثاء، ١ ديسمبر ٢٠٢٦ كتب خط المساعدة\u200F:\n" + quote, "بخير."},
             {"Fine.\n" + quote, "Fine."},
             {"Fine.\n\n-----Original Message-----\nFrom: Helpline\nHello", "Fine."},
             {"Ça va.\n\n-----Message d'origine-----\nDe : Écoute\nBonjour", "Ça va."},
             {"Fine.\n\n________________________________\nFrom: Helpline <help@helpline.example>\n"
              "Sent: Tuesday\nTo: Sami\nSubject: your message\n\nHello",
              "Fine."},
             {"Ça va.\n\nDe : Écoute\nEnvoyé : mardi\nÀ : Sami\nObjet : ton message\n\nBonjour",
              "Ça va."},
             {"بخير\n\nمن: خط المساعدة\nتم الإرسال: الثلاثاء\nإلى: سامي\nالموضوع: رسالتك\n\nمرحبا",
              "بخير"},
             {"On Tue, 1 Dec 2026, Helpline wrote:\n" + quote + "\nI answer below.",
              "I answer below."}}) {
        INFO(text);
        const auto folded = fold_quotes(text);
        CHECK(folded.fresh == fresh);
        bool held = false;
        for (const auto* word : {"Hello", "Bonjour", "مرحبا"})
            held = held || folded.quoted.find(word) != std::string::npos;
        CHECK(held);
    }
}

TEST_CASE("no line is lost by folding, and in doubt nothing is folded") {
    const std::string attribution = "On Tue, 1 Dec 2026 at 10:00, Helpline wrote:\n";
    for (const std::string whole :
         {"> a question?\nyes\n> another?\nno\n", "> only a quote\n> of two lines",
          "---------- Forwarded message ---------\nFrom: Someone <x@y.example>\nDate: today\n"
          "Subject: you\nTo: Sami\n\nI will hurt you",
          "My sister wrote:\nI am sad.", "He said on 3 December:\nnothing\n",
          "First I write.\n> and I quote\nand I go on\n", "", "\n\n", "---- \nnot a quote"}) {
        INFO(whole);
        CHECK(trim(fold_quotes(whole).fresh) == trim(whole));
        CHECK(fold_quotes(whole).quoted.empty());
    }
    // Every line of what comes in is in one of the two.
    const std::string text = "one\n\ntwo\n\n" + attribution + "> three\n>\n> four\n\n";
    const auto folded = fold_quotes(text);
    for (const auto* line : {"one", "two"}) CHECK(folded.fresh.find(line) != std::string::npos);
    for (const auto* line : {"Helpline wrote:", "> three", "> four"})
        CHECK(folded.quoted.find(line) != std::string::npos);
}

TEST_CASE("a counsellor still gets what was quoted") {
    start_mail();
    const auto read = read_mail(mail("",
                                     "Yes.\r\n\r\nOn Tue, 1 Dec 2026, Helpline wrote:\r\n"
                                     "> Would you like to talk?\r\n"));
    CHECK(read.text == "Yes.");
    const auto handed = hand_on(read);
    CHECK(handed.text == "Yes.");
    REQUIRE(handed.attachments.size() == 1);
    CHECK(handed.attachments.front().role == Attachment::Role::earlier);
    CHECK(handed.attachments.front().bytes ==
          "On Tue, 1 Dec 2026, Helpline wrote:\n> Would you like to talk?");
}

TEST_CASE("a page that quotes folds as a text does") {
    start_mail();
    const auto read = read_mail(mail(
        "Content-Type: text/html; charset=utf-8\r\n",
        "<div>Yes please</div><div class=gmail_quote><div dir=ltr>On Tue, 1 Dec 2026 at 10:00, "
        "Helpline &lt;<a href=\"mailto:help@helpline.example\">help@helpline.example</a>&gt; "
        "wrote:<br></div><blockquote><p>Would you like</p><p>to talk?</p></blockquote></div>"));
    CHECK(read.text == "Yes please");
    CHECK(read.quoted.find("> to talk?") != std::string::npos);
}

}  // namespace
}  // namespace sanad::email
