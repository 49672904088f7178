#include "core/federation/log_tree.h"

#include <catch2/catch.hpp>

using namespace sanad;
using namespace sanad::federation;

namespace {

std::vector<trust::Digest> leaves_of(std::size_t count) {
    std::vector<trust::Digest> leaves;
    for (std::size_t i = 0; i < count; ++i)
        leaves.push_back(trust::leaf_hash(bytes_of(std::to_string(i))));
    return leaves;
}

}  // namespace

TEST_CASE("proofs from a tree in memory are those that are read from the leaves") {
    const auto leaves = leaves_of(70);
    const LogTree tree(leaves);
    const auto reader = trust::leaves_in(leaves);
    trust::Frontier frontier;
    for (std::uint64_t size = 0; size <= leaves.size(); ++size) {
        CHECK(tree.root(size) == frontier.root());
        for (std::uint64_t other = 0; other < size; ++other) {
            CHECK(*tree.inclusion(size, other) == *trust::inclusion_proof(size, other, reader));
            CHECK(*tree.consistency(other, size) == *trust::consistency_proof(other, size, reader));
        }
        CHECK(tree.consistency(size, size)->empty());
        if (size < leaves.size()) frontier.append(leaves[size]);
    }
}

TEST_CASE("a tree proves nothing about leaves that it does not hold") {
    const LogTree tree(leaves_of(5));
    CHECK(tree.inclusion(5, 4).has_value());
    CHECK(tree.inclusion(5, 5).error().fault == Fault::invalid);
    CHECK(tree.inclusion(6, 0).error().fault == Fault::invalid);
    CHECK(tree.consistency(5, 6).error().fault == Fault::invalid);
    CHECK(tree.consistency(4, 3).error().fault == Fault::invalid);
    CHECK(LogTree({}).root(0) == trust::Frontier().root());
}
