#pragma once

#include "core/federation/frame.h"
#include "core/trust/merkle.h"

// What two nodes say when one gets the end of its own log back from the other, as values:
// schemas/wire.capnp Recovery says what each field means.
namespace sanad::federation {

/// "Give me back my own entries of this lane, from `first` on."
struct RestoreAsk {
    Lane lane = Lane::normal;
    std::uint64_t first = 0;
    bool operator==(const RestoreAsk&) const = default;
};

/// Some of the reader's own entries, with the proof that they belong to its log of `size` entries.
struct Returned {
    struct Item {
        Bytes raw;  // empty: its bytes were erased
        trust::Digest leaf{};
        bool operator==(const Item&) const = default;
    };
    Lane lane = Lane::normal;
    std::uint64_t first = 0;
    std::uint64_t size = 0;
    std::vector<Item> items;  // 1..push_entries_max
    trust::Proof proof;       // at most trust::proof_digests_max
    bool operator==(const Returned&) const = default;
};

using RecoveryMessage = std::variant<RestoreAsk, Returned>;

Bytes write_message(const RestoreAsk& ask);
Bytes write_message(const Returned& returned);

/// The leaf of an item with bytes is their hash. errors  bad_size, malformed; unsupported: another
/// lane or kind
Result<RecoveryMessage> parse_recovery(ByteView bytes);

}  // namespace sanad::federation
