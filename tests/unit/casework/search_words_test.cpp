#include "core/casework/search_words.h"

#include <catch2/catch.hpp>

namespace sanad::casework {
namespace {

/// Whether a text that was indexed is named by every term, as the index would say it.
bool named(std::string_view words, std::string_view text) {
    std::set<std::string> forms;
    add_search_forms(text, forms);
    const auto query = SearchQuery::parse(words);
    REQUIRE(query.has_value());
    for (const auto& term : query->terms()) {
        bool any = false;
        for (const auto& form : term.forms) any |= forms.contains(form);
        if (!any) return false;
    }
    return true;
}

/// And once the text itself was looked at.
bool found(std::string_view words, std::string_view text) {
    const auto query = SearchQuery::parse(words);
    std::vector<bool> there(query->terms().size());
    query->mark(text, there);
    bool all = true;
    for (const bool one : there) all &= one;
    if (all) CHECK(named(words, text));
    return all;
}

}  // namespace

TEST_CASE("a word is found in whatever letters it was written", "[search]") {
    CHECK(found("kayhdedni", "راه كيهددني"));
    CHECK(found("كيهددني", "rah kayhaddedni"));
    CHECK(found("mdrasa", "فالمدرسة"));
    CHECK(found("المدرسة", "مدرسة جديدة"));
    CHECK(found("École", "une ecole"));
    CHECK(found("2511", "appelle le ٢٥١١"));
    CHECK_FALSE(found("kalb", "قلب"));
    CHECK_FALSE(found("mama", "baba"));
}

TEST_CASE("all words must be there, and only the last one may be a beginning", "[search]") {
    CHECK(found("maman papa", "papa et maman"));
    CHECK_FALSE(found("maman papa", "maman"));
    CHECK(found("maman pap", "papa et maman"));
    CHECK_FALSE(found("mam papa", "papa et maman"));
    CHECK(found("phot", "des photos"));
    CHECK_FALSE(found("ph", "des photos"));
    CHECK(found("photo", "des photos"));
    CHECK(found("photograph", "des photographies"));
    // The index knows six letters of it, and the text decides.
    CHECK(named("photograph", "photogramme"));
    CHECK_FALSE(found("photograph", "photogramme"));
    CHECK(found("papa papa", "papa"));
}

TEST_CASE("a query has limits", "[search]") {
    CHECK(SearchQuery::parse("").error().fault == Fault::bad_size);
    CHECK(SearchQuery::parse(" .!").error().fault == Fault::invalid);
    CHECK(SearchQuery::parse(std::string(search_bytes_max, 'a')).has_value());
    CHECK(SearchQuery::parse(std::string(search_bytes_max + 1, 'a')).error().fault ==
          Fault::bad_size);
    CHECK(SearchQuery::parse("ba da fa ga ha ja ka la").has_value());
    CHECK(SearchQuery::parse("ba da fa ga ha ja ka la ma").error().fault == Fault::invalid);
    CHECK(SearchQuery::parse("\xff\xfe word").has_value());
}

TEST_CASE("the place of a found word is in the text as it was written", "[search]") {
    const std::string text = "rah wa7d sifet liya tsawer";
    const auto word = SearchQuery::parse("tsawr tsawer sifet")->first_in(text);
    REQUIRE(word);
    CHECK(text.substr(word->first, word->length) == "sifet");
    CHECK_FALSE(SearchQuery::parse("maman")->first_in(text));
}

TEST_CASE("what is shown around a word is short and whole", "[search]") {
    CHECK(around("short", 0, 300) == "short");
    std::string arabic;
    while (arabic.size() < 2'000) arabic += "كلمة ";
    for (const std::size_t first : {0UZ, 1UZ, 999UZ, 1'999UZ}) {
        const auto shown = around(arabic, first, 300);
        CHECK(shown.size() <= 300);
        CHECK(shown.size() >= 296);
        CHECK((static_cast<unsigned char>(shown.front()) & 0xc0) != 0x80);
        CHECK(arabic.find(shown) != std::string::npos);
    }
    const std::string latin = std::string(500, 'a') + "word" + std::string(500, 'b');
    CHECK(around(latin, 500, 300).find("word") != std::string::npos);
}

}  // namespace sanad::casework
