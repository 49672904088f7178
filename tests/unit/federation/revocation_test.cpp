#include "tests/unit/federation/directory_world.h"

using namespace sanad;
using namespace sanad::federation;
using namespace sanad::test;

namespace {

const NodeId tunisia{"tn.example"};

struct Notices : BookShelf {
    Notices() { REQUIRE(install(signed_by(directory, {1, 2})) == "followed"); }

    std::string by_steward(std::uint8_t number, Time at) const {
        return sign_revocation(directory, tunisia, "key_stolen", steward_key(number),
                               steward(number).name, at)
            .value();
    }
    std::string by_itself(Time at) const {
        return sign_revocation(directory, tunisia, "device_lost", NodeKeys(2).identity,
                               tunisia.text, at)
            .value();
    }
    /// The next directory, with keys that the node made after `at`.
    Directory with_new_keys(Time at) const {
        auto fresh = next();
        const NodeKeys keys(2), other(77);
        fresh.nodes[1].keys =
            sign_key_bundle(tunisia, keys.identity, other.signing.public_key(),
                            other.sealing.public_key(), other.transport.public_key(), at);
        return fresh;
    }
};

}  // namespace

TEST_CASE_METHOD(Notices, "a notice by the node itself or by one steward acts with its commit") {
    CHECK(is_active("tn.example"));
    CHECK(revoke(by_itself(clock.now())) == "followed");
    CHECK_FALSE(is_active("tn.example"));
    CHECK(is_active("ma.example"));
    CHECK(times_in_feed("directory.revoked") == 1);
    CHECK(times_in_audit("directory.revoke") == 1);
    open();
    CHECK_FALSE(is_active("tn.example"));
    CHECK(revoke(by_steward(3, clock.now())) == "followed");
    CHECK(revoke(by_steward(3, clock.now())) == "same");
}

TEST_CASE_METHOD(Notices, "nobody else revokes a node, and no changed notice is one") {
    CHECK(revoke(by_steward(4, clock.now())) == "untrusted");
    const auto by_other = sign_revocation(directory, tunisia, "key_stolen", NodeKeys(1).identity,
                                          "ma.example", clock.now())
                              .value();
    CHECK(revoke(by_other) == "untrusted");
    const auto by_signing_key = sign_revocation(directory, tunisia, "key_stolen",
                                                NodeKeys(2).signing, tunisia.text, clock.now())
                                    .value();
    CHECK(revoke(by_signing_key) == "untrusted");
    const auto good = by_steward(1, clock.now());
    for (std::size_t byte = 0; byte < good.size(); ++byte) {
        auto changed = good;
        changed[byte] = char(changed[byte] ^ (1 << (byte % 7)));
        CHECK(revoke(changed) != "followed");
    }
    CHECK(is_active("tn.example"));
    CHECK(revoke(std::string(revocation_bytes_max + 1, 'x')) == "bad_size");
    CHECK(revoke(signed_by(directory, {1, 2})) == "malformed");
}

TEST_CASE_METHOD(Notices, "a notice is of this federation, of one of its nodes, and of today") {
    auto other = directory;
    other.federation = "levant";
    CHECK(revoke(sign_revocation(other, tunisia, "key_stolen", steward_key(1), "steward-1",
                                 clock.now())
                     .value()) == "invalid");
    CHECK(revoke(sign_revocation(directory, NodeId{"dz.nobody"}, "key_stolen", steward_key(1),
                                 "steward-1", clock.now())
                     .value()) == "not_found");
    CHECK(revoke(by_steward(1, clock.now() + directory_clock_slack + Duration(1'000))) ==
          "invalid");
    CHECK(revoke(by_steward(1, clock.now() - revocation_life)) == "expired");
    CHECK(revoke(by_steward(1, clock.now() + directory_clock_slack)) == "followed");
    CHECK(sign_revocation(directory, tunisia, "two words", steward_key(1), "steward-1", clock.now())
              .error()
              .fault == Fault::malformed);
}

TEST_CASE_METHOD(Notices, "a notice lapses after 72 hours unless a directory confirms it") {
    const Time at = clock.now();
    REQUIRE(revoke(by_steward(1, at)) == "followed");
    let_pass(revocation_life - Duration(1'000));
    CHECK_FALSE(is_active("tn.example"));
    open();  // the clock of the notice runs on over a restart
    let_pass(Duration(1'000));
    CHECK(is_active("tn.example"));
    CHECK(times_in_feed("directory.revocation_lapsed") == 1);
    CHECK(times_in_audit("directory.revocation_lapsed") == 1);
    CHECK(revoke(by_steward(1, at)) == "expired");  // a peer that still has it changes nothing

    REQUIRE(revoke(by_steward(1, clock.now())) == "followed");
    auto confirmed = next();
    confirmed.nodes[1].status = NodeStatus::revoked;
    REQUIRE(install(signed_by(confirmed, {1, 2})) == "followed");
    let_pass(revocation_life);
    CHECK_FALSE(is_active("tn.example"));
}

TEST_CASE_METHOD(Notices, "a directory with newer keys of the node ends the notice, another not") {
    let_pass(std::chrono::hours(1));
    const auto notice = by_itself(clock.now());
    REQUIRE(revoke(notice) == "followed");
    let_pass(std::chrono::hours(1));
    auto unaware = next();
    unaware.issued = clock.now();
    REQUIRE(install(signed_by(unaware, {1, 2})) == "followed");
    CHECK_FALSE(is_active("tn.example"));
    directory = unaware;
    REQUIRE(install(signed_by(with_new_keys(clock.now()), {1, 2})) == "followed");
    CHECK(is_active("tn.example"));
    CHECK(revoke(notice) == "denied");  // it is about keys that are gone
    open();
    CHECK(is_active("tn.example"));
}

TEST_CASE_METHOD(Notices, "a revoked node's former transport key is not let in") {
    const auto old = directory.nodes[1].keys.transport;
    REQUIRE(revoke(by_itself(clock.now())) == "followed");
    CHECK(peers.current()->find(old) == nullptr);
    let_pass(std::chrono::hours(1));
    REQUIRE(install(signed_by(with_new_keys(clock.now()), {1, 2})) == "followed");
    CHECK(is_active("tn.example"));
    CHECK(peers.current()->find(old) == nullptr);
}

TEST_CASE_METHOD(Notices,
                 "a notice by a steward who is removed is over with the stewards' change") {
    REQUIRE(revoke(by_steward(3, clock.now())) == "followed");
    CHECK_FALSE(is_active("tn.example"));
    auto without = next();
    without.stewards = {steward(1), steward(2)};
    REQUIRE(install(signed_by(without, {1, 2})) == "followed");
    CHECK(is_active("tn.example"));
    directory = without;
    CHECK(revoke(by_steward(3, clock.now())) == "untrusted");
}

TEST_CASE_METHOD(Notices, "what waits for a revoked node is handed back within the same commit") {
    std::vector<NodeId> told;
    life->book->on_revoked([&](store::Draft&, const NodeId& node, Time) -> Result<void> {
        told.push_back(node);
        return {};
    });
    REQUIRE(revoke(by_steward(1, clock.now())) == "followed");
    CHECK(told == std::vector{tunisia});
    REQUIRE(revoke(by_steward(2, clock.now())) == "followed");  // it was silent already
    CHECK(told.size() == 1);
    auto confirmed = next();
    confirmed.nodes[1].status = NodeStatus::revoked;
    REQUIRE(install(signed_by(confirmed, {1, 2})) == "followed");
    CHECK(told.size() == 1);
}
