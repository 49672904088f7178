#include "core/trust/passkey.h"

#include "core/base/base64url.h"
#include "tests/support/authenticator.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::trust;
using support::Authenticator;

namespace {

const RelyingParty party{"desk.example.org",
                         {"https://desk.example.org", "https://desk.example.org:8443"}};
const Bytes challenge(32, 7);

Bytes created(ByteView of = challenge, const std::string& origin = party.origins.front()) {
    return Authenticator::client_data("webauthn.create", of, origin);
}

Fault registering(const Bytes& client_data, const Bytes& data) {
    const auto made = register_passkey(party, challenge, client_data, data);
    REQUIRE_FALSE(made);
    return made.error().fault;
}

/// A passkey that is kept, and the authenticator that has it.
struct Enrolled {
    explicit Enrolled(PasskeyAlgorithm algorithm = PasskeyAlgorithm::es256)
        : authenticator(algorithm) {
        auto made =
            register_passkey(party, challenge, created(), authenticator.registration(party.id));
        REQUIRE(made);
        passkey = std::move(*made);
    }
    PasskeyAnswer answer(const std::string& origin = party.origins.front()) {
        return authenticator.answer(party.id, origin, challenge);
    }
    Fault refused(const PasskeyAnswer& wrong) {
        const auto verified = verify_passkey(party, challenge, passkey, wrong);
        REQUIRE_FALSE(verified);
        return verified.error().fault;
    }
    /// Signed by the right key, with these bytes.
    PasskeyAnswer of(Bytes client_data, Bytes data) {
        auto signature = authenticator.sign(data, client_data);
        return {std::move(client_data), std::move(data), std::move(signature)};
    }

    Authenticator authenticator;
    Passkey passkey;
};

Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

TEST_CASE("a passkey of each of the three kinds is taken, and signs its owner in") {
    const auto algorithm =
        GENERATE(PasskeyAlgorithm::es256, PasskeyAlgorithm::eddsa, PasskeyAlgorithm::rs256);
    Enrolled enrolled(algorithm);
    CHECK(enrolled.passkey.algorithm == algorithm);
    CHECK(enrolled.passkey.id == enrolled.authenticator.id);
    CHECK(enrolled.passkey.counter == 1);
    for (std::uint32_t use = 2; use < 5; ++use) {
        const auto counter =
            verify_passkey(party, challenge, enrolled.passkey, enrolled.answer(party.origins[1]));
        REQUIRE(counter);
        CHECK(*counter == use);
        enrolled.passkey.counter = *counter;
    }
}

TEST_CASE("a registration for another challenge, page, kind of act or domain is not taken") {
    Authenticator authenticator;
    const auto data = authenticator.registration(party.id);
    CHECK(registering(created(Bytes(32, 8)), data) == Fault::untrusted);
    CHECK(registering(created(Bytes{}), data) == Fault::untrusted);
    CHECK(registering(created(challenge, "https://desk.example.org.evil.net"), data) ==
          Fault::untrusted);
    CHECK(registering(created(challenge, "http://desk.example.org"), data) == Fault::untrusted);
    CHECK(registering(Authenticator::client_data("webauthn.get", challenge, party.origins.front()),
                      data) == Fault::malformed);
    CHECK(registering(created(), authenticator.registration("example.org")) == Fault::untrusted);
    CHECK_FALSE(register_passkey({"", party.origins}, challenge, created(), data));
    CHECK_FALSE(register_passkey(party, {}, created(Bytes{}), data));
}

TEST_CASE("who is not there, or was not asked who they are, can neither enrol nor sign in") {
    for (const std::uint8_t flags : {std::uint8_t{0x00}, std::uint8_t{0x01}, std::uint8_t{0x04}}) {
        Authenticator careless;
        careless.flags = flags;
        CHECK(registering(created(), careless.registration(party.id)) == Fault::denied);
        Enrolled enrolled;
        enrolled.authenticator.flags = flags;
        CHECK(enrolled.refused(enrolled.answer()) == Fault::denied);
    }
}

TEST_CASE("each single bit that is turned in what a browser brings makes it worthless") {
    const auto algorithm = GENERATE(PasskeyAlgorithm::es256, PasskeyAlgorithm::eddsa);
    Enrolled enrolled(algorithm);
    const auto good = enrolled.answer();
    REQUIRE(verify_passkey(party, challenge, enrolled.passkey, good));
    for (const auto part : {&PasskeyAnswer::client_data, &PasskeyAnswer::authenticator_data,
                            &PasskeyAnswer::signature}) {
        const std::size_t size = (good.*part).size();
        for (std::size_t bit = 0; bit < 8 * size; ++bit) {
            auto bad = good;
            (bad.*part)[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
            if (verify_passkey(party, challenge, enrolled.passkey, bad)) FAIL("bit " << bit);
        }
    }
}

TEST_CASE("an answer to another challenge, from another page or for another domain is refused") {
    Enrolled enrolled;
    const auto& origin = party.origins.front();
    CHECK(enrolled.refused(enrolled.authenticator.answer(party.id, origin, Bytes(32, 9))) ==
          Fault::untrusted);
    CHECK(enrolled.refused(enrolled.answer("https://desk.example.com")) == Fault::untrusted);
    CHECK(enrolled.refused(enrolled.authenticator.answer("example.org", origin, challenge)) ==
          Fault::untrusted);
    const auto head = Authenticator::head(party.id, 0x05, 9);
    CHECK(enrolled.refused(enrolled.of(created(), head)) == Fault::malformed);
    CHECK(enrolled.refused(
              {Authenticator::client_data("webauthn.get", challenge, origin), head, {}}) ==
          Fault::bad_size);
}

TEST_CASE("the passkey of somebody else does not sign in") {
    Enrolled one;
    Enrolled other;
    CHECK(one.refused(other.answer()) == Fault::bad_signature);
}

TEST_CASE("a counter that does not rise says that there may be a copy of the passkey") {
    Enrolled enrolled;
    enrolled.passkey.counter = 7;
    enrolled.authenticator.counter = 6;
    CHECK(enrolled.refused(enrolled.answer()) == Fault::conflict);  // 7 again
    CHECK(verify_passkey(party, challenge, enrolled.passkey, enrolled.answer()) == 8u);
    enrolled.authenticator.counter = std::uint32_t(-1);
    CHECK(enrolled.refused(enrolled.answer()) == Fault::conflict);  // it stopped counting
    enrolled.passkey.counter = 0;
    enrolled.authenticator.counter = std::uint32_t(-1);
    CHECK(verify_passkey(party, challenge, enrolled.passkey, enrolled.answer()) == 0u);
}

TEST_CASE("client data in another form is refused, and what a later browser adds is not") {
    Enrolled enrolled;
    const auto head = Authenticator::head(party.id, 0x05, 9);
    const std::string good = R"({"type":"webauthn.get","challenge":")" + to_base64url(challenge) +
                             R"(","origin":"https://desk.example.org")";
    const auto takes = [&](const std::string& text) {
        return verify_passkey(party, challenge, enrolled.passkey, enrolled.of(bytes(text), head))
            .has_value();
    };
    CHECK(takes(good + "}"));  // some browsers do not say crossOrigin
    CHECK(takes(good + R"(,"other_keys_can_be_added_here":"do not compare","more":[{"a":1}]})"));
    CHECK_FALSE(takes(good + R"(,"crossOrigin":true})"));
    CHECK_FALSE(takes(good + R"(,"crossOrigin":"false"})"));
    CHECK_FALSE(takes(good + R"(,"topOrigin":"https://other.example.org"})"));
    CHECK_FALSE(takes(good + R"(,"origin":"https://desk.example.org"})"));
    CHECK_FALSE(takes(good));
    CHECK_FALSE(takes(good + "} "
                             "x"));
    CHECK_FALSE(takes("[" + good + "}]"));
    CHECK_FALSE(takes(R"({"type":["webauthn.get"],"challenge":1,"origin":null})"));
    CHECK_FALSE(takes(""));
    CHECK_FALSE(takes(good + R"(,"long":")" + std::string(client_data_bytes_max, 'a') + R"("})"));
    CHECK_FALSE(takes(good + ",\"deep\":" + std::string(2000, '[') + std::string(2000, ']') + "}"));
}

TEST_CASE("authenticator data that ends early, goes on too long or claims too much is refused") {
    Authenticator authenticator;
    const auto good = authenticator.registration(party.id);
    for (std::size_t size = 0; size < good.size(); ++size)
        if (register_passkey(party, challenge, created(), ByteView(good).first(size)))
            FAIL("cut at " << size);
    auto longer = good;
    longer.push_back(0);
    CHECK(registering(created(), longer) == Fault::malformed);
    auto extended = good;
    extended[32] |= 0x80;
    CHECK(registering(created(), extended) == Fault::malformed);  // says that there is more
    append(extended, bytes("\xa1\x6b"
                           "credProtect\x02"));
    CHECK(register_passkey(party, challenge, created(), extended));
    auto plain = good;
    plain[32] &= 0x3f;
    CHECK(registering(created(), plain) == Fault::malformed);
    CHECK(registering(created(), Bytes(authenticator_data_bytes_max + 1)) == Fault::bad_size);
}

TEST_CASE("an answer cannot make the node set memory aside for what it only claims to hold") {
    Enrolled enrolled;
    const auto client = Authenticator::client_data("webauthn.get", challenge, party.origins[0]);
    for (const auto& tail : {Bytes{0x9b, 0, 0, 0, 0, 0x40, 0, 0, 0},  // a list of 2^30
                             Bytes{0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
                             Bytes{0xbf, 0xff},                                // without a length
                             Bytes{0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x00},  // too deep
                             Bytes{0x5a, 0xff, 0xff, 0xff, 0xff}, Bytes{0xc0, 0x00}, Bytes{0xfb}}) {
        auto data = Authenticator::head(party.id, 0x85, 9);
        append(data, tail);
        CHECK(enrolled.refused(enrolled.of(client, data)) == Fault::malformed);
    }
}

TEST_CASE("a credential id has 16 to 1023 bytes, and its key is a point of the curve") {
    Authenticator authenticator;
    for (const std::size_t size : {16u, 1023u}) {
        authenticator.id = Bytes(size, 3);
        CHECK(register_passkey(party, challenge, created(), authenticator.registration(party.id)));
    }
    for (const std::size_t size : {0u, 15u, 1024u}) {
        authenticator.id = Bytes(size, 3);
        CHECK(registering(created(), authenticator.registration(party.id)) == Fault::bad_size);
    }
    authenticator.id = Bytes(32, 3);
    auto off_the_curve = authenticator.registration(party.id);
    off_the_curve.back() ^= 1;
    CHECK(registering(created(), off_the_curve) == Fault::unsupported);
}
