#include "plugins/partners/webhook/signature.h"
#include "plugins/partners/webhook/base64.h"
#include "plugins/partners/webhook/crypto.h"

#include <catch2/catch.hpp>

using namespace sanad::webhook;

namespace {

// From the reference library: libraries/go/webhook_asymmetric_test.go, TestAsymmetricWebhookSign.
const std::string published_key = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";
const std::string published_id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t published_time_s = 1614265330;
const std::string published_body = R"({"test": 2432232314})";
const std::string published_signature =
    "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==";

PartnerKeys published_keys() {
    return {{ed25519_public_key(*parse_secret_key(published_key))}, {}};
}

std::expected<void, SignatureFault> verify_published(std::string_view signature,
                                                     std::int64_t now_s = published_time_s,
                                                     std::string_view body = published_body,
                                                     std::string_view id = published_id) {
    return verify(published_keys(), {id, std::to_string(published_time_s), signature}, body, now_s);
}

}  // namespace

TEST_CASE("the published v1a test vector is what we sign") {
    const auto seed = parse_secret_key(published_key);
    REQUIRE(seed);
    CHECK(sign(*seed, published_id, published_time_s, published_body) == published_signature);
    CHECK(verify_published(published_signature));
}

TEST_CASE("the published v1 test vector is accepted from a partner") {
    // libraries/javascript/src/webhook.test.ts and the other reference libraries share it.
    const auto secret = parse_shared_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    REQUIRE(secret);
    CHECK(verify({{}, {*secret}},
                 {published_id, std::to_string(published_time_s),
                  "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
                 published_body, published_time_s));
}

TEST_CASE("any change of id, time, body or signature is noticed") {
    CHECK(verify_published(published_signature, published_time_s, published_body + " ").error() ==
          SignatureFault::signature_unknown);
    CHECK(verify_published(published_signature, published_time_s, published_body, "msg_other")
              .error() == SignatureFault::signature_unknown);
    CHECK(verify(published_keys(),
                 {published_id, std::to_string(published_time_s + 1), published_signature},
                 published_body, published_time_s)
              .error() == SignatureFault::signature_unknown);
    const auto bytes = from_base64(published_signature.substr(4));
    REQUIRE(bytes);
    for (std::size_t bit = 0; bit < bytes->size() * 8; ++bit) {
        std::string turned = *bytes;
        turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ (1 << bit % 8));
        CHECK_FALSE(verify_published("v1a," + to_base64(turned)));
    }
}

TEST_CASE("a signature counts for five minutes in both directions") {
    constexpr auto tolerance = timestamp_tolerance_s;
    CHECK(verify_published(published_signature, published_time_s + tolerance));
    CHECK(verify_published(published_signature, published_time_s + tolerance + 1).error() ==
          SignatureFault::timestamp_too_old);
    CHECK(verify_published(published_signature, published_time_s - tolerance));
    CHECK(verify_published(published_signature, published_time_s - tolerance - 1).error() ==
          SignatureFault::timestamp_too_new);
}

TEST_CASE("one good signature among others is enough, up to the eighth") {
    std::string others;
    for (int count = 0; count < 7; ++count)
        others += "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= ";
    CHECK(verify_published(others + published_signature));
    CHECK_FALSE(verify_published("v2,abcd " + others + published_signature));
}

TEST_CASE("a key of one scheme proves nothing in the other") {
    const auto seed = parse_secret_key(published_key);
    const std::string public_key = ed25519_public_key(*seed);
    const std::string content =
        published_id + "." + std::to_string(published_time_s) + "." + published_body;
    // Who knows only the public key must not be able to sign with it as a shared secret.
    CHECK_FALSE(verify_published("v1," + to_base64(hmac_sha256(public_key, content))));
    CHECK_FALSE(verify_published("v1a," + to_base64(hmac_sha256(public_key, content))));
}

TEST_CASE("absent and malformed headers are told apart") {
    const auto with = [](std::string_view id, std::string_view timestamp, std::string_view sig) {
        return verify(published_keys(), {id, timestamp, sig}, published_body, published_time_s);
    };
    CHECK(with("", "1614265330", published_signature).error() == SignatureFault::headers_missing);
    CHECK(with(published_id, "", published_signature).error() == SignatureFault::headers_missing);
    CHECK(with(published_id, "1614265330", "").error() == SignatureFault::headers_missing);
    CHECK(with("msg.1", "1614265330", published_signature).error() == SignatureFault::id_malformed);
    for (const char* time : {"1614265330.5", "-1", " 1614265330", "1e9", "9999999999999"})
        CHECK(with(published_id, time, published_signature).error() ==
              SignatureFault::timestamp_malformed);
    for (const char* signature : {"v1a", "v1a,", ",", "v1a,!!!!", "   "})
        CHECK(with(published_id, "1614265330", signature).error() ==
              SignatureFault::signature_unknown);
}

TEST_CASE("keys are read only with their own prefix and length") {
    const std::string key32 = to_base64(std::string(32, 'k'));
    CHECK(parse_secret_key("whsk_" + key32));
    CHECK(parse_public_key("whpk_" + key32));
    CHECK(parse_public_key(format_public_key(std::string(32, 'k'))) == std::string(32, 'k'));
    CHECK_FALSE(parse_secret_key("whpk_" + key32));
    CHECK_FALSE(parse_public_key("whsk_" + key32));
    CHECK_FALSE(parse_secret_key(key32));
    for (const std::size_t bytes : {0U, 31U, 33U, 64U}) {
        CHECK_FALSE(parse_secret_key("whsk_" + to_base64(std::string(bytes, 'k'))));
        CHECK_FALSE(parse_public_key("whpk_" + to_base64(std::string(bytes, 'k'))));
    }
    const auto shared = [](std::size_t bytes) {
        return parse_shared_secret("whsec_" + to_base64(std::string(bytes, 's'))).has_value();
    };
    CHECK_FALSE(shared(23));
    CHECK(shared(24));
    CHECK(shared(64));
    CHECK_FALSE(shared(65));
}

TEST_CASE("an id has no full stop and at most 128 bytes") {
    CHECK(is_webhook_id(std::string(128, 'a')));
    CHECK_FALSE(is_webhook_id(std::string(129, 'a')));
    CHECK_FALSE(is_webhook_id(""));
    for (const char* id : {"a.b", "a b", "a\n", "é", "a/b"}) CHECK_FALSE(is_webhook_id(id));
}

TEST_CASE("base64 has one text per byte string") {
    // RFC 4648, section 10.
    CHECK(to_base64("foobar") == "Zm9vYmFy");
    CHECK(to_base64("fooba") == "Zm9vYmE=");
    CHECK(to_base64("foob") == "Zm9vYg==");
    CHECK(to_base64url(std::string("\xfb\xff", 2)) == "-_8");
    for (std::size_t bytes = 0; bytes < 70; ++bytes) {
        const std::string random = random_bytes(bytes);
        CHECK(from_base64(to_base64(random)) == random);
        CHECK(from_base64url(to_base64url(random)) == random);
    }
    for (const char* text :
         {"Zg", "Zg=", "Zh==", "Zg===", "Z===", "Zg==\n", "Zg=a", "=Zg=", "-_8="})
        CHECK_FALSE(from_base64(text));
    for (const char* text : {"Zg==", "Zh", "Z", "+/8", "Zg "}) CHECK_FALSE(from_base64url(text));
}

TEST_CASE("Ed25519 agrees with RFC 8032, section 7.1, test 1") {
    const auto seed = from_base64("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=");
    REQUIRE(seed);
    CHECK(to_base64(ed25519_public_key(*seed)) == "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    CHECK(
        to_base64(ed25519_sign(*seed, "")) ==
        "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==");
}
