#include "core/trust/password.h"

#include "core/trust/common_words.h"
#include "tests/support/counter_entropy.h"

#include <catch2/catch.hpp>

#include <sodium.h>

using namespace sanad;
using namespace sanad::trust;

namespace {

const std::vector<std::string> context{"amina", "ma.cmrpi", "e-himaya"};
const std::string good = "three green boats at noon";

std::string refused(const std::string& password) {
    const auto checked = check_password(password, context);
    return checked ? "" : std::string(name(checked.error().fault)) + " " + checked.error().detail;
}

}  // namespace

TEST_CASE("a sentence is a password, in any script and without any rule on its characters") {
    for (const auto& sentence :
         {good, std::string("قاربان أخضران عند الظهيرة"), std::string("trois bateaux verts à midi"),
          std::string("hvkqjzrwpmxtbyo")})
        CHECK(refused(sentence) == "");
}

TEST_CASE("a password has 15 to 128 characters, counted as a reader counts them") {
    CHECK(refused("hvkqjzrwpmxtby") == "bad_size password");
    CHECK(refused("ظشغذضصثقفعهخحج") == "bad_size password");  // 14, in 28 bytes
    CHECK(refused("ظشغذضصثقفعهخحجد") == "");
    std::string longest;
    while (longest.size() < 128) longest += good;
    CHECK(refused(longest.substr(0, 128)) == "");
    CHECK(refused(longest.substr(0, 128) + "x") == "bad_size password");
    CHECK(refused("") == "bad_size text");
    CHECK(refused(good + "\n\x01") != "");
    CHECK(refused(good + "\xff") != "");
}

TEST_CASE("what is made of common words, of this person and of this place is refused") {
    for (const auto* common :
         {"passwordpassword", "Password123456!", "P@ssw0rd P@ssw0rd", "qwertyuiopasdfghjkl",
          "AZERTYUIOP123456", "1q2w3e4r5t6y7u8i9o0p", "motdepasse2026!!!", "ma.cmrpi 2026 amina",
          "Amina.Amina.Amina", "Helpline-Child-2026", "aaaaaaaaaaaaaaaaaaa", "ababababababababab",
          "كلمة السر كلمة السر", "iloveyou iloveyou", "casablanca maroc 2026",
          "e-himaya ramadan 2026"})
        CHECK(std::string(common) + ": " + refused(common) ==
              std::string(common) + ": denied password_common");
    // Two halves do not make a common word where one was taken out between them.
    CHECK(refused("he password llo kvjqzr wm") == "");
}

TEST_CASE("each shipped common word is worth nothing, however often it is repeated") {
    for (const auto word : common_password_words()) {
        std::string repeated;
        while (repeated.size() < 60) repeated += std::string(word) + " ";
        INFO(word);
        CHECK(refused(repeated) != "");
    }
}

TEST_CASE("a password is found again by its hash, and by nothing near it") {
    test::CounterEntropy entropy;
    const auto hash = hash_password(good, entropy);
    REQUIRE(hash);
    CHECK(hash->passes == 3);
    CHECK(hash->memory_kib == 128 * 1024);
    CHECK(is_password(*hash, good) == true);
    CHECK(is_password(*hash, good + "s") == false);
    CHECK(is_password(nobodys_password(), good) == false);
    const auto again = hash_password(good, entropy);
    REQUIRE(again);
    CHECK(again->hash != hash->hash);  // salted
}

TEST_CASE("the hash is Argon2id as RFC 9106 has it, over the NFC of what was typed") {
    PasswordHash small{.passes = 1, .memory_kib = 64};
    const std::string composed = "une fenêtre bleue";
    const std::string apart = "une fene\u0302tre bleue";
    REQUIRE(crypto_pwhash(small.hash.data(), 32, composed.data(), composed.size(),
                          small.salt.data(), 1, 64 * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0);
    CHECK(is_password(small, composed) == true);
    CHECK(is_password(small, apart) == true);
    CHECK(is_password(small, "une fenetre bleue") == false);
}
