#pragma once

#include "core/base/time_text.h"
#include "core/federation/directory_trust.h"
#include "tests/support/counter_entropy.h"

#include <map>
#include <string>

namespace sanad::test {

/// The keys of one invented node, all made from one number.
struct NodeKeys {
    CounterEntropy entropy;
    trust::SigningKey identity = trust::SigningKey::generate(entropy);
    trust::SigningKey signing = trust::SigningKey::generate(entropy);
    trust::SealingKey sealing = trust::SealingKey::generate(entropy);
    trust::TransportKey transport = trust::TransportKey::generate(entropy);

    explicit NodeKeys(std::uint64_t number) : entropy(1'000 + number) {}
    federation::KeyBundle bundle(const NodeId& id) const {
        return federation::sign_key_bundle(id, identity, signing.public_key(), sealing.public_key(),
                                           transport.public_key(),
                                           parse_time("2026-11-01T00:00:00Z").value());
    }
};

inline trust::SigningKey steward_key(std::uint8_t number) {
    return trust::SigningKey(trust::Seed{number});
}

inline trust::Verifier steward(std::uint8_t number) {
    return {"steward-" + std::to_string(number), trust::SignatureType::ed25519,
            steward_key(number).public_key()};
}

inline federation::DirectoryNode node(const std::string& id, std::uint64_t number) {
    const NodeId node_id{id};
    const std::string country{char(id[0] - 'a' + 'A'), char(id[1] - 'a' + 'A')};
    return {node_id,
            country,
            "Example helpline " + country,
            {"ar", "fr", "ary-Arab"},
            {"webchat", "phone"},
            {"tcp://" + id + ".example.org:7400"},
            NodeKeys(number).bundle(node_id),
            federation::NodeStatus::active};
}

/// Three stewards of whom two must sign, and two nodes.
inline federation::Directory sample_directory() {
    federation::Directory directory{"maghreb",
                                    7,
                                    parse_time("2026-11-24T00:00:00Z").value(),
                                    parse_time("2027-02-24T00:00:00Z").value(),
                                    2,
                                    {steward(1), steward(2), steward(3)},
                                    {node("ma.example", 1), node("tn.example", 2)}};
    directory.nodes[0].endpoints = {"tcp://ma.example.org:7400"};
    directory.nodes[1].endpoints = {};
    return directory;
}

/// `directory` as a note with the signatures of the stewards of these numbers.
inline std::string signed_by(const federation::Directory& directory,
                             std::initializer_list<std::uint8_t> numbers) {
    trust::Note note{federation::write_directory(directory).value(), {}};
    for (const std::uint8_t number : numbers)
        note.signatures.push_back(
            trust::sign_text(note.text, steward_key(number), steward(number).name));
    return trust::write_note(note);
}

}  // namespace sanad::test
