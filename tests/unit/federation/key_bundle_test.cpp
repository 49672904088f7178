#include "core/federation/key_bundle.h"
#include "tests/unit/federation/directory_sample.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using sanad::test::NodeKeys;

namespace {

struct Bundle {
    NodeId id{"ma.example"};
    NodeKeys keys{1};
    KeyBundle bundle = keys.bundle(id);
};

}  // namespace

TEST_CASE_METHOD(Bundle, "a key bundle comes back from its text, and its identity vouches for it") {
    CHECK(parse_key_bundle(format(bundle)).value() == bundle);
    CHECK(verify_key_bundle(id, bundle));
    CHECK(format(bundle).find(' ') == std::string::npos);
}

TEST_CASE_METHOD(Bundle, "a key bundle of one node does not pass for another's") {
    CHECK(verify_key_bundle(NodeId{"tn.example"}, bundle).error().fault == Fault::bad_signature);
}

TEST_CASE_METHOD(Bundle, "a key bundle with any bit changed, or cut short, is refused") {
    const std::string text = format(bundle);
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
        std::string changed = text;
        changed[bit / 8] = char(changed[bit / 8] ^ (1 << (bit % 8)));
        const auto parsed = parse_key_bundle(changed);
        CHECK_FALSE((parsed && verify_key_bundle(id, *parsed)));
    }
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK(parse_key_bundle(text.substr(0, size)).error().fault == Fault::malformed);
    CHECK(parse_key_bundle(text + ",more:x").error().fault == Fault::malformed);
    CHECK(parse_key_bundle(std::string(key_bundle_bytes_max + 1, 'a')).error().fault ==
          Fault::malformed);
}

TEST_CASE_METHOD(Bundle, "a key bundle needs four different keys that somebody can own") {
    const auto fault = [&](const trust::PublicKey& signing, const trust::SealingPublicKey& sealing,
                           const trust::TransportPublicKey& transport) {
        const auto made = sign_key_bundle(id, keys.identity, signing, sealing, transport, Time{0});
        const auto verified = verify_key_bundle(id, made);
        return verified ? "none" : std::string(name(verified.error().fault));
    };
    const auto signing = keys.signing.public_key();
    const auto sealing = keys.sealing.public_key();
    const auto transport = keys.transport.public_key();
    CHECK(fault(signing, sealing, transport) == "none");
    CHECK(fault(keys.identity.public_key(), sealing, transport) == "invalid");
    CHECK(fault(signing, sealing, {sealing.bytes}) == "invalid");
    CHECK(fault({}, sealing, transport) == "invalid");
    CHECK(fault(signing, {}, transport) == "invalid");
    CHECK(fault(signing, sealing, {}) == "invalid");
}

TEST_CASE_METHOD(Bundle, "a key bundle keeps its time to the second") {
    const auto made = sign_key_bundle(id, keys.identity, bundle.signing, bundle.sealing,
                                      bundle.transport, Time{1'764'000'000'123});
    CHECK(made.issued == Time{1'764'000'000'000});
    CHECK(parse_key_bundle(format(made)).value() == made);
}
