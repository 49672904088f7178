#include "plugins/channels/webchat/code.h"
#include "plugins/channels/webchat/code_words.h"
#include "plugins/channels/webchat/presence.h"

#include <catch2/catch.hpp>

#include <array>

namespace sanad::webchat {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a code is 16 digits, each as likely as another") {
    std::array<int, 10> seen{};
    constexpr int codes = 500;
    for (int i = 0; i < codes; ++i) {
        const auto code = make_code();
        REQUIRE(code.size() == code_digits);
        for (const char digit : code) ++seen.at(static_cast<std::size_t>(digit - '0'));
    }
    for (const int count : seen) {  // 800 are due; six standard deviations are 161
        CHECK(count > 639);
        CHECK(count < 961);
    }
    CHECK(make_code() != make_code());
    CHECK(make_code("a seed") == make_code("a seed"));
    CHECK(make_code("a seed") != make_code("another"));
    CHECK(make_code("a seed").size() == code_digits);
}

TEST_CASE("a code may be written with the digits of any script, and with anything between") {
    const std::string code = "0123456789012345";
    for (const char* written : {"0123456789012345", "0123 4567 8901 2345", " 0123-4567-8901-2345\n",
                                "٠١٢٣ ٤٥٦٧ ٨٩٠١ ٢٣٤٥", "۰۱۲۳۴۵۶۷۸۹۰۱۲۳۴۵", "०१२३४५६७८९०१२३४५",
                                "０１２３４５６７８９０１２３４５",
                                "\u202a0123\u00a04567\u202c 8901 ٢٣٤٥", "0123.4567.8901.2345"})
        CHECK(fold_code(written) == code);
    for (const char* none : {"", "012345678901234", "01234567890123456", "0123 4567 8901 234x", "?",
                             "\u0660", "\xd9", "chat lune", "0123,4567;8901 2345"})
        CHECK_FALSE(fold_code(none));
    CHECK_FALSE(fold_code(std::string(code_text_bytes_max + 1, ' ') + code));
}

TEST_CASE("a code may be written as its eight words, as they are written by hand") {
    for (const auto language : {"ar", "fr", "en"})
        for (int i = 0; i < 50; ++i) {
            const auto code = make_code();
            CHECK(fold_code(words_of_code(code, language)) == code);
        }
    CHECK(words_of_code("0001020304050607", "en") == "cat moon bread tree flower sun rain snow");
    CHECK(fold_code("Cat MOON,bread  tree\nflower sun rain snow") == "0001020304050607");
    CHECK(fold_code("chat lune pain arbre fleur soleil pluie neige") == "0001020304050607");
    // With vowel signs, a hamza that the list leaves out, and a final letter written otherwise.
    CHECK(fold_code("قِطّ قمر خبز شجر ورد شمس أرنب طاوله") == "0001020304055517");
    CHECK_FALSE(fold_code("cat moon bread tree flower sun rain"));
    CHECK_FALSE(fold_code("cat moon bread tree flower sun rain unicorn"));
    CHECK_FALSE(fold_code("cat lune bread tree flower sun rain snow"));  // of two languages
}

TEST_CASE("no two words of a language are alike") {
    for (const auto language : {"ar", "fr", "en"})
        for (int number = 0; number < 100; ++number) {
            std::string code(code_digits, '0');
            code[0] = static_cast<char>('0' + number / 10);
            code[1] = static_cast<char>('0' + number % 10);
            CHECK(fold_code(words_of_code(code, language)) == code);
        }
}

TEST_CASE("the key of a code is always the same, and tells nothing of a code like it") {
    const auto token = token_of_code("0000000000000000");
    CHECK(token == "fDOPEdyyWKfqR0YjrLB67XBjdXaAPZyUL98nRkRRE8c");  // out in the world
    CHECK(token_of_code("0000000000000001") != token);
    CHECK(token.size() == 43);
}

TEST_CASE("each try of a code waits longer, a right one costs nothing, and an hour forgets") {
    Presence presence(0);
    const Presence::Time now{24h};
    for (const auto wait : {1000ms, 1000ms, 1000ms, 2000ms, 4000ms, 8000ms, 16'000ms, 16'000ms})
        CHECK(presence.try_code(7, now) == wait);
    CHECK(presence.try_code(8, now) == 1000ms);  // of somebody else
    CHECK(presence.try_code(7, now + 61min) == 1000ms);
    for (int i = 0; i < 10; ++i) {
        CHECK(presence.try_code(9, now) == 1000ms);
        presence.code_was_right(9);
    }
}

}  // namespace
}  // namespace sanad::webchat
