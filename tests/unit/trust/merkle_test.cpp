#include "core/trust/merkle.h"
#include "core/base/encoding.h"

#include <catch2/catch.hpp>

#include <bit>
#include <map>

using namespace sanad;
using namespace sanad::trust;

namespace {

Digest digest(std::string_view hex) {
    const Bytes bytes = from_hex(hex).value();
    Digest result{};
    REQUIRE(bytes.size() == result.size());
    std::copy(bytes.begin(), bytes.end(), result.begin());
    return result;
}

Digest leaf_number(std::uint64_t index) {
    Bytes entry;
    append_big_endian(entry, index);
    return leaf_hash(entry);
}

Frontier frontier_of(std::span<const Digest> leaves) {
    Frontier frontier;
    for (const Digest& leaf : leaves) frontier.append(leaf);
    return frontier;
}

// RFC 9162 as its recursive definitions are written, kept for comparison: subtrees are remembered,
// so that a thousand sizes take no minute.
class Definition {
public:
    explicit Definition(std::span<const Digest> leaves) : leaves_(leaves) {}

    Digest tree(std::uint64_t begin, std::uint64_t end) {  // MTH, section 2.1.1
        if (begin == end) return sha256(ByteView{});
        if (end - begin == 1) return leaves_[begin];
        const auto [place, is_new] = known_.try_emplace({begin, end});
        if (!is_new) return place->second;
        const auto middle = begin + split(end - begin);
        return known_[{begin, end}] = node_hash(tree(begin, middle), tree(middle, end));
    }

    Proof path(std::uint64_t index, std::uint64_t begin, std::uint64_t end) {  // PATH, 2.1.3.1
        if (end - begin == 1) return {};
        const auto middle = begin + split(end - begin);
        const bool left = index < middle;
        Proof proof = left ? path(index, begin, middle) : path(index, middle, end);
        proof.push_back(left ? tree(middle, end) : tree(begin, middle));
        return proof;
    }

    // SUBPROOF, 2.1.4.1
    Proof part(std::uint64_t old_end, std::uint64_t begin, std::uint64_t end, bool whole) {
        if (old_end == end) return whole ? Proof{} : Proof{tree(begin, end)};
        const auto middle = begin + split(end - begin);
        const bool left = old_end <= middle;
        Proof proof =
            left ? part(old_end, begin, middle, whole) : part(old_end, middle, end, false);
        proof.push_back(left ? tree(middle, end) : tree(begin, middle));
        return proof;
    }

private:
    static std::uint64_t split(std::uint64_t size) { return std::bit_ceil(size) / 2; }

    std::span<const Digest> leaves_;
    std::map<std::pair<std::uint64_t, std::uint64_t>, Digest> known_;
};

struct Log {
    static constexpr std::uint64_t size_max = 1'000;
    std::vector<Digest> leaves;
    std::vector<Digest> roots{Frontier().root()};
    Definition definition{{}};

    Log() {
        Frontier frontier;
        for (std::uint64_t i = 0; i < size_max; ++i) {
            leaves.push_back(leaf_number(i));
            frontier.append(leaves.back());
            roots.push_back(frontier.root());
        }
        definition = Definition(leaves);
    }
};

// The reference tree of Certificate Transparency, as in the tests of
// google/certificate-transparency (merkletree/merkle_tree_test.cc) and of transparency-dev/merkle.
struct ReferenceTree {
    std::vector<Digest> leaves;
    std::vector<Digest> roots{
        digest("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        digest("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        digest("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        digest("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        digest("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        digest("4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        digest("76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        digest("ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        digest("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")};

    ReferenceTree() {
        for (const auto* entry : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                                  "606162636465666768696a6b6c6d6e6f"})
            leaves.push_back(leaf_hash(from_hex(entry).value()));
    }
};

}  // namespace

TEST_CASE_METHOD(ReferenceTree,
                 "the roots are those of Certificate Transparency's reference tree") {
    for (std::size_t size = 0; size <= leaves.size(); ++size)
        CHECK(frontier_of(std::span(leaves).first(size)).root() == roots[size]);
}

TEST_CASE_METHOD(ReferenceTree,
                 "the proofs are those of Certificate Transparency's reference tree") {
    const auto reader = leaves_in(leaves);
    CHECK(inclusion_proof(8, 0, reader).value() ==
          Proof{digest("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
                digest("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
                digest("6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")});
    CHECK(inclusion_proof(3, 2, reader).value() == Proof{roots[2]});
    CHECK(inclusion_proof(1, 0, reader).value().empty());
    CHECK(consistency_proof(6, 8, reader).value() ==
          Proof{digest("0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"),
                digest("ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"),
                roots[4]});
    CHECK(consistency_proof(2, 5, reader).value() ==
          Proof{digest("5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"),
                digest("bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")});
}

TEST_CASE_METHOD(Log, "at every size the root is that of the standard's definition") {
    for (std::uint64_t size = 0; size <= size_max; ++size)
        CHECK(roots[size] == definition.tree(0, size));
}

TEST_CASE_METHOD(Log, "every entry of a log of every size is proved to be in it") {
    int refused = 0;
    for (std::uint64_t size = 1; size <= size_max; ++size)
        for (std::uint64_t index = 0; index < size; ++index)
            refused += !verify_inclusion(size, index, leaves[index],
                                         definition.path(index, 0, size), roots[size]);
    CHECK(refused == 0);
}

TEST_CASE_METHOD(Log, "a log of every size is proved to continue each earlier one") {
    int refused = 0;
    for (std::uint64_t size = 1; size <= size_max; ++size)
        for (std::uint64_t old = 1; old <= size; old += old < 40 || old + 40 > size ? 1 : 7)
            refused += !verify_consistency(old, size, roots[old], roots[size],
                                           definition.part(old, 0, size, true));
    CHECK(refused == 0);
}

TEST_CASE_METHOD(Log, "the proofs we make are those of the standard's definition") {
    const auto reader = leaves_in(leaves);
    for (std::uint64_t size = 1; size <= size_max; size += size < 80 ? 1 : 61) {
        for (std::uint64_t index = 0; index < size; index += size < 80 ? 1 : 13) {
            CHECK(inclusion_proof(size, index, reader).value() == definition.path(index, 0, size));
            CHECK(consistency_proof(index + 1, size, reader).value() ==
                  definition.part(index + 1, 0, size, true));
        }
    }
}

TEST_CASE_METHOD(Log, "a proof of inclusion that was changed in any way is refused") {
    for (const std::uint64_t size : {1, 2, 3, 7, 8, 9, 100, 1'000}) {
        for (std::uint64_t index = 0; index < size; index += 1 + size / 8) {
            const Proof proof = definition.path(index, 0, size);
            const auto fault = [&](std::uint64_t at, const Digest& leaf, const Proof& changed) {
                const auto verified = verify_inclusion(size, at, leaf, changed, roots[size]);
                return verified ? "accepted" : name(verified.error().fault);
            };
            for (std::size_t i = 0; i < proof.size(); ++i) {
                Proof changed = proof;
                changed[i][i % 32] ^= 1;
                CHECK(fault(index, leaves[index], changed) == std::string("bad_signature"));
                changed = proof;
                changed.erase(changed.begin() + std::ptrdiff_t(i));
                CHECK(fault(index, leaves[index], changed) == std::string("malformed"));
            }
            Proof longer = proof;
            longer.push_back(leaves[0]);
            CHECK(fault(index, leaves[index], longer) == std::string("malformed"));
            CHECK(fault(index, leaf_number(size_max), proof) == std::string("bad_signature"));
            CHECK(fault(size, leaves[index], proof) == std::string("invalid"));
            if (size > 1)
                CHECK(fault((index + 1) % size, leaves[index], proof) != std::string("accepted"));
        }
    }
}

TEST_CASE_METHOD(Log, "a proof of consistency that was changed in any way is refused") {
    for (const std::uint64_t size : {2, 3, 7, 8, 9, 100, 1'000}) {
        for (std::uint64_t old = 1; old < size; old += 1 + size / 8) {
            const Proof proof = definition.part(old, 0, size, true);
            for (std::size_t i = 0; i < proof.size(); ++i) {
                Proof changed = proof;
                changed[i][i % 32] ^= 1;
                CHECK_FALSE(verify_consistency(old, size, roots[old], roots[size], changed));
                changed = proof;
                changed.erase(changed.begin() + std::ptrdiff_t(i));
                CHECK_FALSE(verify_consistency(old, size, roots[old], roots[size], changed));
            }
            Proof longer = proof;
            longer.push_back(leaves[0]);
            CHECK_FALSE(verify_consistency(old, size, roots[old], roots[size], longer));
            CHECK_FALSE(verify_consistency(old, size, roots[old - 1], roots[size], proof));
            CHECK_FALSE(verify_consistency(old, size, roots[old], roots[size - 1], proof));
        }
    }
}

TEST_CASE_METHOD(Log,
                 "a log continues itself and the empty log without a proof, and nothing else") {
    CHECK(verify_consistency(5, 5, roots[5], roots[5], {}));
    CHECK(verify_consistency(0, 5, roots[0], roots[5], {}));
    CHECK_FALSE(verify_consistency(5, 5, roots[5], roots[6], {}));
    CHECK_FALSE(verify_consistency(5, 5, roots[5], roots[5], {roots[1]}));
    CHECK_FALSE(verify_consistency(0, 5, roots[1], roots[5], {}));
    CHECK_FALSE(verify_consistency(0, 5, roots[0], roots[5], {roots[1]}));
    CHECK_FALSE(verify_consistency(2, 5, roots[2], roots[5], {}));
    CHECK(verify_consistency(6, 5, roots[5], roots[5], {}).error().fault == Fault::invalid);
    CHECK(verify_consistency(6, merkle_leaves_max + 1, roots[5], roots[5], {}).error().fault ==
          Fault::invalid);
}

TEST_CASE_METHOD(Log, "a proof ends with the error of the store it is read from") {
    const auto short_reader = leaves_in(std::span(leaves).first(4));
    CHECK(inclusion_proof(5, 0, short_reader).error().fault == Fault::not_found);
    CHECK(consistency_proof(3, 5, short_reader).error().fault == Fault::not_found);
    CHECK(inclusion_proof(5, 5, short_reader).error().fault == Fault::invalid);
    CHECK(inclusion_proof(0, 0, short_reader).error().fault == Fault::invalid);
    CHECK(consistency_proof(6, 5, short_reader).error().fault == Fault::invalid);
}

TEST_CASE_METHOD(Log, "a log goes on from its stored edge as if it had never stopped") {
    Frontier frontier;
    for (std::uint64_t size = 0; size < size_max; ++size) {
        const Bytes stored = frontier.encode();
        auto read = Frontier::decode(stored).value();
        CHECK(read == frontier);
        CHECK(read.root() == roots[size]);
        CHECK(Frontier::decode(ByteView(stored).first(stored.size() - 1)).error().fault ==
              Fault::bad_size);
        read.append(leaves[size]);
        frontier = read;
    }
    CHECK(frontier.root() == roots[size_max]);
}

TEST_CASE("a log's edge that no log has is refused") {
    Bytes most;
    append_big_endian(most, merkle_leaves_max);
    most.resize(8 + 32);
    CHECK(Frontier::decode(most).has_value());
    most[7] = 1;
    most.resize(8 + 64);
    CHECK(Frontier::decode(most).error().fault == Fault::invalid);
    CHECK(Frontier::decode(Bytes(8 + 32)).error().fault == Fault::bad_size);
    CHECK(Frontier::decode({}).error().fault == Fault::bad_size);
}

TEST_CASE("a frontier proves its own growth as the leaves would") {
    std::vector<Digest> leaves;
    for (std::uint8_t i = 0; i < 70; ++i) leaves.push_back(leaf_hash(Bytes{i}));
    Frontier before;
    for (std::uint64_t old_size = 0; old_size <= leaves.size(); ++old_size) {
        for (std::uint64_t size = old_size; size <= leaves.size(); ++size) {
            const auto added = std::span(leaves).subspan(old_size, size - old_size);
            const auto whole = leaves_in(std::span(leaves).first(size));
            REQUIRE(before.growth(added) == consistency_proof(old_size, size, whole).value());
        }
        if (old_size < leaves.size()) before.append(leaves[old_size]);
    }
}
