#include "core/base/fold.h"

#include <catch2/catch.hpp>

#include <random>
#include <span>

using sanad::beginning_of;
using sanad::fold_words;
using sanad::FoldedWord;
using sanad::skeleton_of;
using sanad::stem_of;

namespace {

std::string key_of(std::string_view word) {
    const auto words = fold_words(word);
    return words.size() == 1 ? words.front().key : std::to_string(words.size()) + " words";
}

std::string keys_of(std::string_view text) {
    std::string keys;
    for (const auto& word : fold_words(text)) keys += (keys.empty() ? "" : " ") + word.key;
    return keys;
}

struct Pair {
    const char* one;
    const char* other;
};

// The same word, to the letter once it is folded.
constexpr Pair same_key[] = {
    // Darija in both scripts
    {"kayn", "كاين"},
    {"3afak", "عافاك"},
    {"salam", "سالام"},
    {"7mar", "حمار"},
    {"khdam", "خدام"},
    {"5dam", "خدام"},
    {"ghadi", "غادي"},
    {"chkoun", "شكون"},
    {"shkun", "شكون"},
    {"fin", "فين"},
    {"dyal", "ديال"},
    {"dial", "ديال"},
    {"mouchkil", "موشكيل"},
    {"so2al", "سؤال"},
    {"9al", "قال"},
    {"gal", "ڭال"},
    {"gal", "گال"},
    {"gal", "ݣال"},
    {"khoya", "خويا"},
    {"bghit", "بغيت"},
    {"nmout", "نموت"},
    {"tsawer", "تساوير"},
    {"tsawer", "تصاوير"},
    {"sifet", "سيفيط"},
    {"dar", "دار"},
    {"dar", "ضار"},
    {"lil", "ليل"},
    {"foto", "فوطو"},
    {"video", "ڤيديو"},
    {"banka", "بانكة"},
    {"portabl", "پورتابل"},
    {"3aybi", "عايبي"},
    {"wa7id", "واحيد"},
    {"t7arch", "تحارش"},
    {"blouka", "بلوكا"},
    {"kanbki", "كانبكي"},
    {"walou", "والو"},
    {"mama", "ماما"},
    {"baba", "بابا"},
    {"3amo", "عامو"},
    {"kan39el", "كانعقيل"},
    {"7ta", "حتا"},
    {"ana", "أنا"},
    {"2ana", "أنا"},
    {"Allah", "ألاه"},
    {"7'ouya", "خويا"},
    {"3'adi", "غادي"},
    {"9'arni", "ضارني"},
    {"tla9ina", "تلاقينا"},
    {"m3a", "معا"},
    {"jib", "جيب"},
    {"zin", "زين"},
    // Arabic, with and without its marks
    {"مُشْكِلَة", "مشكلة"},
    {"مشكـــلة", "مشكلة"},
    {"إلى", "الي"},
    {"آخر", "اخر"},
    {"أُمّي", "امي"},
    {"مسؤول", "مسوول"},
    {"عائلة", "عايلة"},
    {"سماء", "سما"},
    {"ٱلله", "الله"},
    {"ى", "ي"},
    {"ثالث", "تالت"},
    {"ذنب", "دنب"},
    {"ظلم", "دلم"},
    {"صورة", "سورة"},
    {"طفل", "تفل"},
    {"ﻻ", "لا"},
    {"ﻣﺪﺭﺳﺔ", "مدرسة"},
    {"کتاب", "كتاب"},
    {"علی", "علي"},
    {"٢٥١١", "2511"},
    {"۲۵۱۱", "2511"},
    {"م‌ا", "ما"},
    {"\u202bسلام\u202c", "سلام"},
    // French
    {"école", "ecole"},
    {"ÉCOLE", "école"},
    {"e\u0301cole", "école"},
    {"déprimée", "deprime"},
    {"garçon", "garson"},
    {"garc\u0327on", "garçon"},
    {"sœur", "soeur"},
    {"Noël", "noel"},
    {"où", "ou"},
    {"quitter", "kiter"},
    {"que", "ke"},
    {"photo", "foto"},
    {"harcèlement", "harcelement"},
    {"menacer", "menaser"},
    {"collège", "colege"},
    {"chantage", "shantage"},
    {"ﬁlle", "fille"},
    {"ça", "sa"},
    {"classe", "clase"},
    // English
    {"HELP", "help"},
    {"heeeelp", "help"},
    {"ｈｅｌｐ", "help"},
    {"kill", "kil"},
    {"killl", "kill"},
    {"bullying", "bulying"},
    {"phone", "fone"},
    {"Straße", "strasse"},
    {"back", "bak"},
    {"so\u00adrry", "sorry"},
    {"sch\u200dool", "school"},
    {"𝐡𝐞𝐥𝐩", "help"},
    {"ⓗⓔⓛⓟ", "help"},
    // Tamazight
    {"ⴰⵣⵓⵍ", "azul"},
    {"ⴰⵣⵓⵍ", "أزول"},
    {"ⵜⴰⵎⴰⵣⵉⵖⵜ", "tamaziɣt"},
    {"ⵜⴰⵎⴰⵣⵉⵖⵜ", "tamazight"},
    {"ⵜⴰⵎⴰⵣⵉⵖⵜ", "تامازيغت"},
    {"ⵃⴰⵎⵎⵓ", "ḥammu"},
    {"ⵃⴰⵎⵎⵓ", "7amo"},
    {"ⵄⵍⵉ", "ɛli"},
    {"ⵄⵍⵉ", "3li"},
    {"ⴰⵅⵅⴰⵎ", "akham"},
    {"ⴰⴹⴰⵕ", "aḍaṛ"},
    {"ⵛⵡⵉ", "chwi"},
};

// Not to the letter, but with the same skeleton.
constexpr Pair same_skeleton[] = {
    {"kayhdedni", "كيهددني"}, {"kayhaddedni", "كايهددني"}, {"kihdedni", "كيهددني"},
    {"sift", "صيفط"},         {"wa7ed", "واحد"},           {"oulad", "أولاد"},
    {"mdrasa", "مدرسة"},      {"mdrsa", "مدرسه"},          {"tsawr", "تصاور"},
    {"m3aya", "معايا"},       {"bghit", "بغيت"},           {"bghyt", "بغيت"},
    {"kandreb", "كنضرب"},     {"yedrebni", "يضربني"},      {"ghadi nmout", "غادي نموت"},
    {"machakil", "مشاكل"},    {"m3a9da", "معقدة"},         {"galiya", "قالية"},
    {"hchouma", "حشومة"},     {"7chouma", "حشومة"},        {"ta7arouch", "تحرش"},
    {"ibtizaz", "ابتزاز"},    {"intihar", "انتحار"},       {"inti7ar", "انتحار"},
    {"nkteb", "نكتب"},        {"khayfa", "خايفة"},         {"khayef", "خائف"},
    {"mas2oul", "مسؤول"},     {"tahdid", "تهديد"},         {"3onf", "عنف"},
    {"fdi7a", "فضيحة"},       {"tswira", "تصويرة"},        {"lkamira", "الكاميرا"},
};

constexpr Pair different[] = {
    {"خال", "حال"}, {"قلب", "كلب"}, {"3am", "khm"},   {"chat", "kat"}, {"2511", "2512"},
    {"19", "119"},  {"11", "1"},    {"mama", "baba"}, {"غار", "عار"},  {"شعر", "سعر"},
};

std::string skeletons_of(std::string_view text) {
    std::string bones;
    for (const auto& word : fold_words(text)) bones += skeleton_of(word.key) + "/";
    return bones;
}

/// What must hold of any bytes at all.
void check_promises(const std::string& text) {
    std::uint32_t before = 0;
    for (const auto& word : fold_words(text)) {
        REQUIRE(word.length > 0);
        REQUIRE(word.first >= before);
        REQUIRE(std::size_t(word.first) + word.length <= text.size());
        const auto on_border = [&](std::size_t at) {
            return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
        };
        REQUIRE(on_border(word.first));
        before = word.first;
        const auto again = fold_words(word.key);
        REQUIRE(again.size() == 1);
        REQUIRE(again.front().key == word.key);
        REQUIRE(again.front().length == word.key.size());
        const auto bones = skeleton_of(word.key);
        if (!bones.empty()) REQUIRE(skeleton_of(bones).size() <= bones.size());
        REQUIRE(word.key.starts_with(beginning_of(word.key, 3)));
    }
}

void append_utf8(std::string& out, std::uint32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xc0 | c >> 6);
        out += static_cast<char>(0x80 | (c & 63));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xe0 | c >> 12);
        out += static_cast<char>(0x80 | (c >> 6 & 63));
        out += static_cast<char>(0x80 | (c & 63));
    } else {
        out += static_cast<char>(0xf0 | c >> 18);
        out += static_cast<char>(0x80 | (c >> 12 & 63));
        out += static_cast<char>(0x80 | (c >> 6 & 63));
        out += static_cast<char>(0x80 | (c & 63));
    }
}

}  // namespace

TEST_CASE("the same word in two spellings has one key", "[fold]") {
    static_assert(std::size(same_key) + std::size(same_skeleton) + std::size(different) >= 120);
    for (const auto& [one, other] : same_key) {
        INFO(one << " and " << other);
        CHECK(key_of(one) == key_of(other));
        CHECK(!key_of(one).ends_with(" words"));
    }
}

TEST_CASE("a word whose vowels are spelt otherwise has the same skeleton", "[fold]") {
    for (const auto& [one, other] : same_skeleton) {
        INFO(one << " and " << other);
        CHECK(skeletons_of(one) == skeletons_of(other));
        CHECK(skeletons_of(one).size() > 2);
    }
}

TEST_CASE("different words stay different", "[fold]") {
    for (const auto& [one, other] : different) {
        INFO(one << " and " << other);
        CHECK(key_of(one) != key_of(other));
    }
}

TEST_CASE("words are cut where a person sees a border, and keep their place in the text",
          "[fold]") {
    const std::string text = "Sifet liya tsawer, o kay-hdedni: l'école (2511) 😢صورتي!";
    const auto words = fold_words(text);
    std::vector<std::string> seen;
    for (const auto& word : words) seen.push_back(text.substr(word.first, word.length));
    CHECK(seen == std::vector<std::string>{"Sifet", "liya", "tsawer", "o", "kay", "hdedni", "l",
                                           "école", "2511", "صورتي"});
    CHECK(words[0].arabic == false);
    CHECK(words.back().arabic);
    CHECK(keys_of("") == "");
    CHECK(keys_of(" .,!ـ 😢\u200f") == "");
}

TEST_CASE("a mark belongs to the word that it stands on", "[fold]") {
    const std::string text = "e\u0301 مُ";
    const auto words = fold_words(text);
    REQUIRE(words.size() == 2);
    CHECK(words[0].length == 3);
    CHECK(words[1].length == 4);
}

TEST_CASE("digits are letters only in a word of Latin letters", "[fold]") {
    CHECK(key_of("3ndi") == "عندي");
    CHECK(key_of("tri9") == "تريق");
    CHECK(key_of("2511") == "2511");
    CHECK(key_of("covid19") == "كوفيد19");
    CHECK(key_of("14") == "14");
    CHECK(key_of("x2024y").find("2024") != std::string::npos);
    CHECK(key_of("صف3") == "سف3");
    CHECK(keys_of("3 9") == "3 9");
    CHECK(key_of("a11") == "ا11");
}

TEST_CASE("the article and what Arabic writes onto a word can be taken off", "[fold]") {
    CHECK(stem_of(key_of("البيت")) == "بيت");
    CHECK(stem_of(key_of("والبيت")) == "بيت");
    CHECK(stem_of(key_of("بالسكين")) == "سكين");
    CHECK(stem_of(key_of("وقتل")) == "قتل");
    CHECK(stem_of(key_of("الله")).empty());
    CHECK(stem_of(key_of("ولد")).empty());
    CHECK(stem_of("").empty());
}

TEST_CASE("a key has a greatest length, and a word its whole range", "[fold]") {
    std::string exact, longer;
    for (std::size_t i = 0; i < sanad::folded_letters_max; ++i) exact += i % 2 == 0 ? 'b' : 'n';
    longer = exact + "bnbn";
    CHECK(key_of(exact).size() == 2 * sanad::folded_letters_max);
    CHECK(key_of(exact.substr(1)).size() == 2 * (sanad::folded_letters_max - 1));
    CHECK(key_of(longer) == key_of(exact));
    CHECK(fold_words(longer).front().length == longer.size());
    const std::string endless(16'000, 'b');
    CHECK(key_of(endless) == "ب");
    CHECK(fold_words(endless).front().length == endless.size());
}

TEST_CASE("a beginning is there only of a longer word", "[fold]") {
    const auto key = key_of("tsawer");
    CHECK(beginning_of(key, 3) == "تسا");
    CHECK(beginning_of(key, 5) == "تساوي");
    CHECK(beginning_of(key, 6).empty());
    CHECK(beginning_of(key, 0).empty());
    CHECK(beginning_of("2511", 3) == "251");
}

TEST_CASE("a skeleton needs two letters", "[fold]") {
    CHECK(skeleton_of(key_of("ana")).empty());
    CHECK(skeleton_of(key_of("2511")).empty());
    CHECK(skeleton_of("").empty());
    CHECK(skeleton_of(key_of("lah")) == "له");
    CHECK(skeleton_of(key_of("الله")) == "له");
}

TEST_CASE("hostile text gives words within it, and nothing else", "[fold]") {
    std::string marks = "a";
    while (marks.size() < 16'000) marks += "\u0301";
    const std::string texts[] = {
        "\xed\xa0\xbd\xed\xb8\x80 salam",  // a surrogate pair as CESU-8
        "\xed\xa0\xbd",
        "sa\xfflam",
        std::string("sa\0lam", 6),
        "\xf4\x90\x80\x80",
        "\xc0\xaf",
        "\xe2\x80",
        marks,
        "\u202e\u2066salam\u2069\u202c\u200f",
        "\u200d\u200d\u200d",
        "👨‍👩‍👧‍👦",
        "ﷺ ﷻ ﷽",
        "3'",
        "3'3'3'",
        "7''a",
        "\u0301\u0327\u0323",
        "c\u0323\u0327",
        std::string(16'000, '3'),
        std::string(16'000, '\''),
    };
    for (const auto& text : texts) check_promises(text);
    CHECK(keys_of("\xed\xa0\xbd\xed\xb8\x80 salam") == "سالام");
    CHECK(keys_of("sa\xfflam") == "سا لام");
    CHECK(keys_of(marks) == "ا");
    CHECK(keys_of("\u202esalam\u202c") == "سالام");
}

TEST_CASE("every character alone, and any mixture of them, keeps the promises", "[fold]") {
    std::string text;
    for (std::uint32_t c = 1; c < 0x20000; ++c) {
        if (c >= 0xd800 && c <= 0xdfff) continue;
        text.clear();
        append_utf8(text, c);
        check_promises(text);
    }
    static constexpr std::uint32_t favourites[] = {
        'a',   'e',    'u',     'q',     'c',    'h',    'k',   'X',    '3',    '7',
        '9',   '2',    '\'',    ' ',     '\n',   0x627,  0x644, 0x640,  0x64b,  0x651,
        0x654, 0x6ba,  0x2d30,  0x2d6f,  0x301,  0x323,  0x327, 0x200d, 0x202e, 0x2019,
        0x153, 0xfdfa, 0x1d41f, 0x1f622, 0xac00, 0x1e9e, 0x130, 0x660,  0x661};
    std::mt19937 random(7);
    for (int round = 0; round < 20'000; ++round) {
        text.clear();
        for (auto left = random() % 24; left > 0; --left) {
            if (random() % 50 == 0)
                text += static_cast<char>(random());
            else
                append_utf8(text, favourites[random() % std::size(favourites)]);
        }
        check_promises(text);
    }
}
