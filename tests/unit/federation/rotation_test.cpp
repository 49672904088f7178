// Keys that change while messages flow: none is lost, none comes twice.
#include "tests/unit/federation/loopback.h"

#include <map>
#include <optional>

using namespace sanad;
using namespace sanad::federation;
using namespace sanad::test;

namespace {

constexpr int referrals_each = 30;

struct Rotation : Loopback {
    Rotation() {
        tn.serve();
        ma.emplace(ma_machine, table(tn.end.transport->bound()), "");
        ma->serve();
    }

    /// Both sides write `count` more, each with a number that nobody else has.
    void write(int count) {
        for (int i = 0; i < count; ++i) {
            write_one(*ma, tunisia, from_ma);
            write_one(tn, morocco, from_tn);
        }
    }
    void write_one(NodeEnd& node, const NodeId& to, std::vector<ReferralId>& ids) {
        Result<ReferralId> id = fail(Fault::closed, "");
        ++number;
        node.end.ask([&] {
            id = node.node.request(
                to, support::sample_request(
                        "CASE-" + std::to_string(number), to,
                        number % 3 == 0 ? casework::Urgency::u0 : casework::Urgency::u2));
        });
        REQUIRE(id.has_value());
        ids.push_back(*id);
    }
    /// What both say of each other once they follow the same.
    void follow(NodeEnd& node, std::uint64_t version) {
        const bool is_tn = &node == &tn;
        auto fresh = table(is_tn ? "tcp://127.0.0.1:1" : tn.end.transport->bound(), version);
        for (const auto& [id, key] : former) fresh.nodes.at(id).former_transport = key;
        node.end.peers.replace(std::move(fresh));
    }
    void check_all_arrived() {
        for (const auto& id : from_ma) REQUIRE(tn.comes_to(id, casework::ReferralState::delivered));
        for (const auto& id : from_tn)
            REQUIRE(ma->comes_to(id, casework::ReferralState::delivered));
        for (auto* node : {&*ma, &tn}) {
            std::size_t count = 0;
            node->end.ask([&] { count = node->node.all_referrals()->size(); });
            CHECK(count == from_ma.size() + from_tn.size());
            CHECK(node->node.counters.count("link.parked") == 0);
            CHECK(node->node.counters.count("link.frozen") == 0);
        }
    }

    int number = 0;
    std::map<NodeId, trust::TransportPublicKey> former;
    std::vector<ReferralId> from_ma, from_tn;
    NodeEnd tn{tn_machine, table("tcp://127.0.0.1:1"), any_port};
    std::optional<NodeEnd> ma;
};

}  // namespace

TEST_CASE_METHOD(Rotation,
                 "a signing key is rotated under traffic: nothing is lost or comes twice") {
    write(referrals_each);
    ma_machine.signing.become(trust::SigningKey::generate(entropy));
    follow(*ma, 2);
    write(referrals_each);  // refused at Tunisia, which does not know the key yet
    REQUIRE(tn.end.mailbox.try_until(
        [&] { return tn.node.counters.count("link.drop.bad_signature") > 0; }));
    follow(tn, 2);
    write(referrals_each);
    check_all_arrived();
    tn_machine.signing.become(trust::SigningKey::generate(entropy));
    follow(*ma, 3);  // this time the peer knows first
    write(referrals_each);
    follow(tn, 3);
    check_all_arrived();
}

TEST_CASE_METHOD(Rotation,
                 "a sealing key is rotated under traffic: nothing is lost or comes twice") {
    write(referrals_each);
    trust::SealingKey old(tn_machine.sealing.secret());
    const auto old_public = old.public_key();
    std::vector<trust::SealingKey> former_keys;
    former_keys.push_back(std::move(old));
    tn_machine.sealing.become(trust::SealingKey::generate(entropy), std::move(former_keys));
    follow(tn, 2);
    write(referrals_each);  // sealed to the former key, which still opens
    follow(*ma, 2);
    write(referrals_each);  // a new link key at once, sealed to the new one
    check_all_arrived();
    CHECK(tn_machine.sealing.public_key() != old_public);
    // The former key is destroyed: what comes later does not need it.
    tn_machine.sealing.become(trust::SealingKey(tn_machine.sealing.secret()));
    write(referrals_each);
    check_all_arrived();
}

TEST_CASE_METHOD(Rotation,
                 "the transport key of who listens is rotated under traffic without a loss") {
    write(referrals_each);
    former[tunisia] = tn_machine.transport.public_key();
    trust::TransportKey next = trust::TransportKey::generate(entropy);
    // The directory has the next key; both follow it, and Tunisia's sockets still have the former.
    for (auto* node : {&*ma, &tn}) {
        auto here = table(node == &tn ? "tcp://127.0.0.1:1" : tn.end.transport->bound(), 2);
        here.nodes.at(tunisia).transport = next.public_key();
        here.nodes.at(tunisia).former_transport = former[tunisia];
        node->end.peers.replace(std::move(here));
    }
    write(referrals_each);
    tn_machine.transport.become(std::move(next));
    tn.end.ask([&] { tn.end.transport->rekey(); });
    write(referrals_each);
    REQUIRE(tn.end.has_counted("transport.rekeyed"));
    write(referrals_each);
    check_all_arrived();
    CHECK(tn.end.counters.count("transport.rebuilt") == 1);
}

TEST_CASE_METHOD(Rotation,
                 "the transport key of who dials is rotated under traffic without a loss") {
    write(referrals_each);
    former[morocco] = ma_machine.transport.public_key();
    trust::TransportKey next = trust::TransportKey::generate(entropy);
    for (auto* node : {&tn, &*ma}) {
        auto here = table(node == &tn ? "tcp://127.0.0.1:1" : tn.end.transport->bound(), 2);
        here.nodes.at(morocco).transport = next.public_key();
        here.nodes.at(morocco).former_transport = former[morocco];
        node->end.peers.replace(std::move(here));
        write(referrals_each / 2);
    }
    ma_machine.transport.become(std::move(next));
    ma->end.ask([&] { ma->end.transport->rekey(); });
    write(referrals_each);
    REQUIRE(ma->end.has_counted("transport.rekeyed"));
    write(referrals_each);
    check_all_arrived();
}
