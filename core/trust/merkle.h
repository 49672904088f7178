#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/trust/hash.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

// Merkle trees of append-only logs as in RFC 9162, section 2.1, over SHA-256.
namespace sanad::trust {

/// More leaves than any log will have, so that no arithmetic on sizes can overflow.
inline constexpr std::uint64_t merkle_leaves_max = std::uint64_t(1) << 48;

/// SHA-256(0x00 || entry). threads  any
Digest leaf_hash(ByteView entry);
/// SHA-256(0x01 || left || right). threads  any
Digest node_hash(const Digest& left, const Digest& right);

/// The right edge of a log's tree: all that is needed to append to it and to know its root, at most
/// 48 digests. A value: copy it to try entries, keep the copy when they are good.
class Frontier {
public:
    /// `leaf` is a leaf_hash(). The log has fewer than merkle_leaves_max leaves.
    void append(const Digest& leaf);
    std::uint64_t size() const { return size_; }
    /// Of no leaves: SHA-256 of nothing.
    Digest root() const;

    /// size as u64, most significant byte first, then one digest for each 1 bit of it, that of the
    /// largest subtree first.
    Bytes encode() const;
    /// Exactly what encode() writes. errors  bad_size, invalid: more than merkle_leaves_max leaves
    static Result<Frontier> decode(ByteView bytes);

    /// The proof that the log's tree is the beginning of the one that `added` makes of it
    /// (RFC 9162, 2.1.4.1): what consistency_proof() gives, without the leaves that were there.
    std::vector<Digest> growth(std::span<const Digest> added) const;

    bool operator==(const Frontier&) const = default;

private:
    std::uint64_t size_ = 0;
    std::vector<Digest> subtrees_;  // largest first: one for each 1 bit of size_
};

using Proof = std::vector<Digest>;
inline constexpr std::size_t proof_digests_max = 64;

/// The leaf hash at `index`; whatever error it returns ends the proof with that error.
using LeafReader = std::function<Result<Digest>(std::uint64_t index)>;
/// Reads from memory; `leaves` outlives the reader. Its errors  not_found
LeafReader leaves_in(std::span<const Digest> leaves);

/// The proof that leaf `index` is in the tree of the first `size` leaves (RFC 9162, 2.1.3.1).
/// Reads every other leaf once. errors  invalid: index >= size, and those of `leaves`
Result<Proof> inclusion_proof(std::uint64_t size, std::uint64_t index, const LeafReader& leaves);

/// The proof that the tree of `old_size` leaves is the beginning of that of `new_size` (RFC 9162,
/// 2.1.4.1); empty when old_size is 0 or new_size. errors  invalid: old_size > new_size, and those
/// of `leaves`
Result<Proof> consistency_proof(std::uint64_t old_size, std::uint64_t new_size,
                                const LeafReader& leaves);

/// errors  invalid: index >= size · malformed: a proof of another length · bad_signature: it does
///         not lead to `root`
/// source  RFC 9162, 2.1.3.2. threads  any
Result<void> verify_inclusion(std::uint64_t size, std::uint64_t index, const Digest& leaf,
                              const Proof& proof, const Digest& root);

/// errors  invalid: old_size > new_size · malformed: a proof of another length · bad_signature: it
///         does not lead to both roots
/// source  RFC 9162, 2.1.4.2. threads  any
Result<void> verify_consistency(std::uint64_t old_size, std::uint64_t new_size,
                                const Digest& old_root, const Digest& new_root, const Proof& proof);

}  // namespace sanad::trust
