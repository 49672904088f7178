#include "core/trust/totp.h"

#include "core/base/digits.h"
#include "tests/support/counter_entropy.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::trust;

namespace {

TotpSecret rfc_secret() { return TotpSecret(bytes_of("12345678901234567890")); }

Time at(std::int64_t seconds) { return {seconds * 1000}; }

}  // namespace

TEST_CASE("the codes are those of RFC 6238, appendix B") {
    CHECK(totp_code(rfc_secret(), at(59)) == "287082");
    CHECK(totp_code(rfc_secret(), at(1111111109)) == "081804");
    CHECK(totp_code(rfc_secret(), at(1234567890)) == "005924");
    CHECK(totp_code(rfc_secret(), at(2000000000)) == "279037");
    CHECK(totp_code(rfc_secret(), at(20000000000)) == "353130");
}

TEST_CASE("a code is good for its own step and one step on either side") {
    const auto code = totp_code(rfc_secret(), at(1111111100));
    const auto step = std::uint64_t{1111111100 / 30};
    for (const std::int64_t shift : {-30, 0, 30})
        CHECK(check_totp(rfc_secret(), code, at(1111111100 + shift), 0) == step);
    for (const std::int64_t shift : {-60, 60}) {
        const auto late = check_totp(rfc_secret(), code, at(1111111100 + shift), 0);
        REQUIRE_FALSE(late);
        CHECK(late.error().detail == "totp_wrong");
    }
}

TEST_CASE("a code works once, and none before it works afterwards") {
    const auto now = at(1111111100);
    const auto before = totp_code(rfc_secret(), at(1111111070));
    const auto code = totp_code(rfc_secret(), now);
    const auto step = check_totp(rfc_secret(), code, now, 0);
    REQUIRE(step);
    for (const auto& used : {code, before}) {
        const auto again = check_totp(rfc_secret(), used, now, *step);
        REQUIRE_FALSE(again);
        CHECK(again.error().detail == "totp_used");
    }
    CHECK(check_totp(rfc_secret(), totp_code(rfc_secret(), at(1111111130)), now, *step));
}

TEST_CASE("what is not six digits is no code") {
    for (const auto* text : {"", "28708", "2870822", "28708a", " 287082", "-87082", "28708\x80"}) {
        const auto checked = check_totp(rfc_secret(), text, at(59), 0);
        REQUIRE_FALSE(checked);
        CHECK(checked.error().fault == Fault::malformed);
    }
    CHECK_FALSE(check_totp(rfc_secret(), std::string("287082\0", 7), at(59), 0));
}

TEST_CASE("digits of any script are read as digits, with spaces between them") {
    CHECK(ascii_digits("287 082", 6) == "287082");
    CHECK(ascii_digits("٢٨٧٠٨٢", 6) == "287082");
    CHECK(ascii_digits("۲۸۷\u00a0۰۸۲", 6) == "287082");
    CHECK(ascii_digits("", 6) == "");
    CHECK_FALSE(ascii_digits("2870821", 6));
    CHECK_FALSE(ascii_digits("28708a", 6));
    CHECK_FALSE(ascii_digits("287\xd9", 6));
    CHECK_FALSE(ascii_digits(std::string(49, ' '), 6));
}

TEST_CASE("an app is told the secret in base32 and as an address that it can read") {
    CHECK(totp_text(rfc_secret()) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    CHECK(totp_address(rfc_secret(), "سند ma.cmrpi", "amina & co") ==
          "otpauth://totp/%D8%B3%D9%86%D8%AF%20ma.cmrpi:amina%20%26%20co?secret="
          "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%D8%B3%D9%86%D8%AF%20ma.cmrpi&algorithm=SHA1&"
          "digits=6&period=30");
    test::CounterEntropy entropy;
    CHECK(totp_text(TotpSecret::generate(entropy)) != totp_text(TotpSecret::generate(entropy)));
}
