#include "core/federation/log_tree.h"

#include <algorithm>
#include <bit>

namespace sanad::federation {
namespace {

// The largest power of two below `size`, where RFC 9162 splits a tree; size > 1.
std::uint64_t split_of(std::uint64_t size) { return std::bit_floor(size - 1); }

}  // namespace

LogTree::LogTree(std::vector<trust::Digest> leaves) {
    levels_.push_back(std::move(leaves));
    while (levels_.back().size() > 1) {
        const auto& below = levels_.back();
        std::vector<trust::Digest> level;
        level.reserve(below.size() / 2);
        for (std::size_t i = 0; i + 1 < below.size(); i += 2)
            level.push_back(trust::node_hash(below[i], below[i + 1]));
        levels_.push_back(std::move(level));
    }
}

// A range that begins where RFC 9162 begins one: its full subtrees are all in the levels.
trust::Digest LogTree::over(std::uint64_t begin, std::uint64_t end) const {
    const std::uint64_t size = end - begin;
    if (std::has_single_bit(size)) return levels_[unsigned(std::countr_zero(size))][begin / size];
    const std::uint64_t middle = begin + split_of(size);
    return trust::node_hash(over(begin, middle), over(middle, end));
}

trust::Digest LogTree::root(std::uint64_t size) const {
    return size == 0 ? trust::Frontier().root() : over(0, size);
}

Result<trust::Proof> LogTree::inclusion(std::uint64_t size, std::uint64_t index) const {
    if (size > this->size() || index >= size) return fail(Fault::invalid, "index of a leaf");
    trust::Proof proof;
    for (std::uint64_t begin = 0, end = size; end - begin > 1;) {
        const std::uint64_t middle = begin + split_of(end - begin);
        const bool left = index < middle;
        proof.push_back(left ? over(middle, end) : over(begin, middle));
        (left ? end : begin) = middle;
    }
    std::ranges::reverse(proof);
    return proof;
}

Result<trust::Proof> LogTree::consistency(std::uint64_t old_size, std::uint64_t new_size) const {
    if (new_size > size() || old_size > new_size) return fail(Fault::invalid, "sizes of a log");
    if (old_size == 0 || old_size == new_size) return trust::Proof{};
    trust::Proof proof;
    std::uint64_t begin = 0;
    std::uint64_t end = new_size;
    while (end != old_size) {  // down to the subtree that ends where the old tree ended
        const std::uint64_t middle = begin + split_of(end - begin);
        const bool left = old_size <= middle;
        proof.push_back(left ? over(middle, end) : over(begin, middle));
        (left ? end : begin) = middle;
    }
    if (begin != 0) proof.push_back(over(begin, end));  // when it is the old tree, they know it
    std::ranges::reverse(proof);
    return proof;
}

}  // namespace sanad::federation
