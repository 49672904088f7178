#include "core/trust/merkle.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace sanad::trust {
namespace {

// The largest power of two below `size`, where RFC 9162 splits a tree; size > 1.
std::uint64_t split_of(std::uint64_t size) { return std::bit_floor(size - 1); }

// The root of the leaves begin..end-1, as a tree of their own.
Result<Digest> root_of(std::uint64_t begin, std::uint64_t end, const LeafReader& leaves) {
    Frontier frontier;
    for (std::uint64_t index = begin; index < end; ++index) {
        const auto leaf = leaves(index);
        if (!leaf) return std::unexpected(leaf.error());
        frontier.append(*leaf);
    }
    return frontier.root();
}

struct Range {
    std::uint64_t begin;
    std::uint64_t end;
};

// Reads the roots of `ranges`, which were collected from the top of the tree downwards, into a
// proof, which goes upwards.
Result<Proof> proof_of(const std::vector<Range>& ranges, const LeafReader& leaves) {
    Proof proof;
    for (auto range = ranges.rbegin(); range != ranges.rend(); ++range) {
        const auto root = root_of(range->begin, range->end, leaves);
        if (!root) return std::unexpected(root.error());
        proof.push_back(*root);
    }
    return proof;
}

// What a consistency proof consists of (RFC 9162, 2.1.4.1), the last digest first.
std::vector<Range> consistency_parts(std::uint64_t old_size, std::uint64_t new_size) {
    std::vector<Range> parts;
    Range tree{0, new_size};
    while (tree.end != old_size) {  // down to the subtree that ends where the old tree ended
        const std::uint64_t middle = tree.begin + split_of(tree.end - tree.begin);
        const bool left = old_size <= middle;
        parts.push_back(left ? Range{middle, tree.end} : Range{tree.begin, middle});
        tree = left ? Range{tree.begin, middle} : Range{middle, tree.end};
    }
    if (tree.begin != 0) parts.push_back(tree);  // when it is the old tree itself, they know it
    return parts;
}

std::unexpected<Error> wrong_length() { return fail(Fault::malformed, "length of a proof"); }
std::unexpected<Error> wrong_root() {
    return fail(Fault::bad_signature, "proof does not lead to the root");
}

}  // namespace

Digest leaf_hash(ByteView entry) { return sha256(0x00, entry); }

Digest node_hash(const Digest& left, const Digest& right) { return sha256(0x01, left, right); }

void Frontier::append(const Digest& leaf) {
    assert(size_ < merkle_leaves_max);
    subtrees_.push_back(leaf);
    // Each 1 bit at the end of the old size is a full subtree that the new leaf makes twice as
    // large.
    for (std::uint64_t full = size_; (full & 1) == 1; full >>= 1) {
        const Digest right = subtrees_.back();
        subtrees_.pop_back();
        subtrees_.back() = node_hash(subtrees_.back(), right);
    }
    ++size_;
}

Digest Frontier::root() const {
    if (subtrees_.empty()) return sha256(ByteView{});
    Digest root = subtrees_.back();
    for (auto left = subtrees_.rbegin() + 1; left != subtrees_.rend(); ++left)
        root = node_hash(*left, root);
    return root;
}

Bytes Frontier::encode() const {
    Bytes bytes;
    bytes.reserve(8 + subtrees_.size() * sizeof(Digest));
    append_big_endian(bytes, size_);
    for (const Digest& subtree : subtrees_) sanad::append(bytes, subtree);
    return bytes;
}

Result<Frontier> Frontier::decode(ByteView bytes) {
    if (bytes.size() < 8) return fail(Fault::bad_size, "frontier");
    Frontier frontier;
    frontier.size_ = read_big_endian<std::uint64_t>(bytes);
    if (frontier.size_ > merkle_leaves_max) return fail(Fault::invalid, "size of a log");
    const auto subtrees = std::size_t(std::popcount(frontier.size_));
    if (bytes.size() != 8 + subtrees * sizeof(Digest)) return fail(Fault::bad_size, "frontier");
    frontier.subtrees_.resize(subtrees);
    for (std::size_t i = 0; i < subtrees; ++i) {
        const ByteView digest = bytes.subspan(8 + i * sizeof(Digest), sizeof(Digest));
        std::copy(digest.begin(), digest.end(), frontier.subtrees_[i].begin());
    }
    return frontier;
}

LeafReader leaves_in(std::span<const Digest> leaves) {
    return [leaves](std::uint64_t index) -> Result<Digest> {
        if (index >= leaves.size()) return fail(Fault::not_found, "leaf");
        return leaves[index];
    };
}

// Every part is either new or one of the complete subtrees of which the frontier has the root.
std::vector<Digest> Frontier::growth(std::span<const Digest> added) const {
    Proof proof;
    if (size_ == 0 || added.empty()) return proof;
    const auto parts = consistency_parts(size_, size_ + added.size());
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        if (part->begin >= size_) {
            Frontier fresh;
            for (auto leaf = part->begin; leaf < part->end; ++leaf)
                fresh.append(added[leaf - size_]);
            proof.push_back(fresh.root());
            continue;
        }
        std::size_t place = 0;
        for (std::uint64_t begin = 0; begin != part->begin; ++place)
            begin += std::bit_floor(size_ - begin);
        proof.push_back(subtrees_[place]);
    }
    return proof;
}

Result<Proof> inclusion_proof(std::uint64_t size, std::uint64_t index, const LeafReader& leaves) {
    if (index >= size || size > merkle_leaves_max) return fail(Fault::invalid, "index of a leaf");
    std::vector<Range> siblings;
    for (Range tree{0, size}; tree.end - tree.begin > 1;) {
        const std::uint64_t middle = tree.begin + split_of(tree.end - tree.begin);
        siblings.push_back(index < middle ? Range{middle, tree.end} : Range{tree.begin, middle});
        tree = index < middle ? Range{tree.begin, middle} : Range{middle, tree.end};
    }
    return proof_of(siblings, leaves);
}

Result<Proof> consistency_proof(std::uint64_t old_size, std::uint64_t new_size,
                                const LeafReader& leaves) {
    if (old_size > new_size || new_size > merkle_leaves_max)
        return fail(Fault::invalid, "sizes of a log");
    if (old_size == 0 || old_size == new_size) return Proof{};
    return proof_of(consistency_parts(old_size, new_size), leaves);
}

Result<void> verify_inclusion(std::uint64_t size, std::uint64_t index, const Digest& leaf,
                              const Proof& proof, const Digest& root) {
    if (index >= size || size > merkle_leaves_max) return fail(Fault::invalid, "index of a leaf");
    std::uint64_t node = index;  // both count the nodes of one level, from the leaves up
    std::uint64_t last = size - 1;
    Digest hash = leaf;
    for (const Digest& sibling : proof) {
        if (last == 0) return wrong_length();
        if ((node & 1) == 1 || node == last) {
            hash = node_hash(sibling, hash);
            for (; (node & 1) == 0 && node != 0; node >>= 1) last >>= 1;
        } else {
            hash = node_hash(hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0) return wrong_length();
    if (hash != root) return wrong_root();
    return {};
}

Result<void> verify_consistency(std::uint64_t old_size, std::uint64_t new_size,
                                const Digest& old_root, const Digest& new_root,
                                const Proof& proof) {
    if (old_size > new_size || new_size > merkle_leaves_max)
        return fail(Fault::invalid, "sizes of a log");
    if (old_size == 0 || old_size == new_size) {
        if (!proof.empty()) return wrong_length();
        const Digest& same = old_size == 0 ? Frontier().root() : new_root;
        return old_root == same ? Result<void>{} : wrong_root();
    }
    std::uint64_t node = old_size - 1;
    std::uint64_t last = new_size - 1;
    for (; (node & 1) == 1; node >>= 1) last >>= 1;
    // An old tree that is a full subtree of the new one is its own first digest.
    std::size_t used = node == 0 ? 0 : 1;
    if (proof.size() < used) return wrong_length();
    Digest old_hash = used == 0 ? old_root : proof.front();
    Digest new_hash = old_hash;
    for (; used < proof.size(); ++used) {
        if (last == 0) return wrong_length();
        const Digest& sibling = proof[used];
        if ((node & 1) == 1 || node == last) {
            old_hash = node_hash(sibling, old_hash);
            new_hash = node_hash(sibling, new_hash);
            for (; (node & 1) == 0 && node != 0; node >>= 1) last >>= 1;
        } else {
            new_hash = node_hash(new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if (last != 0) return wrong_length();
    if (old_hash != old_root || new_hash != new_root) return wrong_root();
    return {};
}

}  // namespace sanad::trust
