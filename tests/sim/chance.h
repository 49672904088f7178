#pragma once

#include "core/base/clock.h"
#include "tests/support/counter_entropy.h"

#include <algorithm>
#include <cstring>

namespace sanad::sim {

/// A node's randomness, from a seed: eight bytes of each word, so that a long run is not spent
/// here.
class WordEntropy final : public Entropy {
public:
    explicit WordEntropy(std::uint64_t seed) : stream_(seed) {}

    void fill(std::span<std::uint8_t> out) override {
        while (!out.empty()) {
            const std::uint64_t word = stream_.next();
            const std::size_t size = std::min(out.size(), sizeof word);
            std::memcpy(out.data(), &word, size);
            out = out.subspan(size);
        }
    }

private:
    test::CounterEntropy stream_;
};

/// Everything that a run leaves to chance, drawn from its seed.
class Chance {
public:
    explicit Chance(std::uint64_t seed) : stream_(seed) {}

    /// 0..below-1; `below` is not 0.
    std::uint64_t below(std::uint64_t below) { return stream_.next() % below; }
    bool percent(unsigned percent) { return below(100) < percent; }
    Duration between(Duration least, Duration most) {
        const auto span = static_cast<std::uint64_t>((most - least).count()) + 1;
        return least + Duration(static_cast<std::int64_t>(below(span)));
    }
    std::uint64_t seed() { return stream_.next(); }

private:
    test::CounterEntropy stream_;
};

}  // namespace sanad::sim
