#include "plugins/channels/email/language.h"

#include "plugins/channels/email/charset.h"
#include "plugins/channels/email/headers.h"

#include <algorithm>
#include <array>
#include <span>

namespace sanad::email {
namespace {

constexpr std::size_t looked_at_bytes = 4'000;
constexpr std::size_t letters_least = 8;
constexpr int words_least = 2;

// Words that nearly each text of a language has and the others do not.
constexpr auto french = std::to_array<std::string_view>(
    {"je",      "suis",  "est",   "les",  "des",  "une",   "que",   "qui",  "pas",  "dans",
     "avec",    "pour",  "mais",  "mon",  "ma",   "mes",   "il",    "elle", "nous", "vous",
     "bonjour", "merci", "cette", "être", "j'ai", "c'est", "n'est", "ai",   "au",   "du",
     "sur",     "moi",   "quand", "peux", "veux", "très",  "ça"});
constexpr auto english = std::to_array<std::string_view>(
    {"the",  "and",  "is",   "are", "you", "my",    "me",     "it",     "to",      "of",   "was",
     "have", "with", "for",  "not", "i'm", "don't", "hello",  "please", "this",    "that", "what",
     "can",  "but",  "they", "he",  "she", "help",  "thanks", "want",   "because", "when"});
constexpr auto darija = std::to_array<std::string_view>(
    {"ana",   "wach",   "wash",   "bghit",     "bghiti",    "kayn",    "kayna", "dyal",  "dyali",
     "diali", "3afak",  "chno",   "chnou",     "kifach",    "3lach",   "salam", "labas", "bzaf",
     "bzzaf", "walo",   "daba",   "hadchi",    "hadshi",    "kan",     "kant",  "3ndi",  "3andi",
     "mcha",  "f",      "dima",   "mabghitch", "ma3reftch", "khouya",  "mama",  "wlad",  "sahbi",
     "kay",   "wakha",  "3la",    "hit",       "7it",       "machi",   "chi",   "nta",   "nti",
     "lycee", "tsawer", "tswira", "smiti",     "khassni",   "katgoul", "gal",   "liya",  "lia"});

template <std::size_t size>
bool has(const std::array<std::string_view, size>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

// A digit that stands for an Arabic letter between Latin ones: 3lach, ma3reftch, b7al.
bool has_letter_digit(std::string_view word) {
    bool letter = false, digit = false;
    for (const char c : word) {
        letter = letter || (c >= 'a' && c <= 'z');
        digit = digit || c == '3' || c == '7' || c == '9';
        if ((c >= '0' && c <= '9') && c != '3' && c != '7' && c != '9' && c != '5' && c != '8')
            return false;
    }
    return letter && digit && word.size() >= 3;
}

struct Letters {
    std::size_t arabic = 0, tifinagh = 0, latin = 0;
};

Letters count_letters(std::string_view text) {
    Letters letters;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t c = next_character(text, at);
        letters.arabic += (c >= 0x620 && c <= 0x6D3) || (c >= 0x750 && c <= 0x77F) ||
                          (c >= 0xFB50 && c <= 0xFEFC);
        letters.tifinagh += c >= 0x2D30 && c <= 0x2D7F;
        letters.latin += ((c | 0x20U) >= 'a' && (c | 0x20U) <= 'z') || (c >= 0xC0 && c < 0x250);
    }
    return letters;
}

bool is_of_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || c == '\'' || (c >= '0' && c <= '9') ||
           ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

std::string latin_language(std::string_view text) {
    std::string plain = lower(text);
    for (std::size_t at; (at = plain.find("’")) != std::string::npos;)
        plain.replace(at, std::string_view("’").size(), "'");
    int fr = 0, en = 0, ary = 0;
    for (std::size_t at = 0; at < plain.size();) {
        const auto begin =
            std::find_if(plain.begin() + static_cast<std::ptrdiff_t>(at), plain.end(), is_of_word);
        const auto end = std::find_if_not(begin, plain.end(), is_of_word);
        const std::string_view word(begin, end);
        at = static_cast<std::size_t>(end - plain.begin());
        fr += has(french, word) || word.starts_with("j'") || word.starts_with("d'") ||
              word.starts_with("l'") || word.starts_with("qu'");
        en += has(english, word);
        ary += has(darija, word) || has_letter_digit(word);
    }
    if (ary >= words_least && ary >= fr && ary >= en) return "ary-Latn";
    if (fr >= words_least && fr > en) return "fr";
    return en >= words_least && en > fr ? "en" : "";
}

}  // namespace

std::string language_of(std::string_view text) {
    text = text.substr(0, cut_place(text, looked_at_bytes));
    const auto letters = count_letters(text);
    const auto all = letters.arabic + letters.tifinagh + letters.latin;
    if (all < letters_least && letters.arabic < 3) return {};
    // An address or a name of an app in Latin letters changes nothing.
    if (letters.arabic * 3 >= all) return "ar";
    if (letters.tifinagh * 3 >= all) return "zgh-Tfng";
    return latin_language(text);
}

}  // namespace sanad::email
