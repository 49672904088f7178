#pragma once

#include "core/trust/merkle.h"

#include <cstdint>
#include <vector>

namespace sanad::federation {

/// A log's leaves with all full subtrees over them: many proofs from one pass over the leaves, each
/// in O(log² n), where trust::inclusion_proof() reads every leaf for each. 64 bytes a leaf.
class LogTree {
public:
    explicit LogTree(std::vector<trust::Digest> leaves);

    std::uint64_t size() const { return levels_.front().size(); }
    const trust::Digest& leaf(std::uint64_t index) const { return levels_.front()[index]; }

    /// The root over the first `size` leaves. threads  any
    trust::Digest root(std::uint64_t size) const;
    /// As trust::inclusion_proof(). errors  invalid: not index < size <= size()
    Result<trust::Proof> inclusion(std::uint64_t size, std::uint64_t index) const;
    /// As trust::consistency_proof(). errors  invalid: not old_size <= new_size <= size()
    Result<trust::Proof> consistency(std::uint64_t old_size, std::uint64_t new_size) const;

private:
    trust::Digest over(std::uint64_t begin, std::uint64_t end) const;

    std::vector<std::vector<trust::Digest>> levels_;  // [k][i]: over leaves i*2^k .. (i+1)*2^k - 1
};

}  // namespace sanad::federation
