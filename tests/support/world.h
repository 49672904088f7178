#pragma once

#include "core/base/clock.h"
#include "core/base/entropy.h"
#include "core/trust/hash.h"

#include <cstdint>
#include <cstring>

// Time and chance as a test wants them.
namespace sanad::support {

/// A clock that stands still until the test moves it.
class TestClock final : public Clock {
public:
    Time wall{1'795'485'600'000};  // 2026-11-24T02:00:00Z
    Duration steady{0};

    Time now() const override { return wall; }
    Duration elapsed() const override { return steady; }
    void advance(Duration span) {
        wall = wall + span;
        steady += span;
    }
};

/// The same bytes for the same seed: SHA-256 over seed and a count.
class TestEntropy final : public Entropy {
public:
    explicit TestEntropy(std::uint64_t seed) : seed_(seed) {}

    void fill(std::span<std::uint8_t> out) override {
        while (!out.empty()) {
            Bytes block;
            append_big_endian(block, seed_);
            append_big_endian(block, count_++);
            const auto digest = trust::sha256(block);
            const std::size_t size = std::min(out.size(), digest.size());
            std::memcpy(out.data(), digest.data(), size);
            out = out.subspan(size);
        }
    }

private:
    std::uint64_t seed_;
    std::uint64_t count_ = 0;
};

}  // namespace sanad::support
