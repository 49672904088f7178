#pragma once

#include "core/base/clock.h"
#include "core/base/entropy.h"
#include "core/base/ids.h"
#include "core/trust/keys.h"
#include "core/trust/secret.h"

#include <string>
#include <variant>

namespace sanad::federation {

inline constexpr std::uint16_t wire_version = 1;
inline constexpr std::size_t body_bytes_max = 64 * 1024;
// What a body may carry: the rest is its kind, its subject and the frame of the message.
inline constexpr std::size_t payload_bytes_max = body_bytes_max - 64;
inline constexpr std::size_t entry_bytes_max = 2 * body_bytes_max + 256;  // padding doubles at most

enum class BodyKind : std::uint16_t {
    referral = 1,
    refusal = 2,
    audit = 3,
    attachment = 4,
    roster = 5,
    erasure = 6,
};

/// What only the two nodes of a link can read. A kind from a newer node keeps its number.
struct Body {
    BodyKind kind{};
    std::array<std::uint8_t, 16> subject{};  // the referral it is about
    Bytes payload;                           // schemas/casework.capnp ReferralEvent, or a Refusal
    bool operator==(const Body&) const = default;
};

using LinkKey = trust::SymmetricKey;

/// Where an entry stands: what it is bound to when it is sealed.
struct EntryPlace {
    std::string origin;
    std::uint64_t index = 0;
};

/// An entry that carries a new link key, sealed to the recipient and to the sender itself.
/// errors  invalid: a sealing key nobody can own
/// source  schemas/wire.capnp KeyEntry
Result<Bytes> make_key_entry(const EntryId& id, Time at, const LinkKey& key,
                             const trust::SealingPublicKey& recipient,
                             const trust::SealingPublicKey& sender, Entropy& entropy);

/// An entry whose body only holders of `link_key` can read; its size tells only the power of two
/// that the body was padded to. errors  bad_size: the body is over body_bytes_max
Result<Bytes> seal_entry(const EntryId& id, Time at, const EntryPlace& place, const Body& body,
                         const LinkKey& link_key, Entropy& entropy);

/// The key that opens the one entry at `index` and no other: what a passport discloses.
trust::SymmetricKey entry_key(const LinkKey& link_key, std::uint64_t index);

struct SealedEntry {
    Bytes sealed;
};
struct KeyEntry {
    Bytes for_recipient;
    Bytes for_sender;
};
struct Entry {
    EntryId id;
    Time created_at;
    std::variant<SealedEntry, KeyEntry> content;
};

/// Reads the outside of an entry, any bytes from anyone. errors  bad_size, malformed, unsupported
Result<Entry> parse_entry(ByteView raw);

/// Opens a sealed entry with the key of its index.
/// errors  bad_signature: another place, another key, or damaged · malformed
Result<Body> open_entry(const SealedEntry& entry, const EntryPlace& place,
                        const trust::SymmetricKey& entry_key);

/// The link key of a key entry, by its recipient or its sender. errors  bad_signature, bad_size
Result<LinkKey> open_link_key(ByteView box, const trust::SealingKey& ours);

}  // namespace sanad::federation
