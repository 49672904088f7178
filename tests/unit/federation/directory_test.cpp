#include "core/federation/directory.h"
#include "core/federation/directory_peers.h"
#include "tests/unit/federation/directory_sample.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;
using namespace sanad::test;

namespace {

struct Text {
    Directory directory = sample_directory();
    std::string text = write_directory(directory).value();

    // What happens when each `from` in the text is a `to`: the name of the fault, or "accepted".
    std::string with(const std::string& from, const std::string& to) const {
        std::string changed = text;
        std::size_t at = changed.find(from);
        REQUIRE(at != std::string::npos);
        for (; at != std::string::npos; at = changed.find(from, at + to.size()))
            changed.replace(at, from.size(), to);
        return outcome(changed);
    }
    static std::string outcome(const std::string& text) {
        const auto parsed = parse_directory(text);
        return parsed ? "accepted" : name(parsed.error().fault);
    }
    std::string outcome() const {
        const auto written = write_directory(directory);
        return written ? "accepted" : name(written.error().fault);
    }
};

}  // namespace

TEST_CASE_METHOD(Text, "a directory comes back as it was written, and a person can read it") {
    CHECK(parse_directory(text).value() == directory);
    CHECK(
        text.starts_with("sanad-directory/v1\n"
                         "federation maghreb\n"
                         "version 7\n"
                         "issued 2026-11-24T00:00:00Z\n"
                         "expires 2027-02-24T00:00:00Z\n"
                         "threshold 2\n"
                         "steward steward-1+"));
    CHECK(text.find("\nnode ma.example country=MA name=\"Example helpline MA\" "
                    "languages=ar,fr,ary-Arab services=webchat,phone "
                    "endpoints=tcp://ma.example.org:7400 keys=identity:") != std::string::npos);
    CHECK(text.ends_with(" status=active\n"));
}

TEST_CASE_METHOD(Text, "a directory recorded by an earlier build is read as it was") {
    // The keys are the sample's own; what must not move is the form around them.
    std::string form;
    for (std::string_view rest = text; !rest.empty();) {
        const auto word = rest.substr(0, rest.find_first_of(" \n") + 1);
        if (word.starts_with("keys=")) {
            form += "keys=* ";
        } else if (word.starts_with("steward-")) {
            form += std::string(word.substr(0, 9)) + "+*\n";
        } else {
            form += word;
        }
        rest.remove_prefix(word.size());
    }
    CHECK(form ==
          "sanad-directory/v1\nfederation maghreb\nversion 7\nissued 2026-11-24T00:00:00Z\n"
          "expires 2027-02-24T00:00:00Z\nthreshold 2\nsteward steward-1+*\nsteward steward-2+*\n"
          "steward steward-3+*\nnode ma.example country=MA name=\"Example helpline MA\" "
          "languages=ar,fr,ary-Arab services=webchat,phone endpoints=tcp://ma.example.org:7400 "
          "keys=* status=active\nnode tn.example country=TN name=\"Example helpline TN\" "
          "languages=ar,fr,ary-Arab services=webchat,phone endpoints= keys=* status=active\n");
}

TEST_CASE_METHOD(Text, "a directory's head has one form") {
    CHECK(with("sanad-directory/v1\n", "sanad-directory/v2\n") == "unsupported");
    CHECK(with("sanad-directory/v1\n", "sanad-phonebook/v1\n") == "malformed");
    CHECK(with("sanad-directory/v1\n", "") == "malformed");
    CHECK(with("federation maghreb", "federation Maghreb") == "malformed");
    CHECK(with("federation maghreb", "federation  maghreb") == "malformed");
    CHECK(with("federation maghreb", "federation -maghreb") == "malformed");
    CHECK(with("federation maghreb", "federation " + std::string(63, 'a')) == "accepted");
    CHECK(with("federation maghreb", "federation " + std::string(64, 'a')) == "malformed");
    CHECK(with("version 7\n", "version 1\n") == "accepted");
    CHECK(with("version 7\n", "version 1000000000000\n") == "accepted");
    for (const auto* version : {"", "0", "07", "-7", "+7", "7 ", "7.0", "0x7", "1000000000001",
                                "18446744073709551617", "99999999999999999999999"})
        CHECK(with("version 7\n", "version " + std::string(version) + "\n") == "malformed");
    CHECK(with("issued 2026-11-24T00:00:00Z", "issued 2026-11-24T00:00:00.5Z") == "malformed");
    CHECK(with("issued 2026-11-24T00:00:00Z", "issued 2026-11-24 00:00:00Z") == "malformed");
    CHECK(with("issued 2026-11-24T00:00:00Z", "issued 2026-02-30T00:00:00Z") == "malformed");
    CHECK(with("issued 2026-11-24T00:00:00Z", "issued 2026-11-23T23:59:60Z") == "malformed");
    CHECK(with("expires 2027-02-24T00:00:00Z\n", "") == "malformed");
    CHECK(with("version 7\nissued 2026-11-24T00:00:00Z\n",
               "issued 2026-11-24T00:00:00Z\nversion 7\n") == "malformed");
}

TEST_CASE_METHOD(Text, "a directory expires after it is issued") {
    CHECK(with("expires 2027-02-24T00:00:00Z", "expires 2026-11-24T00:00:01Z") == "accepted");
    CHECK(with("expires 2027-02-24T00:00:00Z", "expires 2026-11-24T00:00:00Z") == "invalid");
}

TEST_CASE_METHOD(Text, "nothing stands in a directory that is not of its format") {
    CHECK(outcome(text + "\n") == "malformed");
    CHECK(outcome(text + "comment hello\n") == "malformed");
    CHECK(outcome(text + "steward " + format(steward(4)) + "\n") == "malformed");
    CHECK(with("\nnode tn", "\n\nnode tn") == "malformed");
    CHECK(with("\nversion", "\r\nversion") == "malformed");
    CHECK(outcome("\xef\xbb\xbf" + text) == "malformed");
    CHECK(outcome("") == "malformed");
    for (std::size_t size = 0; size < text.size(); ++size) {
        const auto parsed = parse_directory(std::string_view(text).substr(0, size));
        if (parsed) CHECK(parsed->nodes.size() < directory.nodes.size());  // ended between lines
    }
}

TEST_CASE_METHOD(Text, "a directory with any bit of its nodes' part changed says something else") {
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
        std::string changed = text;
        changed[bit / 8] = char(changed[bit / 8] ^ (1 << (bit % 8)));
        const auto parsed = parse_directory(changed);
        if (!parsed) continue;
        CHECK_FALSE(*parsed == directory);
        CHECK(write_directory(*parsed).value() == changed);
    }
}

TEST_CASE_METHOD(Text, "a threshold is from one to the number of stewards") {
    CHECK(with("threshold 2", "threshold 1") == "accepted");
    CHECK(with("threshold 2", "threshold 3") == "accepted");
    CHECK(with("threshold 2", "threshold 0") == "invalid");
    CHECK(with("threshold 2", "threshold 4") == "invalid");
    CHECK(with("threshold 2", "threshold 33") == "malformed");
    directory.stewards.clear();
    CHECK(outcome() == "invalid");
}

TEST_CASE_METHOD(Text, "a directory has at most stewards_max stewards") {
    directory.stewards.clear();
    for (std::uint8_t number = 1; number <= stewards_max; ++number)
        directory.stewards.push_back(steward(number));
    CHECK(outcome() == "accepted");
    directory.stewards.push_back(steward(200));
    CHECK(outcome() == "exhausted");
}

TEST_CASE_METHOD(Text, "one key or one name is not two stewards, and a cosigner is none") {
    directory.stewards[1].name = directory.stewards[0].name;
    CHECK(outcome() == "invalid");
    directory = sample_directory();
    directory.stewards[1].key = directory.stewards[0].key;  // under another name
    CHECK(outcome() == "invalid");
    directory = sample_directory();
    directory.stewards[1].type = trust::SignatureType::cosignature;
    CHECK(outcome() == "invalid");
}

TEST_CASE_METHOD(Text, "no key stands in two places, revoked nodes and stewards included") {
    directory.nodes[1] = node("tn.example", 1);  // all keys of the first node
    CHECK(outcome() == "invalid");
    directory.nodes[0].status = NodeStatus::revoked;
    CHECK(outcome() == "invalid");

    const NodeKeys first(1);
    const NodeKeys second(2);
    const NodeId id{"tn.example"};
    const auto bundle = [&](const trust::PublicKey& signing, const trust::SealingPublicKey& sealing,
                            const trust::TransportPublicKey& transport) {
        directory = sample_directory();
        directory.nodes[1].keys =
            sign_key_bundle(id, second.identity, signing, sealing, transport, Time{0});
        return outcome();
    };
    const auto signing = second.signing.public_key();
    const auto sealing = second.sealing.public_key();
    const auto transport = second.transport.public_key();
    CHECK(bundle(signing, sealing, transport) == "accepted");
    CHECK(bundle(first.signing.public_key(), sealing, transport) == "invalid");
    CHECK(bundle(first.identity.public_key(), sealing, transport) == "invalid");
    CHECK(bundle(signing, first.sealing.public_key(), transport) == "invalid");
    CHECK(bundle(signing, sealing, first.transport.public_key()) == "invalid");
    CHECK(bundle(signing, sealing, {first.sealing.public_key().bytes}) == "invalid");
    CHECK(bundle(steward(1).key, sealing, transport) == "invalid");
}

TEST_CASE_METHOD(Text, "a node's keys are signed by its own identity, for its own id") {
    directory.nodes[0].keys.signature[7] ^= 1;
    CHECK(outcome() == "bad_signature");
    directory = sample_directory();
    directory.nodes[0].keys = NodeKeys(1).bundle(NodeId{"ma.other"});
    CHECK(outcome() == "bad_signature");
    directory.nodes[0].keys = NodeKeys(3).bundle(NodeId{"ma.example"});
    CHECK(outcome() == "accepted");
}

TEST_CASE_METHOD(Text, "a node stands once in a directory, and a directory has at most nodes_max") {
    directory.nodes[1] = node("ma.example", 2);
    CHECK(outcome() == "invalid");
    directory.nodes.clear();
    for (std::uint64_t number = 1; number <= nodes_max; ++number)
        directory.nodes.push_back(node("ma.n" + std::to_string(number), number));
    CHECK(outcome() == "accepted");
    directory.nodes.push_back(node("ma.last", nodes_max + 1));
    CHECK(outcome() == "exhausted");
}

TEST_CASE_METHOD(Text, "a node's line has one form") {
    CHECK(with("country=MA", "country=TN") == "malformed");
    CHECK(with("country=MA", "country=ma") == "malformed");
    CHECK(with(" services=webchat,phone", "") == "malformed");
    CHECK(with("services=webchat,phone", "services=") == "accepted");
    CHECK(with("services=webchat,phone", "services=webchat,webchat") == "malformed");
    CHECK(with("services=webchat,phone", "services=webchat,") == "malformed");
    CHECK(with("services=webchat,phone", "services=Webchat") == "malformed");
    CHECK(with("languages=ar,fr,ary-Arab", "languages=") == "malformed");
    CHECK(with("languages=ar,fr,ary-Arab", "languages=zgh-Tfng") == "accepted");
    for (const auto* tags : {"a", "AR", "ar-", "ar,,fr", "ar,ar", "ar;fr", "ar-waytoolong", "12"})
        CHECK(with("languages=ar,fr,ary-Arab", "languages=" + std::string(tags)) == "malformed");
    CHECK(with("status=active", "status=revoked") == "accepted");
    CHECK(with("status=active", "status=Active") == "malformed");
    CHECK(with("status=active", "status=active ") == "malformed");
    CHECK(with(" keys=", "  keys=") == "malformed");
}

TEST_CASE_METHOD(Text, "a node's name is one line that a person can read, in any script") {
    CHECK(with("Example helpline MA", "خط المساندة") == "accepted");
    CHECK(with("Example helpline MA", "Ligne d\u2019\u00e9coute") == "accepted");
    CHECK(with("Example helpline MA", "") == "malformed");
    CHECK(with("Example helpline MA", "a\"b") == "malformed");
    CHECK(with("Example helpline MA", "a\tb") == "malformed");
    CHECK(with("Example helpline MA", "a\u202eb") == "malformed");
    CHECK(with("Example helpline MA", "e\u0301") == "malformed");
    CHECK(with("Example helpline MA", "a\xff") == "malformed");
    CHECK(with("Example helpline MA", std::string(node_name_bytes_max, 'a')) == "accepted");
    CHECK(with("Example helpline MA", std::string(node_name_bytes_max + 1, 'a')) == "malformed");
}

TEST_CASE_METHOD(Text, "what cannot be read again is not written") {
    directory.nodes[0].name = "a\" languages=fr";
    CHECK(outcome() == "malformed");
    directory = sample_directory();
    directory.federation = "maghreb\nversion 8";
    CHECK(outcome() == "malformed");
    directory = sample_directory();
    directory.issued.ms += 1;
    CHECK(outcome() == "malformed");
}

TEST_CASE("a directory longer than a note can be is not read") {
    CHECK(parse_directory(std::string(trust::note_bytes_max + 1, 'x')).error().fault ==
          Fault::bad_size);
}

TEST_CASE_METHOD(Text, "a node is found by its id and by its transport key, revoked or not") {
    directory.nodes[1].status = NodeStatus::revoked;
    const auto key = directory.nodes[1].keys.transport;
    CHECK(find_node(directory, NodeId{"ma.example"}) == &directory.nodes[0]);
    CHECK(find_node(directory, NodeId{"tn.example"}) == &directory.nodes[1]);
    CHECK(find_node(directory, key) == &directory.nodes[1]);
    CHECK(find_node(directory, NodeId{"dz.example"}) == nullptr);
    CHECK(find_node(directory, NodeKeys(9).transport.public_key()) == nullptr);
}

TEST_CASE_METHOD(Text, "a directory is followed until it expires, then for a grace period") {
    const Duration grace = std::chrono::hours(24);
    const Duration second = std::chrono::seconds(1);
    const auto at = [&](Time now) { return validity(directory, now, grace); };
    CHECK(at(directory.issued - directory_clock_slack - second) == Validity::not_yet);
    CHECK(at(directory.issued - directory_clock_slack) == Validity::valid);
    CHECK(at(directory.issued) == Validity::valid);
    CHECK(at(directory.expires - Duration(1)) == Validity::valid);
    CHECK(at(directory.expires) == Validity::expired_soft);
    CHECK(at(directory.expires + grace - Duration(1)) == Validity::expired_soft);
    CHECK(at(directory.expires + grace) == Validity::expired_hard);
    CHECK(validity(directory, directory.expires, Duration(0)) == Validity::expired_hard);
}

TEST_CASE_METHOD(Text, "links see each node of the directory, the revoked ones as not active") {
    directory.nodes[1].status = NodeStatus::revoked;
    const auto peers = peers_of(directory);
    CHECK(peers.directory_version == 7);
    REQUIRE(peers.nodes.size() == 2);
    const Peer& morocco = peers.nodes.at(NodeId{"ma.example"});
    CHECK(morocco.active);
    CHECK(morocco.signing == directory.nodes[0].keys.signing);
    CHECK(morocco.sealing == directory.nodes[0].keys.sealing);
    CHECK(morocco.transport == directory.nodes[0].keys.transport);
    CHECK(morocco.endpoints == directory.nodes[0].endpoints);
    CHECK_FALSE(peers.nodes.at(NodeId{"tn.example"}).active);
    CHECK(peers.find(directory.nodes[1].keys.transport) == nullptr);
}
