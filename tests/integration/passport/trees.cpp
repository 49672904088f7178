// Heads, receipts and proofs of our making, for a program that is not ours to check: one JSON
// object a line. trees
#include "core/base/encoding.h"
#include "core/trust/checkpoint.h"
#include "core/trust/keys.h"
#include "core/trust/merkle.h"

#include <iostream>
#include <string>

using namespace sanad;
using namespace sanad::trust;

namespace {

constexpr std::uint64_t sizes = 40;

std::string quoted(std::string_view text) {
    std::string json = "\"";
    for (const char c : text) json += c == '\n' ? std::string("\\n") : std::string(1, c);
    return json + "\"";
}

std::string list_of(const Proof& proof) {
    std::string json = "[";
    for (const auto& digest : proof) json += (json.size() > 1 ? "," : "") + quoted(to_hex(digest));
    return json + "]";
}

}  // namespace

int main() {
    if (!start_trust()) return 1;
    const SigningKey owner{Seed{1}}, reader{Seed{2}};
    std::vector<Digest> leaves;
    Frontier log;
    for (std::uint64_t size = 1; size <= sizes; ++size) {
        const Bytes entry{std::uint8_t(size), std::uint8_t(size * 7)};
        leaves.push_back(leaf_hash(entry));
        const Frontier before = log;
        log.append(leaves.back());
        const auto head =
            sign_checkpoint({"sanad/audit/ma.example", size, log.root()}, owner, "ma.example");
        const auto note =
            add_cosignature(*head, reader, "tn.example", Time{std::int64_t(size) * 1'000});
        std::cout << "{\"entry\":" << quoted(to_hex(entry)) << ",\"head\":" << quoted(*note)
                  << ",\"owner\":" << quoted(to_hex(owner.public_key()))
                  << ",\"reader\":" << quoted(to_hex(reader.public_key())) << ",\"inclusion\":[";
        for (std::uint64_t index = 0; index < size; ++index)
            std::cout << (index == 0 ? "" : ",")
                      << list_of(*inclusion_proof(size, index, leaves_in(leaves)));
        std::cout << "],\"consistency\":[";
        for (std::uint64_t old = 1; old < size; ++old)
            std::cout << (old == 1 ? "" : ",")
                      << list_of(*consistency_proof(old, size, leaves_in(leaves)));
        std::cout << "],\"growth\":" << list_of(before.growth(std::span(leaves).last(1))) << "}\n";
    }
    return std::cout.flush() ? 0 : 1;
}
