#include "core/trust/key_words.h"

#include "core/trust/hash.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

using namespace sanad;
using namespace sanad::trust;

TEST_CASE("the list of key words has 256 different words in the order of the alphabet") {
    const auto& words = key_word_list();
    CHECK(std::ranges::is_sorted(words));
    CHECK(std::set(words.begin(), words.end()).size() == 256);
    for (const auto word : words) {
        CHECK(word.size() >= 4);
        CHECK(std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; }));
    }
}

TEST_CASE("the key words of earlier builds are those of every later one") {
    std::string all;
    for (const auto word : key_word_list()) all += std::string(word) + "\n";
    // The list is part of what people compare: a changed word would make two equal keys differ.
    const auto hash = sha256(bytes_of(all));
    CHECK(hash[0] == 0x83);
    CHECK(hash[1] == 0x74);
    CHECK(key_words(Bytes(32, 7)) == "elbow-badge-dinner-chestnut-elbow-cactus-glacier-tailor");
    CHECK(key_digits(Bytes(32, 7)) == "082-012-072-047-082-037-099-232");
}

TEST_CASE("any bit of a key changes its words, and words and digits say the same") {
    const Bytes key(32, 0x5a);
    std::set<std::string> seen{key_words(key)};
    for (std::size_t bit = 0; bit < key.size() * 8; ++bit) {
        Bytes other = key;
        other[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
        CHECK(seen.insert(key_words(other)).second);
    }
    const auto words = key_words(key), digits = key_digits(key);
    CHECK(std::ranges::count(words, '-') == 7);
    CHECK(digits.size() == 8 * 3 + 7);
    const auto first = std::size_t(std::stoi(digits.substr(0, 3)));
    CHECK(words.starts_with(key_word_list()[first]));
}
