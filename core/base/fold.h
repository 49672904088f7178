#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Words of mixed writing in one form, so that the same word meets itself however it was typed:
// Darija in Arabic or in Latin letters, Arabic, French, English, Tamazight. For searching and for
// noticing, never for showing.
//
// 1. Characters. Each is taken by itself in NFKC with case folded (Unicode, by ICU) and then
//    decomposed; what Unicode calls ignorable (joiners, bidirectional controls, variation
//    selectors) disappears without ending a word, and so do tatweel and every combining mark:
//    accents, tashkeel, hamza above and below, madda. Two marks count before they go: a cedilla
//    makes c an s, and a dot under h makes it ح. Digits of every script become 0-9.
// 2. Words. A word is a run of letters and digits; everything else, and every byte that is not
//    UTF-8, stands between words.
// 3. Letters, to one Arabic letter each:
//      Arabic     ث=ت  ذ=د  ص=س  ض=د  ط=ت  ظ=د  ى=ي  ة=ا  ء goes; پ=ب چ=ش ڤ=ف; گ ڭ ݣ ڨ = گ
//      Latin      a=ا  b,p=ب  c=ك, before e i y س  d=د  e,i,y=ي  f,v=ف  g=گ  h=ه  j=ج  k=ك
//                 l=ل  m=م  n=ن  o,u,w=و  q=ق  r=ر  s=س  t=ت  x=كس  z=ز
//      Latin two  kh=خ  gh=غ  ch,sh=ش  dh=د  ph=ف  ou=و  ck=ك; qu before a vowel=ك
//      Arabizi    2 goes  3=ع  5=خ  6=ت  7=ح  9=ق; 3'=غ  7'=خ  9'=د before a letter
//      Tamazight  Tifinagh as its Latin letters; ɣ=غ  ɛ=ع
//      French     œ=oe  æ=ae
//    A digit is a letter only beside a Latin letter: alone, or one of two that a Latin letter
//    follows. Digits alone stay digits, and letters of other scripts stay what they are.
// 4. A letter that repeats itself counts once, a digit does not.
//
// A key is at most `folded_letters_max` letters; what follows of a longer word is not in it. Keys
// are folded already: to fold one gives itself.
namespace sanad {

inline constexpr std::size_t folded_letters_max = 40;

struct FoldedWord {
    std::string key;       // 1..folded_letters_max letters, UTF-8
    std::uint32_t first;   // bytes of the text that are the word: from here, on a border of UTF-8
    std::uint32_t length;  // at least 1
    bool arabic;           // it was written in Arabic letters
};

/// The words of `text` in its order. Any bytes at all are taken: what is not UTF-8 divides words.
/// threads  any
std::vector<FoldedWord> fold_words(std::string_view text);

/// What of a key is left when everybody spells the vowels differently: the key without ا و ي and
/// without a last ه, with گ as ق and ح as ه, repeated letters once. Empty when fewer than two
/// letters are left, or when the key is not all letters of rule 3. threads  any
std::string skeleton_of(std::string_view key);

/// The key without what Arabic writes onto the next word: و ف ب ك ل and the article, as in وال,
/// بال, لل. Empty when there is none, or fewer than three letters would be left. Only of words that
/// were written in Arabic letters. threads  any
std::string stem_of(std::string_view key);

/// The first `letters` letters of a key; empty when it has no more than that. threads  any
std::string_view beginning_of(std::string_view key, std::size_t letters);

}  // namespace sanad
