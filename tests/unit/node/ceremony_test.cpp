#include "core/node/ceremony.h"
#include "core/base/encoding.h"
#include "core/federation/directory_trust.h"
#include "core/node/directory_words.h"
#include "tests/support/counter_entropy.h"
#include "tests/support/folder.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::node;

namespace {

constexpr Time now{1'790'000'000'000};
constexpr Duration life = std::chrono::days(90);

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

struct Federation {
    test::Folder folder;
    test::CounterEntropy entropy;
    std::vector<trust::Verifier> stewards;

    Federation() {
        for (const char* name : {"cmrpi.ma", "steward.tn", "steward.jo"})
            stewards.push_back(create_steward_key(folder / name, name, entropy).value());
    }

    Configuration node(std::string_view id, const std::string& more = {}) const {
        return parse_configuration(
                   "version = 1\n[node]\nid = \"" + std::string(id) + "\"\nname = \"خط\"\n" + more,
                   folder / "node.toml")
            .value();
    }
    std::string line(std::string_view id) {
        return node_line(node(id), generate_keys(entropy), now).value();
    }
    std::string draft() const {
        return create_directory({"maghreb", stewards, 2, life}, now).value();
    }
    std::string sign(const std::string& text, const char* steward) const {
        return sign_directory(text, folder / steward).value();
    }
    std::string signed_by_two(const std::string& text) const {
        return sign(sign(text, "cmrpi.ma"), "steward.tn");
    }
    trust::SigningKey key_of(const std::string& steward) const {
        const auto text = test::content_of(folder / steward);
        const auto seed = from_hex(text.substr(text.find("seed ") + 5, 64)).value();
        return trust::SigningKey(trust::Secret<32>(ByteView(seed)).bytes());
    }
    std::string trust() const { return write_trust({stewards, 2}); }
};

}  // namespace

TEST_CASE_METHOD(Federation, "a trust file names keys that sign directories, and no others") {
    CHECK(parse_trust(trust())->stewards == stewards);
    stewards[1].type = trust::SignatureType::cosignature;
    CHECK(parse_trust(trust()).error().fault == Fault::unsupported);
}

TEST_CASE_METHOD(Federation, "a directory is made, filled, signed by two of three, and believed") {
    auto text = add_node(draft(), line("ma.cmrpi"), life, now).value();
    text = add_node(text, line("tn.helpline"), life, now).value();
    CHECK(read_directory(text).value().version == 1);  // a draft stays the same version
    const auto note = signed_by_two(text);
    const auto believed = federation::verify_directory(note, stewards, 2).value();
    CHECK(believed.directory.nodes.size() == 2);
    CHECK(believed.directory.nodes[0].country == "MA");
    CHECK(federation::verify_directory(sign(text, "cmrpi.ma"), stewards, 2).error().fault ==
          Fault::untrusted);
}

TEST_CASE_METHOD(Federation, "signatures made apart come together") {
    const auto text = add_node(draft(), line("ma.cmrpi"), life, now).value();
    const auto one = sign(text, "cmrpi.ma"), other = sign(text, "steward.jo");
    const auto merged = merge_directories(one, other).value();
    CHECK(judge_directory(merged, trust()).value().nodes.size() == 1);
    CHECK(judge_directory(one, trust()).error().fault == Fault::untrusted);
    CHECK(judge_directory(merged, "nonsense").error().fault != Fault::untrusted);
    CHECK_FALSE(merge_directories(one, text).has_value());
    CHECK(merge_directories(one, sign(draft(), "steward.jo")).error().fault == Fault::conflict);
    auto spoilt = other;
    auto& letter = spoilt[spoilt.size() - 20];
    letter = letter == 'A' ? 'B' : 'A';
    CHECK(merge_directories(one, spoilt).error().fault == Fault::bad_signature);
}

TEST_CASE_METHOD(Federation, "a node still follows when step by step all its first stewards went") {
    const auto me = node("ma.cmrpi");
    auto note = signed_by_two(add_node(draft(), line("ma.cmrpi"), life, now).value());
    REQUIRE(install_directory(me, note, trust()));
    auto next = read_directory(note).value();
    for (const char* fresh : {"new.one", "new.two", "new.three"}) {
        ++next.version;
        next.stewards.erase(next.stewards.begin());
        next.stewards.push_back(create_steward_key(folder / fresh, fresh, entropy).value());
        const auto text = federation::write_directory(next).value();
        // By two of the old and two of the new: whoever stays has signed for both.
        note = sign(text, next.stewards[0].name.c_str());
        note = trust::add_signature(note, key_of(next.stewards[1].name), next.stewards[1].name)
                   .value();
        REQUIRE(install_directory(me, note, ""));
    }
    const auto trusted = load_trust(me.federation.trust).value();
    CHECK(federation::verify_directory(note, trusted.stewards, trusted.threshold).has_value());
}

TEST_CASE_METHOD(Federation, "who is no steward of a directory cannot sign it") {
    REQUIRE(create_steward_key(folder / "other", "cmrpi.ma", entropy));
    CHECK(sign_directory(draft(), folder / "other").error().fault == Fault::untrusted);
    CHECK(sign_directory(draft(), folder / "none").error().fault == Fault::not_found);
    CHECK(sign_directory(draft(), folder.file("bad", "seed 00\n")).error().fault ==
          Fault::malformed);
    const auto key = test::content_of(folder / "cmrpi.ma");
    CHECK(sign_directory(draft(), folder.file("open", key, 0644)).error().fault == Fault::denied);
    CHECK(create_steward_key(folder / "cmrpi.ma", "x", entropy).error().fault == Fault::conflict);
    CHECK(create_steward_key(folder / "y", "two words", entropy).error().fault == Fault::malformed);
}

TEST_CASE_METHOD(Federation, "a change to a signed directory is the next version, unsigned") {
    const auto note = signed_by_two(add_node(draft(), line("ma.cmrpi"), life, now).value());
    const auto later = now + std::chrono::hours(1);
    const auto next = add_node(note, line("tn.helpline"), life, later).value();
    CHECK(read_directory(next).value().version == 2);
    CHECK(read_directory(next).value().issued == later);
    CHECK_FALSE(trust::parse_note(next).has_value());
    const auto revoked = revoke_node(note, NodeId{"ma.cmrpi"}, life, later).value();
    CHECK(read_directory(revoked).value().nodes[0].status == federation::NodeStatus::revoked);
    CHECK(revoke_node(note, NodeId{"dz.x"}, life, later).error().fault == Fault::not_found);
    CHECK(add_node(signed_by_two(revoked), line("ma.cmrpi"), life, later).error().fault ==
          Fault::conflict);
}

TEST_CASE_METHOD(Federation, "a node may renew its keys, but nobody may take its place") {
    NodeKeys first = generate_keys(entropy);
    const auto text =
        add_node(draft(), node_line(node("ma.cmrpi"), first, now).value(), life, now).value();
    NodeKeys renewed = generate_keys(entropy);
    renewed.identity.emplace(first.identity->seed().bytes());
    const auto fresh = node_line(node("ma.cmrpi"), renewed, now).value();
    CHECK(read_directory(add_node(text, fresh, life, now).value()).value().nodes.size() == 1);
    CHECK(add_node(text, line("ma.cmrpi"), life, now).error().fault == Fault::conflict);
    CHECK(add_node(text, "hello", life, now).error().fault == Fault::malformed);
    auto forged = line("tn.helpline");
    forged.replace(forged.find("tn.helpline"), 11, "tn.helplinf");
    CHECK(add_node(text, forged, life, now).error().fault == Fault::bad_signature);
}

TEST_CASE_METHOD(Federation, "a directory lives from a day to 400 days") {
    const auto with = [&](Duration span) {
        return create_directory({"maghreb", stewards, 2, span}, now).has_value();
    };
    CHECK(with(std::chrono::days(1)));
    CHECK(with(std::chrono::days(400)));
    CHECK_FALSE(with(std::chrono::days(1) - Duration(1)));
    CHECK_FALSE(with(std::chrono::days(400) + Duration(1)));
    CHECK_FALSE(create_directory({"maghreb", stewards, 4, life}, now).has_value());
    CHECK_FALSE(create_directory({"Maghreb!", stewards, 2, life}, now).has_value());
}

TEST_CASE_METHOD(Federation, "a directory is shown in plain words") {
    const auto text = add_node(draft(), line("ma.cmrpi"), life, now).value();
    const auto words = describe_directory(text, now).value();
    CHECK(has(words, "federation maghreb, version 1, a draft that nobody has signed"));
    CHECK(has(words, "must be signed by 2 of these stewards"));
    CHECK(has(words, "ma.cmrpi  خط"));
    CHECK(has(words, "dials the others itself"));
    const auto note_words = describe_directory(sign(text, "cmrpi.ma"), now).value();
    CHECK(has(note_words, "cmrpi.ma  has signed"));
    CHECK(has(note_words, "steward.tn  has not signed"));
    CHECK(has(describe_directory(text, now + life).value(), "expired"));
    CHECK(describe_directory("nonsense", now).error().fault == Fault::malformed);
}

TEST_CASE_METHOD(Federation, "a node installs what its stewards signed, and only something newer") {
    const auto me = node("ma.cmrpi");
    const auto first = add_node(draft(), line("ma.cmrpi"), life, now).value();
    CHECK(install_directory(me, signed_by_two(first), "").error().fault == Fault::not_found);
    CHECK(install_directory(me, sign(first, "cmrpi.ma"), trust()).error().fault ==
          Fault::untrusted);
    CHECK_FALSE(std::filesystem::exists(me.federation.trust));
    CHECK(install_directory(me, signed_by_two(first), trust()).value().version == 1);
    CHECK(load_trust(me.federation.trust).value().threshold == 2);
    CHECK(test::content_of(me.federation.directory) == signed_by_two(first));

    const auto second = add_node(signed_by_two(first), line("tn.helpline"), life, now).value();
    CHECK(install_directory(me, signed_by_two(second), "").value().version == 2);
    CHECK(install_directory(me, signed_by_two(first), "").error().fault == Fault::denied);
    const std::vector<trust::Verifier> others{stewards[0]};
    CHECK(install_directory(me, signed_by_two(second), write_trust({others, 1})).error().fault ==
          Fault::conflict);
    CHECK(test::content_of(me.federation.directory) == signed_by_two(second));
}

TEST_CASE_METHOD(Federation,
                 "a node's line says where it is reached and carries its own signature") {
    const auto me = node("ma.cmrpi",
                         "services = [\"webchat\"]\n[federation]\nbind = \"tcp://0.0.0.0:5670\"\n"
                         "endpoints = [\"tcp://node.example.org:5670\"]\n");
    const auto text = node_line(me, generate_keys(entropy), now).value();
    CHECK(has(text,
              "node ma.cmrpi country=MA name=\"خط\" languages=ar,fr,en services=webchat "
              "endpoints=tcp://node.example.org:5670 keys=identity:"));
    CHECK(text.ends_with(" status=active\n"));
}
