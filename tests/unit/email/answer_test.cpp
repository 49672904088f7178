#include "plugins/channels/email/answer.h"
#include "plugins/channels/email/compose.h"
#include "plugins/channels/email/language.h"
#include "plugins/channels/email/spam.h"
#include "tests/unit/email/mails.h"

#include <catch2/catch.hpp>

namespace sanad::email {
namespace {

using namespace test;

const OwnAddress own{"help", "helpline.example"};

std::optional<NoAnswer> why(const std::string& bytes, const AnswerState& state = {},
                            bool set_aside = false) {
    start_mail();
    return why_no_answer(read_mail(bytes, "mx.helpline.example"), own, state, set_aside);
}

TEST_CASE("a person's first mail is answered") {
    CHECK_FALSE(why(mail("", "hello")));
    CHECK_FALSE(
        why(mail("Auto-Submitted: no\r\nReturn-Path: <sami@outside.example>\r\n", "hello")));
    CHECK_FALSE(
        why(mail("X-Auto-Response-Suppress: None\r\nPrecedence: first-class\r\n", "hello")));
}

TEST_CASE("what no person wrote gets no answer") {
    using enum NoAnswer;
    struct Case {
        std::string headers;
        NoAnswer why;
    };
    for (const auto& [headers, reason] : std::vector<Case>{
             {"Return-Path: <>\r\n", no_sender},
             {"Auto-Submitted: auto-replied\r\n", automatic},
             {"Auto-Submitted: AUTO-GENERATED; x\r\n", automatic},
             {"Auto-Submitted: auto-notified (no)\r\n", automatic},
             {"X-Autoreply: yes\r\n", automatic},
             {"Precedence: bulk\r\n", automatic},
             {"Precedence: Junk\r\n", automatic},
             {"Precedence: list\r\n", automatic},
             {"Precedence: auto_reply\r\n", automatic},
             {"X-Auto-Response-Suppress: OOF, AutoReply\r\n", automatic},
             {"X-Auto-Response-Suppress: All\r\n", automatic},
             {"List-Id: <x.example>\r\n", list},
             {"List-Unsubscribe: <https://x.example>\r\n", list},
             {"Return-Path: <news-bounces@outside.example>\r\n", role_account},
             {"Return-Path: <help+abc@helpline.example>\r\n", own_address},
             {"X-Failed-Recipients: a@b.example\r\n", report},
             {"Authentication-Results: mx.helpline.example; dmarc=fail\r\n", forged}}) {
        INFO(headers);
        CHECK(why(mail(headers, "x")) == reason);
    }
    for (const auto& [from, reason] : std::vector<std::pair<std::string, NoAnswer>>{
             {"", no_sender},
             {"not an address", no_sender},
             {"<>", no_sender},
             {"MAILER-DAEMON@x.example", report},
             {"postmaster@x.example", role_account},
             {"No-Reply@shop.example", role_account},
             {"noreply+7@shop.example", role_account},
             {"x-request@lists.example", role_account},
             {"owner-x@lists.example", role_account},
             {"help@helpline.example", own_address},
             {"HELP+abc@Helpline.Example", own_address}}) {
        INFO(from);
        CHECK(why("From: " + from + "\r\nSubject: x\r\n\r\nx") == reason);
    }
}

TEST_CASE("a mail that went in circles is not answered, nor one too many in a day or an hour") {
    std::string hops;
    for (std::size_t i = 0; i < received_max; ++i) hops += "Received: from x by y; today\r\n";
    CHECK_FALSE(why(mail(hops, "x")));
    CHECK(why(mail(hops + "Received: from x by y; today\r\n", "x")) == NoAnswer::loop);
    CHECK(why(mail("", "x"), {.answered_within_a_day = true}) == NoAnswer::answered);
    CHECK_FALSE(why(mail("", "x"), {.answers_this_hour = 199}));
    CHECK(why(mail("", "x"), {.answers_this_hour = 200}) == NoAnswer::hour_is_full);
    CHECK(why(mail("", "x"), {}, true) == NoAnswer::suspected);
    CHECK(name(NoAnswer::suspected) == "suspected");
    CHECK(name(NoAnswer::forged) == "forged");
}

Helpline helpline() {
    return {{"خط المساعدة", "Ligne d’aide", "Helpline"},
            {"نقرأ من 9 إلى 17.", "Nous lisons de 9 h à 17 h.", "We read from 9 to 5."},
            {"حدود", "limites", "limits"},
            {{"+212 600 000 001", {"الطوارئ", "Urgences", "Emergencies"}}},
            {"ar", "fr", "en"}};
}

TEST_CASE("the answer is in the writer's language, names whom to call, and quotes nothing") {
    for (const auto& [language, words] :
         std::vector<std::pair<std::string, std::vector<std::string>>>{
             {"ar",
              {"وصلتنا رسالتك", "+212 600 000 001", "الطوارئ", "خط المساعدة", "نقرأ من", "حدود"}},
             {"fr",
              {"bien arrivé", "+212 600 000 001", "Urgences", "Ligne d’aide", "9 h", "limites"}},
             {"en",
              {"has reached us", "+212 600 000 001", "Emergencies", "Helpline", "9 to 5",
               "limits"}}}) {
        const auto text = answer_text(language, helpline(), {});
        for (const auto& word : words) {
            INFO(word);
            CHECK(text.find(word) != std::string::npos);
        }
        const auto& texts = answer_texts();
        CHECK(text.find(texts.image.in(language)) == std::string::npos);
        CHECK(
            answer_text(language, helpline(), {"image_left_out"}).find(texts.image.in(language)) !=
            std::string::npos);
        CHECK(answer_text(language, helpline(), {"file_left_out"}).find(texts.file.in(language)) !=
              std::string::npos);
    }
    auto none = helpline();
    none.numbers.clear();
    none.opening = {};
    CHECK(answer_text("en", none, {}).find("You can call") == std::string::npos);
}

TEST_CASE("the answer is marked as one that nobody wrote, so that no other machine answers it") {
    start_mail();
    Outgoing out{own,
                 "",
                 "sami@outside.example",
                 std::string(16, 'a'),
                 std::string(16, 'r'),
                 0,
                 "fr",
                 answer_text("fr", helpline(), {}),
                 "<one@outside.example>",
                 {},
                 true};
    const auto sent = compose(out);
    CHECK(sent.envelope_sender.empty());
    const auto back = read_mail(sent.bytes);
    CHECK(value_of(back.headers, "auto-submitted") == "auto-replied");
    CHECK(value_of(back.headers, "precedence") == "auto_reply");
    CHECK(back.in_reply_to == std::vector<std::string>{"<one@outside.example>"});
    CHECK(back.subject == "Re: ton message");
    CHECK(why(sent.bytes) == NoAnswer::automatic);
}

TEST_CASE("a language is told where it can be, and not guessed where it cannot") {
    struct Case {
        const char *text, *language;
    };
    for (const auto& [text, language] :
         std::vector<Case>{{"السلام عليكم، أريد أن أتحدث مع أحد", "ar"},
                           {"شي واحد كيهددني ف facebook وبغا الفلوس", "ar"},
                           {"Bonjour, je suis en sixième et je ne dors pas bien", "fr"},
                           {"J'ai peur d'aller au collège, qu'est-ce que je peux faire ?", "fr"},
                           {"Hello, I have a question about the school and my friend", "en"},
                           {"salam ana bghit nhder m3a chi wa7ed", "ary-Latn"},
                           {"3afak wach kayn chi 7ed, kan 3ndi mochkil f lycee", "ary-Latn"},
                           {"ⴰⵣⵓⵍ ⵔⵉⵖ ⴰⴷ ⵙⴰⵡⵍⵖ", "zgh-Tfng"},
                           {"ok", ""},
                           {"", ""},
                           {"12345 67890", ""},
                           {"Xyzzy plugh qwerty", ""}}) {
        INFO(text);
        CHECK(language_of(text) == language);
    }
    CHECK(answer_language("salam ana bghit nhder m3a chi wa7ed", helpline()) == "ar");
    CHECK(answer_language("", helpline()) == "ar");
    auto french_first = helpline();
    french_first.languages = {"zgh-Tfng", "fr", "ar"};
    CHECK(answer_language("ok", french_first) == "fr");
    CHECK(answer_language("ⴰⵣⵓⵍ ⵔⵉⵖ ⴰⴷ ⵙⴰⵡⵍⵖ", french_first) == "fr");
}

TEST_CASE("who was answered is remembered without their address") {
    const std::string key(key_bytes, 'k');
    const auto hash = sender_hash(key, "Sami@Outside.example");
    CHECK(hash.size() == 32);
    CHECK(hash == sender_hash(key, "sami@outside.example"));
    CHECK(hash != sender_hash(std::string(key_bytes, 'l'), "sami@outside.example"));
    CHECK(hash != sender_hash(key, "sami@outside.examplE.org"));
    CHECK(hash.find("sami") == std::string::npos);
}

TEST_CASE("what the server calls spam is set aside, and a header that says no frees nothing") {
    start_mail();
    const auto spam = [](const std::string& headers) {
        return is_called_spam(read_mail(mail(headers, "x")), usual_spam_headers());
    };
    CHECK(spam("X-Spam-Flag: YES\r\n"));
    CHECK(spam("X-Spam-Status: Yes, score=9.1 required=5\r\n"));
    CHECK(spam("X-Spam: Yes\r\n"));
    CHECK(spam("X-Rspamd-Action: add header\r\n"));
    CHECK(spam("X-Spam-Flag: NO\r\nX-Spam-Flag: YES\r\n"));
    CHECK_FALSE(spam("X-Spam-Flag: NO\r\n"));
    CHECK_FALSE(spam("X-Spam-Status: No, score=1\r\n"));
    CHECK_FALSE(spam("X-Rspamd-Action: no action\r\n"));
    CHECK_FALSE(spam("Subject: X-Spam-Flag: YES\r\n"));
    CHECK_FALSE(spam("Subject: free money\r\n"));
}

TEST_CASE("one who writes very much waits behind the others, and is in time again later") {
    SenderRate rate({3, 60, 100});
    for (std::int64_t second = 0; second < 3; ++second) CHECK(rate.take("a", second));
    CHECK_FALSE(rate.take("a", 3));
    CHECK(rate.take("b", 3));
    CHECK_FALSE(rate.take("a", 59));
    CHECK(rate.take("a", 200));
    CHECK(rate.take("a", 150));  // a clock that goes back
    for (int i = 0; i < 1'000; ++i) rate.take("s" + std::to_string(i), 300);
    CHECK(rate.senders() == 100);
    start_mail();
    const auto read = read_mail(mail("X-Spam-Flag: YES\r\n", "x"));
    SenderRate strict({1, 60, 100});
    CHECK(judge_sender(read, usual_spam_headers(), strict, "a", 0).marks ==
          std::vector<std::string>{"maybe_spam"});
    const auto both = judge_sender(read, usual_spam_headers(), strict, "a", 1);
    CHECK(both.set_aside);
    CHECK(both.marks == std::vector<std::string>{"maybe_spam", "many_from_sender"});
    CHECK_FALSE(
        judge_sender(read_mail(mail("", "x")), usual_spam_headers(), strict, "b", 1).set_aside);
}

}  // namespace
}  // namespace sanad::email
