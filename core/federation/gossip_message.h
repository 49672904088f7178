#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

// What nodes say to each other about directories and revocations, as values: schemas/wire.capnp
// DirectoryGossip says what each field means. No note in a message that was read is verified yet.
namespace sanad::federation {

inline constexpr std::uint32_t offer_notes_max = 16;

/// "I follow this version."
struct DirectoryHave {
    std::uint64_t version = 0;
    bool operator==(const DirectoryHave&) const = default;
};
/// "I follow this version: give me what came after it."
struct DirectoryWant {
    std::uint64_t version = 0;
    bool operator==(const DirectoryWant&) const = default;
};
/// The answer: signed directories in the order of their versions.
struct DirectoryOffer {
    std::vector<std::string> notes;  // at most offer_notes_max, each directory_note_bytes_max
    bool operator==(const DirectoryOffer&) const = default;
};
/// A signed revocation that acts at the sender.
struct DirectoryNotice {
    std::string note;  // at most revocation_bytes_max
    bool operator==(const DirectoryNotice&) const = default;
};

using GossipMessage = std::variant<DirectoryHave, DirectoryWant, DirectoryOffer, DirectoryNotice>;

/// The caller keeps the limits above.
Bytes write_message(const GossipMessage& message);

/// errors  bad_size, malformed; unsupported: another kind. threads  any
Result<GossipMessage> parse_gossip(ByteView bytes);

}  // namespace sanad::federation
