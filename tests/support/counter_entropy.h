#pragma once

#include "core/base/entropy.h"

namespace sanad::test {

/// Bytes that look random and are the same in each run: one stream for each seed (SplitMix64).
class CounterEntropy final : public Entropy {
public:
    explicit CounterEntropy(std::uint64_t seed = 1) : state_(seed) {}

    void fill(std::span<std::uint8_t> out) override {
        for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(next() >> 56);
    }

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

private:
    std::uint64_t state_;
};

}  // namespace sanad::test
