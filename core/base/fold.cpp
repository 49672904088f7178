#include "core/base/fold.h"

#include "core/base/text.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <span>

namespace sanad {
namespace {

// The letters of keys that rules speak of.
constexpr char32_t alef = U'ا', waw = U'و', ya = U'ي', ha = U'ه', kaf = U'ك';

/// One character of the decomposed text, and which bytes of the text it comes from.
struct Letter {
    char32_t c;
    std::uint32_t first, end;
    bool arabizi = false;  // a digit that stands for a letter
    bool variant = false;  // and has an apostrophe behind it
};

bool is_latin(char32_t c) { return c >= U'a' && c <= U'z'; }
bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool is_vowel(char32_t c) { return c == U'a' || c == U'e' || c == U'i' || c == U'o' || c == U'u'; }
bool is_arabic(char32_t c) { return (c >= 0x0620 && c <= 0x06ff) || (c >= 0x0750 && c <= 0x077f); }
bool is_apostrophe(char32_t c) { return c == U'\'' || c == 0x2019 || c == 0x02bc; }
bool is_arabizi_digit(char32_t c) {
    return c == U'2' || c == U'3' || c == U'5' || c == U'6' || c == U'7' || c == U'9';
}

struct Pair {
    char32_t from, to;
};

char32_t look_up(std::span<const Pair> pairs, char32_t c) {
    const auto found = std::ranges::lower_bound(pairs, c, {}, &Pair::from);
    return found != pairs.end() && found->from == c ? found->to : c;
}

// Tifinagh to the Latin letter, or to the Arabic one where Latin has none; in the order of Unicode.
constexpr std::array<Pair, 38> tifinagh{{
    {U'ⴰ', U'a'}, {U'ⴱ', U'b'}, {U'ⴲ', U'b'}, {U'ⴳ', U'g'}, {U'ⴴ', U'g'}, {U'ⴷ', U'd'},
    {U'ⴸ', U'd'}, {U'ⴹ', U'd'}, {U'ⴺ', U'd'}, {U'ⴻ', U'e'}, {U'ⴼ', U'f'}, {U'ⴽ', U'k'},
    {U'ⴾ', U'k'}, {U'ⵀ', U'h'}, {U'ⵃ', U'ح'}, {U'ⵄ', U'ع'}, {U'ⵅ', U'خ'}, {U'ⵇ', U'q'},
    {U'ⵉ', U'i'}, {U'ⵊ', U'j'}, {U'ⵍ', U'l'}, {U'ⵎ', U'm'}, {U'ⵏ', U'n'}, {U'ⵒ', U'p'},
    {U'ⵓ', U'u'}, {U'ⵔ', U'r'}, {U'ⵕ', U'r'}, {U'ⵖ', U'غ'}, {U'ⵙ', U's'}, {U'ⵚ', U's'},
    {U'ⵛ', U'ش'}, {U'ⵜ', U't'}, {U'ⵟ', U't'}, {U'ⵠ', U'v'}, {U'ⵡ', U'w'}, {U'ⵢ', U'y'},
    {U'ⵣ', U'z'}, {U'ⵥ', U'z'},
}};

// In the order of Unicode. Zero: the letter goes.
constexpr std::array<Pair, 25> arabic_letters{{
    {U'ء', 0},    {U'ة', U'ا'}, {U'ث', U'ت'}, {U'ذ', U'د'}, {U'ص', U'س'},
    {U'ض', U'د'}, {U'ط', U'ت'}, {U'ظ', U'د'}, {U'ـ', 0},    {U'ى', U'ي'},
    {U'ٱ', U'ا'}, {U'پ', U'ب'}, {U'چ', U'ش'}, {U'ژ', U'ج'}, {U'ڤ', U'ف'},
    {U'ڥ', U'ف'}, {U'ڨ', U'گ'}, {U'ک', U'ك'}, {U'ڭ', U'گ'}, {U'ھ', U'ه'},
    {U'ہ', U'ه'}, {U'ۃ', U'ا'}, {U'ی', U'ي'}, {U'ە', U'ه'}, {U'ݣ', U'گ'},
}};

char32_t latin_letter(char32_t c) {
    // a-z; c, q and x are not read here without a look at what follows
    static constexpr std::u32string_view letters = U"ابكديفگهيجكلمنوبقرستوفوكيز";
    static_assert(letters.size() == 26);
    return letters[c - U'a'];
}

char32_t digit_letter(const Letter& letter) {
    switch (letter.c) {
        case U'3':
            return letter.variant ? U'غ' : U'ع';
        case U'5':
            return U'خ';
        case U'6':
            return U'ت';
        case U'7':
            return letter.variant ? U'خ' : U'ح';
        case U'9':
            return letter.variant ? U'د' : U'ق';
        default:
            return 0;  // 2, the hamza
    }
}

char32_t two_letters(char32_t a, char32_t b) {
    if (b == U'h') {
        switch (a) {
            case U'k':
                return U'خ';
            case U'g':
                return U'غ';
            case U'c':
            case U's':
                return U'ش';
            case U'd':
                return U'د';
            case U'p':
                return U'ف';
            default:
                return 0;
        }
    }
    if (a == U'o' && b == U'u') return waw;
    return a == U'c' && b == U'k' ? kaf : 0;
}

/// Makes the key of one word.
class Key {
public:
    std::string make(std::span<Letter> word) {
        mark_digits(word);
        for (std::size_t i = 0; i < word.size() && letters_ < folded_letters_max;)
            i += take(word, i);
        return std::move(key_);
    }

private:
    static void mark_digits(std::span<Letter> word) {
        for (std::size_t i = 0; i < word.size();) {
            if (!is_digit(word[i].c)) {
                ++i;
                continue;
            }
            auto end = i;
            while (end < word.size() && is_digit(word[end].c)) ++end;
            const bool before = i > 0 && is_latin(word[i - 1].c);
            const bool behind = end < word.size() && is_latin(word[end].c);
            const bool letters = end - i == 1 ? before || behind : end - i == 2 && behind;
            for (; i < end; ++i) word[i].arabizi = letters && is_arabizi_digit(word[i].c);
        }
    }

    /// Returns how many characters of the word it used.
    std::size_t take(std::span<const Letter> word, std::size_t i) {
        const char32_t c = word[i].c;
        const char32_t next = i + 1 < word.size() ? word[i + 1].c : 0;
        if (word[i].arabizi) {
            add(digit_letter(word[i]));
        } else if (is_latin(c)) {
            return take_latin(word, i, next);
        } else {
            add(is_arabic(c) ? look_up(arabic_letters, c) : c);
        }
        return 1;
    }

    std::size_t take_latin(std::span<const Letter> word, std::size_t i, char32_t next) {
        const char32_t c = word[i].c;
        if (const char32_t both = two_letters(c, next); both != 0) {
            add(both);
            return 2;
        }
        if (c == U'q' && next == U'u' && i + 2 < word.size() && is_vowel(word[i + 2].c)) {
            add(kaf);
            return 2;
        }
        const bool soft = next == U'e' || next == U'i' || next == U'y';
        add(c == U'c' && soft ? U'س' : latin_letter(c));
        if (c == U'x') add(U'س');
        return 1;
    }

    void add(char32_t c) {
        if (c == 0 || (c == last_ && !is_digit(c)) || letters_ == folded_letters_max) return;
        last_ = c;
        ++letters_;
        std::array<std::uint8_t, U8_MAX_LENGTH> bytes{};
        std::int32_t size = 0;
        UBool error = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // inside ICU's macro
        U8_APPEND(bytes.data(), size, U8_MAX_LENGTH, static_cast<UChar32>(c), error);
#pragma GCC diagnostic pop
        if (error == 0) key_.append(bytes.begin(), bytes.begin() + size);
    }

    std::string key_;
    char32_t last_ = 0;
    std::size_t letters_ = 0;
};

/// Cuts a text into words while it reads it once.
class Cutter {
public:
    explicit Cutter(std::string_view text) : text_(text) {
        UErrorCode status = U_ZERO_ERROR;
        fold_ = icu::Normalizer2::getNFKCCasefoldInstance(status);
        decompose_ = icu::Normalizer2::getNFDInstance(status);
        if (U_FAILURE(status)) fold_ = nullptr;  // ICU has no data: then ASCII and Arabic are read
    }

    std::vector<FoldedWord> cut() {
        for (std::size_t at = 0; at < text_.size();) {
            first_ = static_cast<std::uint32_t>(at);
            const UChar32 c = next_code_point(text_, at);
            end_ = static_cast<std::uint32_t>(at);
            read(c);
        }
        end_word();
        return std::move(words_);
    }

private:
    void read(UChar32 c) {
        if (c < 0) return end_word();
        const auto plain = static_cast<char32_t>(c);
        if (plain < 0x80) return character(plain >= U'A' && plain <= U'Z' ? plain + 32 : plain);
        // Most of Arabic in one step: the letters that have a mark of hamza or madda lose it.
        if (plain >= 0x0622 && plain <= 0x0655)
            return character(plain == U'ؤ'   ? waw
                             : plain == U'ئ' ? ya
                             : plain < U'ا'  ? alef
                                             : plain);
        if (fold_ == nullptr) return character(plain);
        const icu::UnicodeString one(c);
        UErrorCode status = U_ZERO_ERROR;
        icu::UnicodeString folded, apart;
        fold_->normalize(one, folded, status);
        decompose_->normalize(folded, apart, status);
        if (U_FAILURE(status)) return end_word();
        for (std::int32_t i = 0; i < apart.length();) {
            const auto part = apart.char32At(i);
            i += U16_LENGTH(part);
            character(static_cast<char32_t>(part));
        }
    }

    void character(char32_t c) {
        if (pending_apostrophe_ && is_latin(c)) word_.back().variant = true;
        if (pending_apostrophe_ && !word_.back().variant) end_word();
        pending_apostrophe_ = false;
        if (is_latin(c) || is_digit(c)) return letter(c);
        if (is_apostrophe(c) && !word_.empty() &&
            (word_.back().c == U'3' || word_.back().c == U'7' || word_.back().c == U'9')) {
            pending_apostrophe_ = true;
            return;
        }
        if (c < 0x80) return end_word();
        const auto point = static_cast<UChar32>(c);
        const auto mask = U_MASK(u_charType(point));
        if ((mask & U_GC_M_MASK) != 0) return mark(c);
        if (mask == U_GC_CF_MASK) return;
        if (mask == U_GC_ND_MASK) return letter(U'0' + char32_t(u_charDigitValue(point)));
        if ((mask & U_GC_L_MASK) == 0) return end_word();
        if (c == U'œ' || c == U'æ') {
            letter(c == U'œ' ? U'o' : U'a');
            return letter(U'e');
        }
        if (c == 0x0263) return letter(U'غ');                 // ɣ
        if (c == 0x025b || c == 0x03b5) return letter(U'ع');  // ɛ, ε
        letter(look_up(tifinagh, c));
    }

    void mark(char32_t c) {
        if (word_.empty()) return;
        auto& before = word_.back();
        if (c == 0x0327 && before.c == U'c') before.c = U's';
        if (c == 0x0323 && before.c == U'h') before.c = U'ح';
        before.end = std::max(before.end, end_);
    }

    // The label of a word is bounded; what is longer only makes its range longer.
    void letter(char32_t c) {
        if (word_.size() < 4 * folded_letters_max)
            word_.push_back({.c = c, .first = first_, .end = end_});
        else
            word_.back().end = end_;
    }

    void end_word() {
        pending_apostrophe_ = false;
        if (word_.empty()) return;
        const bool arabic = std::ranges::all_of(word_, is_arabic, &Letter::c);
        FoldedWord word{.key = Key().make(word_),
                        .first = word_.front().first,
                        .length = word_.back().end - word_.front().first,
                        .arabic = arabic};
        word_.clear();
        if (!word.key.empty()) words_.push_back(std::move(word));
    }

    std::string_view text_;
    const icu::Normalizer2* fold_ = nullptr;
    const icu::Normalizer2* decompose_ = nullptr;
    std::uint32_t first_ = 0, end_ = 0;  // of the character that is being read
    bool pending_apostrophe_ = false;
    std::vector<Letter> word_;
    std::vector<FoldedWord> words_;
};

/// Calls `each` with every letter of a key and its bytes.
template <typename Each>
void for_letters(std::string_view key, const Each& each) {
    for (std::size_t i = 0; i < key.size();) {
        const auto lead = static_cast<std::uint8_t>(key[i]);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        const auto bytes = key.substr(i, size);
        // Letters of rule 3 have two bytes; every other one is no matter here.
        const char32_t c = bytes.size() == 2
                               ? char32_t((lead & 0x1fU) << 6U | (std::uint8_t(bytes[1]) & 0x3fU))
                               : 0;
        each(c, bytes);
        i += size;
    }
}

}  // namespace

std::vector<FoldedWord> fold_words(std::string_view text) { return Cutter(text).cut(); }

std::string skeleton_of(std::string_view key) {
    std::string bones;
    std::size_t count = 0;
    bool letters_only = true, last_is_ha = false;
    std::string_view last;
    for_letters(key, [&](char32_t c, std::string_view bytes) {
        letters_only &= is_arabic(c);
        last_is_ha = c == ha;
        if (c == alef || c == waw || c == ya) return;
        if (c == U'گ') bytes = "ق";
        if (c == U'ح') bytes = "ه";
        if (bytes == last) return;
        last = bytes;
        bones += bytes;
        ++count;
    });
    if (last_is_ha && count > 2 && bones.ends_with("ه")) {
        bones.resize(bones.size() - 2);
        --count;
    }
    return letters_only && count >= 2 ? bones : std::string();
}

std::string stem_of(std::string_view key) {
    // لل is one letter in a key, so للبنت begins with ل like لبنت.
    static constexpr std::array<std::string_view, 11> prefixes{
        "وال", "فال", "بال", "كال", "ال", "ول", "و", "ف", "ب", "ك", "ل"};
    for (const auto prefix : prefixes)
        if (key.starts_with(prefix) && key.size() >= prefix.size() + 6)
            return std::string(key.substr(prefix.size()));
    return {};
}

std::string_view beginning_of(std::string_view key, std::size_t letters) {
    std::size_t count = 0, end = 0;
    bool longer = false;
    for_letters(key, [&](char32_t, std::string_view bytes) {
        if (count == letters)
            longer = true;
        else {
            ++count;
            end += bytes.size();
        }
    });
    return longer ? key.substr(0, end) : std::string_view();
}

}  // namespace sanad
