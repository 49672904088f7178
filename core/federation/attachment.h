#pragma once

#include "core/base/clock.h"
#include "core/base/entropy.h"
#include "core/base/ids.h"
#include "core/federation/link.h"
#include "core/trust/hash.h"
#include "core/trust/secret.h"

#include <string>
#include <string_view>
#include <vector>

// A file of text beside a referral, as values: schemas/wire.capnp says what each field means.
namespace sanad::federation {

inline constexpr std::size_t attachment_bytes_max = 4 << 20;
inline constexpr std::size_t attachment_name_bytes_max = 120;
inline constexpr std::size_t chunk_bytes_max = 64 << 10;  // of the file
// Cut between characters, a chunk may be three bytes short: so many are always enough.
inline constexpr std::uint32_t chunks_max = attachment_bytes_max / (chunk_bytes_max - 3) + 1;

/// What one file is: everything a reader needs to ask for it and to check it.
struct Manifest {
    AttachmentId id;
    std::string name;
    std::uint32_t bytes = 0;
    trust::Digest sha256{};
    trust::SymmetricKey key;
    std::vector<trust::Digest> chunks;  // SHA-256 of each sealed chunk

    std::uint32_t count() const { return static_cast<std::uint32_t>(chunks.size()); }
};

/// A file cut and sealed: its manifest, and its chunks as they travel.
struct SealedFile {
    Manifest manifest;
    std::vector<Bytes> chunks;
};

/// Cuts `content`, which is UTF-8, between characters, and seals each piece under a new key.
/// errors  bad_size: empty, over attachment_bytes_max, or the name is over its limit · malformed:
///         the name is not one line in NFC
/// threads any
Result<SealedFile> seal_file(const ReferralId& referral, std::string_view name, ByteView content,
                             Time now, Entropy& entropy);

/// Opens the chunk of that index. errors  bad_signature: not the bytes the manifest names, or of
/// another file · bad_size
Result<Bytes> open_chunk(const ReferralId& referral, const Manifest& manifest, std::uint32_t index,
                         ByteView sealed);

Bytes write_manifest(const Manifest& manifest);
/// errors  malformed, bad_size
Result<Manifest> read_manifest(ByteView bytes);

struct ChunkPlace {
    ReferralId referral;
    AttachmentId attachment;
    std::uint32_t index = 0;
    auto operator<=>(const ChunkPlace&) const = default;
};

/// What is said under Topic::attachment: a question for a chunk, or the chunk.
struct AttachmentTalk {
    ChunkPlace place;
    Bytes sealed;  // empty: a question
};

Bytes write_talk(const AttachmentTalk& talk);
/// errors  malformed, bad_size, unsupported
Result<AttachmentTalk> read_talk(ByteView bytes);

/// One file beside a referral, as this node knows it.
struct Attachment {
    ReferralId referral;
    Manifest manifest;  // when it was refused: name, bytes and sha256 only
    NodeId peer;
    Direction direction = Direction::out;
    Time at;
    std::uint32_t held = 0;    // chunks on this disk
    std::string refused;       // what it was instead of text; empty: it is welcome
    Lane lane = Lane::normal;  // of the peer's entry about it
    std::uint64_t index = 0;

    bool complete() const { return refused.empty() && held == manifest.count(); }
};

Bytes write_record(const Attachment& attachment);
/// errors  malformed, bad_size
Result<Attachment> read_attachment(const ReferralId& referral, ByteView bytes);

}  // namespace sanad::federation
