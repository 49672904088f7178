#include "plugins/partners/webhook/page.h"
#include "plugins/partners/webhook/page_words.h"

#include <catch2/catch.hpp>

using namespace sanad::webhook;

namespace {

Settings settings_of() {
    Settings settings;
    settings.partner = "Association <Exemple>";
    settings.languages = {Language::ar, Language::fr, Language::en};
    settings.helpline = {"خط مثال", "Ligne exemple", "Example line"};
    return settings;
}

std::string page_in(Language language, const std::string& view, const std::string& state = "sent",
                    const FormState& form = {}) {
    const Settings settings = settings_of();
    const auto rows = parse_view(view);
    REQUIRE(rows);
    return matter_page({settings, language, "../", {}},
                       {"AbCdEf", *rows, state, 1, 1'795'485'600'000}, form);
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("each language has every text of the page, and its own direction") {
    for (const Language language : {Language::ar, Language::fr, Language::en}) {
        const Words& text = words(language);
        const std::string_view all[] = {text.title,
                                        text.for_partner,
                                        text.reference,
                                        text.urgency,
                                        text.raised_at,
                                        text.state,
                                        text.sent,
                                        text.acknowledged,
                                        text.in_progress,
                                        text.completed,
                                        text.declined,
                                        text.shared_heading,
                                        text.shared_care,
                                        text.shared_nothing,
                                        text.answer_heading,
                                        text.answer_closed,
                                        text.say_acknowledged,
                                        text.say_in_progress,
                                        text.say_completed,
                                        text.say_declined,
                                        text.note,
                                        text.note_hint,
                                        text.send,
                                        text.problem_old,
                                        text.problem_note,
                                        text.problem_choice,
                                        text.problem_refused,
                                        text.problem_later,
                                        text.done_title,
                                        text.done_text,
                                        text.done_back,
                                        text.absent_title,
                                        text.absent_text,
                                        text.later_title,
                                        text.later_text,
                                        text.yes,
                                        text.no,
                                        text.list_comma,
                                        text.language_heading};
        for (const auto one : all) CHECK_FALSE(one.empty());
        for (const auto urgency : text.urgency_names) CHECK_FALSE(urgency.empty());
        CHECK_FALSE(field_label(language, "narrative").empty());
        CHECK_FALSE(field_label(language, "safe_contact").empty());
    }
    CHECK(holds(page_in(Language::ar, "{}"), R"(<html lang="ar" dir="rtl">)"));
    CHECK(holds(page_in(Language::fr, "{}"), R"(<html lang="fr" dir="ltr">)"));
    CHECK(holds(page_in(Language::en, "{}"), "Act within 24 hours"));
}

TEST_CASE("what a person wrote is text on the page and nothing else") {
    const std::string html =
        page_in(Language::en, R"({"narrative":"<script>alert(1)</script> & \"x\"","<b>":"'"})",
                "sent", {"token", Problem::note, "completed", "</textarea><img src=x onerror=y>"});
    CHECK_FALSE(holds(html, "<script"));
    CHECK_FALSE(holds(html, "<img"));
    CHECK_FALSE(holds(html, "<b>"));
    CHECK(holds(html, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;x&quot;"));
    CHECK(holds(html, "Association &lt;Exemple&gt;"));
    CHECK(escape("a\x01\x7f\nb") == "a\nb");
}

TEST_CASE("a web address in a view cannot be opened by mistake") {
    const std::string html = page_in(Language::en, R"({"url":"https://example.org/a http://b"})");
    CHECK(holds(html, "hxxps://example.org/a hxxp://b"));
    CHECK_FALSE(holds(html, "https://example.org"));
}

TEST_CASE("the page loads its style sheet, runs nothing and asks nobody else") {
    const std::string html = page_in(Language::ar, R"({"narrative":"نص"})");
    CHECK(holds(html, R"(href="../pickup.css")"));
    for (const char* part : {"<script", "style=", "onclick", "src=", "http://", "https://"})
        CHECK_FALSE(holds(html, part));
}

TEST_CASE("known fields have labels in the page's language, others their own name") {
    const std::string view =
        R"({"age_band":"13-15","shoe_size":"38","safe_contact":{"times":"16-18"}})";
    CHECK(holds(page_in(Language::fr, view), "Tranche d'âge"));
    CHECK(holds(page_in(Language::ar, view), "الفئة العمرية"));
    CHECK(holds(page_in(Language::en, view), "shoe size"));
    CHECK(holds(page_in(Language::en, view), "Safe contact – Times"));
    CHECK(holds(page_in(Language::en, R"({"informed":true})"), "yes"));
    CHECK(holds(page_in(Language::ar, R"({"services_requested":["content_removal"]})"),
                "حذف المحتوى"));
}

TEST_CASE("only what can still be said is offered") {
    CHECK(choices_in("sent").front() == "acknowledged");
    CHECK(choices_in("acknowledged").front() == "in_progress");
    CHECK(choices_in("completed").empty());
    CHECK(choices_in("declined").empty());
    CHECK_FALSE(holds(page_in(Language::en, "{}", "completed"), "<form"));
    CHECK(holds(page_in(Language::en, "{}", "sent"), R"(value="acknowledged" checked)"));
}

TEST_CASE("after a problem the page still holds what was written") {
    const std::string html =
        page_in(Language::en, "{}", "sent", {"t", Problem::old, "completed", "kept"});
    CHECK(holds(html, "open for too long"));
    CHECK(holds(html, R"(value="completed" checked)"));
    CHECK(holds(html, ">kept</textarea>"));
}

TEST_CASE("the page of thanks names the answer and nothing that came with the link") {
    const Settings settings = settings_of();
    const PageStyle style{settings, Language::en, "../../", {}};
    CHECK(holds(done_page(style, "completed", "../x"), "Our part is done"));
    CHECK_FALSE(holds(done_page(style, "<script>", "../x"), "script"));
}
