#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace sanad::fuzz {
namespace {

constexpr std::size_t input_bytes_max = 1 << 20;
constexpr std::size_t piece_bytes_max = 64;

// Lengths, counts and pointers at which decoders break: ends of ranges, Cap'n Proto lists of 2^29-1
// elements, far pointers, pointers to themselves.
constexpr std::array<std::uint64_t, 12> words{0,
                                              1,
                                              ~std::uint64_t{0},
                                              0x7fff'ffff'ffff'ffff,
                                              0xffff'ffff,
                                              0x7fff'ffff,
                                              0x1'0000'0000,
                                              0xffff'fff8'0000'0001,
                                              0xffff'fffc,
                                              0x0000'0001'ffff'fffc,
                                              0x0000'0000'0000'0002,
                                              0xffff'fffe'0000'0007};

struct Span {
    std::size_t at = 0, size = 0;
};

Span any_piece(std::size_t size, test::CounterEntropy& entropy) {
    if (size == 0) return {};
    const std::size_t at = entropy.next() % size;
    return {at, std::min(size - at, 1 + entropy.next() % piece_bytes_max)};
}

void put_word(Bytes& input, test::CounterEntropy& entropy) {
    if (input.size() < sizeof(std::uint64_t)) return;
    const std::size_t at = entropy.next() % (input.size() / 8) * 8;
    const std::uint64_t word = words[entropy.next() % words.size()];
    std::memcpy(input.data() + at, &word, sizeof word);
}

void insert_piece(Bytes& input, const Bytes& from, test::CounterEntropy& entropy) {
    const Span piece = any_piece(from.size(), entropy);
    if (input.size() + piece.size > input_bytes_max) return;
    const Bytes copy(from.begin() + std::ptrdiff_t(piece.at),
                     from.begin() + std::ptrdiff_t(piece.at + piece.size));
    const std::size_t at = entropy.next() % (input.size() + 1);
    input.insert(input.begin() + std::ptrdiff_t(at), copy.begin(), copy.end());
}

void change_once(Bytes& input, const Bytes& other, test::CounterEntropy& entropy) {
    const std::uint64_t choice = entropy.next() % 8;
    if (choice == 6) return insert_piece(input, input, entropy);
    if (choice == 7) return insert_piece(input, other, entropy);
    if (input.empty()) return;
    const Span piece = any_piece(input.size(), entropy);
    const auto begin = input.begin() + std::ptrdiff_t(piece.at);
    switch (choice) {
        case 0:
            *begin = std::uint8_t(*begin ^ (1U << entropy.next() % 8));
            return;
        case 1:
            *begin = std::uint8_t(entropy.next());
            return;
        case 2:
            return put_word(input, entropy);
        case 3:
            input.resize(piece.at);
            return;
        case 4:
            input.erase(begin, begin + std::ptrdiff_t(piece.size));
            return;
        default:
            std::fill_n(begin, piece.size, std::uint8_t(entropy.next()));
    }
}

}  // namespace

Bytes mutate(const Bytes& input, const Bytes& other, test::CounterEntropy& entropy) {
    Bytes changed = input;
    const std::uint64_t changes = 1 + entropy.next() % 4;
    for (std::uint64_t i = 0; i < changes; ++i) change_once(changed, other, entropy);
    return changed;
}

}  // namespace sanad::fuzz
